// store_chroma/rows.hpp - freshet's rows as Chroma's records, and back.
//
// A record has the row's text as its document and, in its metadata: "freshet" (true) and
// "freshet_digest"; uri, title, url and path; each member of the row's metadata that Chroma can
// keep, so that people can filter by it; and "freshet_metadata", all of it as it was written.
// "freshet_number.KEY" is the number in a text that is one: beside a number it counts as such.
#pragma once

#include <map>
#include <set>

#include "collection.hpp"

namespace store_chroma {

// Throws FRESHET_E_INVALID_ARGUMENT where a key of the metadata is one that Chroma refuses, or that
// it or freshet gives a meaning of its own.
Json metadata_of(const sdk::Record& record);

// Throws FRESHET_E_LIMIT where the metadata of a record is more than Chroma Cloud takes of one.
void check_quota(const Json& metadata);

// The body of an upsert. Chroma merges metadata: a key that a record has, and the row not, goes by
// a null. `before`: the keys of the records that are there, by id.
std::string upsert_body(std::span<const sdk::Record> records, bool base64,
                        const std::map<std::string, std::set<std::string>>& before);

// Without its score and vector. Nothing where somebody else put the record there.
std::optional<sdk::Found> found_in(const Json& id, const Json& document, const Json& metadata);

class Rows {
 public:
  Rows(Collections& collections, bool base64) : collections_(collections), base64_(base64) {}

  void upsert(const sdk::Call& call, const std::string& ns, std::span<const sdk::Record> records);
  void remove(const sdk::Call& call, const std::string& ns, std::span<const std::string_view> ids);
  void get(const sdk::Call& call, const std::string& ns, std::span<const std::string_view> ids,
           const sdk::FoundSink& found);
  void list(const sdk::Call& call, const std::string& ns, const std::string& cursor,
            std::uint32_t limit, const sdk::ListSink& page);

 private:
  Collections& collections_;
  const bool base64_;
};

}  // namespace store_chroma
