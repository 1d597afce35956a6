// store_sqlite/rank.hpp - how well a row fits a query, as a function of FTS5: "rank MATCH 'freshet_rank()'".
//
// BM25F (Robertson, Zaragoza, Taylor 2004): how often a term is in each field, weighted and measured by the length of
// the field, is summed before it is bounded. What is found of all terms of the query, by their weight, then counts too:
// a row with three of four words stands above one that has one of them many times.
#pragma once

#include <sqlite3.h>

namespace store_sqlite {

// The score is the negative of a number from 0 to 1, so that the best come first. Returns an SQLite code.
int add_rank_function(sqlite3* connection);

}  // namespace store_sqlite
