// store_sqlite/query.hpp - what people type, as FTS5 queries. Every term is quoted: nothing that is
// typed is syntax.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace store_sqlite {

// The terms of a query, split at white space: "asyncio.gather" stays one, and means its words in a
// row.
std::vector<std::string> terms_of(std::string_view query);

// Rows with every term, and rows with any word of any term. Empty where the query has no words.
std::string all_of(const std::vector<std::string>& terms);
std::string any_of(const std::vector<std::string>& terms);

}  // namespace store_sqlite
