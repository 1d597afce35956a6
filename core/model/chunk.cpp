#include "core/model/chunk.hpp"

#include <algorithm>
#include <unordered_map>

#include "core/base/json.hpp"

namespace freshet::model {

IdRange id_range(const base::Digest& root) {
  IdRange range;
  range.last.bytes.fill(0xFF);
  return {of_root(root, range.first), of_root(root, range.last)};
}

base::Digest chunk_id(std::string_view uri, std::string_view text, std::uint64_t ordinal) {
  return of_root(root_id(uri), base::DigestBuilder().add(uri).add(text).add(ordinal).finish());
}

void set_ids(std::string_view uri, std::vector<Chunk>& chunks) {
  std::unordered_map<std::string_view, std::uint64_t> ordinals;
  for (Chunk& chunk : chunks) chunk.id = chunk_id(uri, chunk.text, ordinals[chunk.text]++);
}

base::Digest record_digest(const Chunk& chunk, std::string_view uri, std::string_view title) {
  base::DigestBuilder digest;
  digest.add(chunk.text).add(uri).add(title).add(chunk.url);
  digest.add(static_cast<std::uint64_t>(chunk.path.size()));
  for (const std::string& step : chunk.path) digest.add(step);
  digest.add(base::dump_json(chunk.metadata));
  return digest.finish();
}

}  // namespace freshet::model
