// store_sqlite/check.hpp - looks for damage in the file, as far as SQLite and the plugin can tell.
//
// A text or a vector that was overwritten in its place is not seen here: the host compares those
// with what it delivered.
#pragma once

#include "file.hpp"

namespace store_sqlite {

// Pages, trees and indexes; throws FRESHET_E_CORRUPT at the first damage. `deep` compares indexes
// with their tables as well.
void check_file(Connection& connection, bool deep);

// The namespace's own description, word index and vectors. Inside a transaction that may write.
void check_namespace(Connection& connection, const sdk::Namespace& wanted, bool deep,
                     const sdk::TextSink& finding);

}  // namespace store_sqlite
