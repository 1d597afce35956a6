// core/sync/learn.hpp - what an adaptive policy learns of a source, as the repository keeps it.
//
// Read and changed in the commit that settles a request, and nowhere else (law 10).
#pragma once

#include <string_view>

#include "core/policy/adaptive.hpp"
#include "core/policy/adaptive_purse.hpp"
#include "core/policy/policy.hpp"
#include "core/repository/repository.hpp"

namespace freshet::sync {

// Of a whole source.
struct LearntSource {
  policy::SourceLearnt pages;
  policy::Purse purse;
};

// Of one page, beside the instants that its root has: 24 bytes.
struct LearntPage {
  float found = 0, expected = 0;
  policy::Tally folder, source;

  policy::PageLearnt with(base::Instant checked, base::Instant changed) const {
    return {checked, changed, found, expected, folder, source};
  }
};

// What the pages of a folder have in common: the URI up to its last slash.
base::Digest folder_of(std::string_view uri);

// As it begins where nothing is recorded. What another version of freshet recorded begins anew, too.
base::Result<LearntSource> learnt_source(const repository::Snapshot& snapshot,
                                         const base::Digest& source);
base::Result<policy::Tally> learnt_folder(const repository::Snapshot& snapshot,
                                          const base::Digest& source, const base::Digest& folder);
base::Result<std::optional<LearntPage>> learnt_page(const repository::Snapshot& snapshot,
                                                    const base::Digest& source,
                                                    const base::Digest& root);

// What is known of one page, with what its source and its folder had come to there: a page's own
// numbers count by how far these have gone on since.
struct LearntMember {
  LearntSource of_source;
  policy::Tally folder;
  LearntPage page;
};
base::Result<std::optional<LearntMember>> learnt_member(const repository::Snapshot& snapshot,
                                                        const base::Digest& source,
                                                        std::string_view uri);
// Brings it to another repository, whose source and folder may have come to other numbers.
base::Status bring(repository::Writer& writer, const base::Digest& source, std::string_view uri,
                   const LearntMember& learnt);

// Lets the purse earn up to `now`.
base::Status earn(repository::Writer& writer, const base::Digest& source,
                  const policy::AdaptiveTerms& terms, base::Instant now);

// A root as it was before the commit that settles a request for it.
struct Before {
  bool exists = false;
  base::Instant checked, changed;
};
base::Result<Before> before(const repository::Snapshot& snapshot, const base::Digest& root);

// In that commit, when the root's own change is made: what the request cost, and what it found. The first
// reading of a page is no refresh, and costs nothing; of a request that failed only the cost is known.
base::Status learn(repository::Writer& writer, const base::Digest& source,
                   const policy::AdaptiveTerms& terms, const base::Digest& root,
                   const Before& before, base::Instant now);

}  // namespace freshet::sync
