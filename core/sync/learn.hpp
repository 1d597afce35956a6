// core/sync/learn.hpp - what an adaptive policy learns of a source, as the repository keeps it.
//
// Read and changed in the commit that settles a request, and nowhere else (law 10).
#pragma once

#include <string_view>
#include <vector>

#include "core/policy/adaptive.hpp"
#include "core/policy/adaptive_purse.hpp"
#include "core/policy/policy.hpp"
#include "core/ports/loader.hpp"
#include "core/repository/repository.hpp"

namespace freshet::sync {

// Of a whole source.
struct LearntSource {
  policy::SourceLearnt pages;
  policy::Purse purse;
  base::Instant judged = base::unset;  // when all pages were, for the last time
  // Of its pages, the share that is likely stale, and that would be if a TTL spent the budget.
  float stale = 0, stale_by_ttl = 0;

  bool is_covered() const;  // some listing tells of nearly all changes
};

// Of one page, beside the instants that its root has: 32 bytes.
struct LearntPage {
  float found = 0, expected = 0;
  policy::Tally folder, source;
  std::uint32_t said = 0, says = 0;  // by the listing: when it was last looked at, and lately

  policy::PageLearnt with(base::Instant checked, base::Instant changed) const {
    return {checked, changed, found, expected, folder, source};
  }
  policy::Heard heard() const;
  // The listing's own version is as it was: asking would find nothing.
  bool is_vouched_for() const;
};

// What a listing says of a page, short: another number, and it says something else. 0: nothing.
std::uint32_t word_of(const ports::Entry& entry);

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

// Notes what the listing says of a page that is not asked for now.
base::Status note(repository::Writer& writer, const base::Digest& source, const base::Digest& root,
                  std::uint32_t word);

// The same with the purse that it spends from, which may be others', too.
base::Result<LearntSource> learnt_source(const repository::Snapshot& snapshot,
                                         const base::Digest& source,
                                         const policy::AdaptiveTerms& terms);

// What a source may spend. Sources whose terms name one budget spend from one purse.
struct Budget {
  const policy::AdaptiveTerms& terms;
  const std::vector<base::Digest>& sources;  // that spend it

  base::Result<std::uint64_t> pages(const repository::Snapshot& snapshot) const;
};

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

// Lets the purse earn up to `now`. `judges`: something is saved, and the pages are to be judged by who calls.
base::Result<LearntSource> earn(repository::Writer& writer, const base::Digest& source,
                                const Budget& budget, base::Instant now, bool& judges);

// What was found when all pages were judged.
base::Status note_staleness(repository::Writer& writer, const base::Digest& source, float stale,
                            float by_ttl);

// A root as it was before the commit that settles a request for it.
struct Before {
  bool exists = false;
  base::Instant checked, changed;
};
base::Result<Before> before(const repository::Snapshot& snapshot, const base::Digest& root);

// What came of the request: of a page of which the listing of this run said `word`, if it did.
struct Answer {
  std::uint32_t word = 0;
  bool conditional = false;   // it asked for what is another than what is stored
  bool not_modified = false;  // and was told that nothing is
};

// In that commit, when the root's own change is made: what the request cost, and what it found. The first
// reading of a page is no refresh, and costs nothing; of a request that failed only the cost is known.
base::Status learn(repository::Writer& writer, const base::Digest& source, const Budget& budget,
                   const base::Digest& root, const Before& before, const Answer& answer,
                   base::Instant now);

}  // namespace freshet::sync
