#include "core/sync/state.hpp"

namespace freshet::sync {

base::Digest recipe_of(std::string_view reader_fingerprint, const Chunking& chunking) {
  return base::DigestBuilder().add(reader_fingerprint).add(chunking.fingerprint()).finish();
}

base::Digest Run::recipe(std::string_view media_type, std::string_view uri) const {
  return recipe_of(readers.fingerprint(media_type, uri), chunking);
}

}  // namespace freshet::sync
