// store_sqlite/search.hpp - finds rows: by words (BM25), by vector (exact), or by both.
#pragma once

#include "file.hpp"

namespace store_sqlite {

// Inside the transaction of `connection`; `file` lends more of them.
void search_rows(File& file, const sdk::Call& call, Connection& connection, const Known& known,
                 const sdk::Search& search, const sdk::FoundSink& found);

}  // namespace store_sqlite
