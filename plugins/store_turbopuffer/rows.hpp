// store_turbopuffer/rows.hpp - freshet's rows as turbopuffer's documents, and back.
//
// A document has the chunk's id as a uuid, its vector, text, title, path, uri and url, so that answers can
// cite; its metadata as the JSON that it was; and what freshet needs besides (schema.hpp).
#pragma once

#include <optional>

#include <freshet/sdk/store.hpp>
#include "client.hpp"

namespace store_turbopuffer {

// 32 hexadecimal digits as a uuid, and back. Throws FRESHET_E_INVALID_ARGUMENT, or FRESHET_E_REMOTE
// where it was turbopuffer that told it.
std::string uuid_of(std::string_view id);
std::string id_of(const Json& uuid);

// The body of a write. `misfits` counts the values, by their keys, that are of another type than
// their attribute, and are in the metadata alone. Throws FRESHET_E_LIMIT where a row has more than turbopuffer
// takes of one.
std::string upsert_body(const Options& options, const std::string& model,
                        std::span<const sdk::Record> records,
                        std::map<std::string, std::size_t>& misfits);

// Of which rows an upsert's answer says that they are written.
std::vector<std::string> written_ids(const Json& answer, std::span<const sdk::Record> records);

// What a search asks to be told of a row, and what it then has, without score. Nothing where somebody
// else put the document there.
const Json& told_attributes();
std::optional<sdk::Found> found_in(const Json& row);

class Rows {
 public:
  explicit Rows(const Client& client) : client_(client) {}

  void upsert(const sdk::Call& call, const std::string& ns, const std::string& model,
              std::span<const sdk::Record> records, const sdk::ConfirmSink& confirm) const;
  void remove(const sdk::Call& call, const std::string& ns, std::span<const std::string_view> ids,
              const sdk::ConfirmSink& confirm) const;
  void get(const sdk::Call& call, const std::string& ns, std::span<const std::string_view> ids,
           const sdk::FoundSink& found) const;
  void list(const sdk::Call& call, const std::string& ns, const std::string& cursor,
            std::uint32_t limit, const sdk::ListSink& page) const;

 private:
  const Client& client_;
};

}  // namespace store_turbopuffer
