// store_sqlite/upgrade.hpp - a file of an older format becomes one of today's, in one transaction.
#pragma once

#include "sqlite.hpp"

namespace store_sqlite {

// Format 1 had no names and no parts in its index of words: they are made of the rows, which stay as they are. Takes
// about as long as writing the texts did.
void upgrade_file(Connection& connection);

// Rows whose words were made in an older way, in a file of today's format: their words are made anew.
void renew_words(Connection& connection);

}  // namespace store_sqlite
