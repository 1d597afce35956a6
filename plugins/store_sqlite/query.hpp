// store_sqlite/query.hpp - what people type, as an FTS5 query. Every word is quoted: of what is typed only "a phrase in
// quotes" and a word that ends in * are syntax.
#pragma once

#include <string>
#include <string_view>

namespace store_sqlite {

// Rows with any word of `query`, whole or in parts, and with every phrase in quotes. Stop words are left out, unless
// there is nothing else. Empty where the query has no words.
std::string match_of(std::string_view query);

}  // namespace store_sqlite
