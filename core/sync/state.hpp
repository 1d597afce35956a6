// core/sync/state.hpp - what the stages of one run share.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/sync/chunking.hpp"
#include "core/sync/config.hpp"
#include "core/sync/context.hpp"
#include "core/sync/deliveries.hpp"
#include "core/sync/fixed.hpp"
#include "core/sync/known.hpp"
#include "core/sync/leases.hpp"
#include "core/sync/ledger.hpp"
#include "core/sync/readers.hpp"
#include "core/sync/roll.hpp"
#include "core/sync/vectors.hpp"

namespace freshet::sync {

class Round;

// A configured source, opened.
struct OpenSource {
  const SourceConfig* config = nullptr;
  std::unique_ptr<ports::Loader> loader;
  repository::Source record;  // as it was when the run began, with this listing's generation
  std::uint64_t members_before = 0;
  bool same_config = false;            // as in the last run
  bool in_part = false;                // this run looks at some of its roots only
  bool cached = false;                 // gathered within its `cache`: it is left alone
  std::vector<std::string> asked_for;  // the members that it then names
  // Those before it in the configuration, where any of them says other metadata of its roots.
  std::vector<FixedSource> before;
  std::vector<base::Digest> spenders;  // of its adaptive policy's budget, itself among them
  SourceReport report;
  Roll roll;                                          // of this run's listing
  std::shared_ptr<const ports::Requester> requester;  // on whose behalf its loader asks
  ports::Listing listing;                             // of this run, where it lists
  std::optional<base::Instant> taken;  // when that was written, where it comes from a file
  base::Digest asked;  // what its loader is asked: which one, its version, and the options
  WholeCount whole;    // of that listing, where a shard takes its own; null: it takes all
  std::unordered_set<base::Digest> going;     // members that the listing itself says are gone
  std::unordered_set<base::Digest> excluded;  // of what was listed: none is a member
  // To be asked though nothing but what was learnt speaks for it, and the chance that it has changed.
  std::unordered_map<base::Digest, float> granted;
  std::unordered_map<base::Digest, std::uint32_t> heard;  // in a plan, which notes nothing
  std::shared_ptr<Round> round;  // waits for what is asked for; null: nobody does
  // Something of the listing is neither here nor asked for again by itself: the next listing has to
  // bring it once more.
  std::atomic<bool> missed = false;
  // A page that nobody has looked at yet is in another run's hands, or was lost. Nothing but a listing
  // tells of it, so this one does not stand.
  std::atomic<bool> lost_unseen = false;

  void lose(base::Instant asked) {
    missed = true;
    if (asked == base::unset) lost_unseen = true;
  }
  std::mutex mutex;
  std::vector<base::Digest> gone;  // roots the source said are gone, for the end of the run
};

class Selection;

// A due root on its way through the stages.
struct Item : KnownRoot {
  OpenSource* source = nullptr;
  ports::Entry entry;
  base::Digest root;
  bool same_recipe =
      false;            // its chunks were made as they would be made now, and nothing is forced
  std::string version;  // of what is stored; empty: fetch whatever happens
  std::string words;    // that the record has; see words.hpp
  const Json* fixed = nullptr;  // the metadata of its source; null: that of `words` stands
  bool same_fixed = true;       // and its document was made with it
  base::Digest bytes_digest;
  std::uint32_t failures = 0, gone_seen = 0;
  base::Instant asked;  // for the last time, well or in vain, when it was looked at; unset: never
  base::Code error_code = base::Code::ok;
  std::optional<repository::Refusal> refusal;  // of content that this run is not to try again
  policy::Reason reason;                       // why it is due
  bool not_modified = false;                   // was the answer
  std::shared_ptr<const void> round;           // that waits for it; null: nobody does

  const policy::PolicyPtr& policy() const { return source->config->policy; }
  // What the loader is told that is known: what was refused is newer than what is stored.
  const std::string& known_version() const {
    return refusal && !refusal->version.empty() ? refusal->version : version;
  }
};

// Says by which reader and which chunking a document is made.
base::Digest recipe_of(std::string_view reader_fingerprint, const Chunking& chunking);

struct Run {
  const Context& context;
  const RunConfig& config;
  const base::Cancel& cancel;
  Ledger& ledger;
  Leases& leases;
  const base::Instant started;
  const Readers& readers;
  const Chunking& chunking;
  Vectors* vectors = nullptr;      // null: no embedder
  Deliveries* delivery = nullptr;  // null in a plan
  Selection* selection = nullptr;

  repository::Repository& repository() const { return context.repository; }
  base::Instant now() const { return context.repository.clock().now(); }
  // Of the reader and the chunking that a document of this media type is made with.
  base::Digest recipe(std::string_view media_type, std::string_view uri) const;
};

}  // namespace freshet::sync
