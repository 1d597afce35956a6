// store_sqlite/rows.hpp - the rows of a namespace: written, removed, fetched and listed.
//
// The functions that write run inside the caller's transaction. A row that is replaced keeps its
// row number, and the word index hears of it only where its words changed.
#pragma once

#include "file.hpp"

namespace store_sqlite {

// 32 lower-case hexadecimal digits as 16 bytes; throws FRESHET_E_INVALID_ARGUMENT on anything else.
std::string id_bytes(std::string_view hex);
std::string id_text(std::string_view bytes);

void upsert_rows(Connection& connection, const Known& known, std::span<const sdk::Record> records);
void remove_rows(Connection& connection, const Known& known, std::span<const std::string_view> ids);

// The row as the current statement shows it: id, digest, text, uri, title, url, path, metadata.
sdk::Found found_in(const Statement& statement);
inline constexpr const char* found_columns =
    "r.id, r.digest, r.text, r.uri, r.title, r.url, r.path, r.metadata";
inline constexpr int n_column = 8;  // where it follows them

void get_rows(Connection& connection, const Known& known, std::span<const std::string_view> ids,
              const sdk::FoundSink& found);
void list_rows(Connection& connection, const Known& known, const std::string& cursor,
               std::uint32_t limit, const sdk::ListSink& page);

}  // namespace store_sqlite
