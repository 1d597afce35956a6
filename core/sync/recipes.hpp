// core/sync/recipes.hpp - the fingerprints of a run by media type and name, each made once.
#pragma once

#include <map>
#include <string>

#include "core/sync/state.hpp"

namespace freshet::sync {

// One thread at a time.
class Recipes {
 public:
  Recipes(const Readers& readers, const Chunking& chunking)
      : readers_(readers), chunking_(chunking) {}
  const base::Digest& of(std::string_view media_type, std::string_view uri) {
    auto& known = known_[readers_.named_type(media_type, uri)];
    const auto found = known.find(media_type);
    if (found != known.end()) return found->second;
    return known.emplace(media_type, recipe_of(readers_.fingerprint(media_type, uri), chunking_))
        .first->second;
  }

 private:
  const Readers& readers_;
  const Chunking& chunking_;
  // By what the name says, which the readers hold, and then by the media type.
  std::map<std::string_view, std::map<std::string, base::Digest, std::less<>>> known_;
};

}  // namespace freshet::sync
