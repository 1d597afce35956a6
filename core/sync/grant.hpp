// core/sync/grant.hpp - which pages of a source are worth what its purse has saved.
//
// A run asks in rounds: after each of them all that is left is judged anew by what it found, so that a page
// that had changed draws requests to its neighbours, and one that had not keeps them away.
#pragma once

#include <unordered_map>
#include <vector>

#include "core/sync/learn.hpp"
#include "core/sync/state.hpp"

namespace freshet::sync {

struct Grant {
  base::Digest root;
  float chance = 0;  // that it has changed
};

struct Staleness {
  double now = 0, by_ttl = 0;
};

class Granter {
 public:
  // Reads what is known of all pages of the source that may be asked for. Empty where the policy of the
  // source is not an adaptive one.
  enum class Which { due, all };  // those that may be asked for now, or some time
  static base::Result<Granter> open(const Run& run, const OpenSource& source,
                                    Which which = Which::due);

  // The share of its pages that is likely stale, and that would be if a TTL spent the budget. Of many
  // pages some are looked at.
  base::Result<Staleness> staleness(const repository::Repository& repository, base::Instant now);

  // The pages that are worth most, as many as the purse affords and one round has. None: the rest
  // waits. No page is granted twice.
  // `planned`: so many were granted before, and nobody asks for them.
  base::Result<std::vector<Grant>> next(const repository::Repository& repository, base::Instant now,
                                        std::uint64_t planned = 0);

  // What would be asked for in each of so many days, once a day, if nothing that is asked for had changed.
  // `forced`: the first day asks for all.
  base::Result<std::vector<std::uint64_t>> forecast(const repository::Repository& repository,
                                                    base::Instant now, std::size_t days,
                                                    bool forced);

 private:
  struct Page {
    base::Digest root;
    policy::PageLearnt learnt;
    std::uint32_t folder = 0;  // its place in folders_
    policy::Heard heard;
    bool judged = false;  // before now: it has the tallies of then
  };
  struct Folder {
    base::Digest name;
    policy::Tally tally;
  };

  base::Status take(const repository::Snapshot& snapshot, const std::vector<base::Digest>& roots,
                    base::Instant before);
  base::Status take(const repository::Snapshot& snapshot, const repository::RootView& root);
  base::Status read_folders(const repository::Snapshot& snapshot);
  double worth(const policy::SourceLearnt& learnt, Page& page, base::Instant now) const;
  std::uint64_t day(LearntSource& learnt, base::Instant now);
  std::uint64_t forced_day(LearntSource& learnt, base::Instant now);
  std::uint32_t place_of(const base::Digest& folder);

  base::Digest source_;
  const policy::AdaptiveTerms* terms_ = nullptr;
  const OpenSource* open_ = nullptr;
  std::uint64_t members_ = 0;
  std::uint64_t spending_ = 0;  // pages that the purse is for: more, where sources share it
  std::vector<Page> pages_;
  std::vector<Folder> folders_;
  std::unordered_map<base::Digest, std::uint32_t> places_;
};

}  // namespace freshet::sync
