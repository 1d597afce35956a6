// core/sync/recipes.hpp - the fingerprints of a run by media type, each made once.
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
  const base::Digest& of(std::string_view media_type) {
    const auto found = known_.find(media_type);
    if (found != known_.end()) return found->second;
    return known_.emplace(media_type, recipe_of(readers_.fingerprint(media_type), chunking_))
        .first->second;
  }

 private:
  const Readers& readers_;
  const Chunking& chunking_;
  std::map<std::string, base::Digest, std::less<>> known_;
};

}  // namespace freshet::sync
