// core/ports/loader.hpp - lists a source's entries and fetches one of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/base/instant.hpp"

namespace freshet::ports {

// One line of a listing.
struct Entry {
  std::string uri;  // canonical: it names the root
  std::string
      version;  // a validator the listing itself bears (mtime and size, a blob id); or empty.
                // Equal version = unchanged content, so no hint such as lastmod goes here
  std::string handle;                          // what the loader wants handed back to fetch it
  std::string title;                           // of a document whose content has none
  std::string metadata;                        // JSON object; empty: none
  std::optional<base::Instant> last_modified;  // a hint
  std::optional<std::uint64_t> size;
};

// What is about to be fetched, with what fetch() will be given.
struct Wanted {
  Entry entry;
  std::string known_version;  // empty: whatever happens
};

// Why the attempts failed before the one that went well, in their order; null: there were none.
using EarlierErrors = std::shared_ptr<const std::vector<base::Error>>;

enum class ListingKind {
  part,       // entries may be missing
  whole,      // what was not listed is gone
  unchanged,  // nothing was listed: it is as it was at the state
  changes     // what is new, changed or gone since the state; what it does not name stays
};

// How a listing ended.
struct Listing {
  ListingKind kind = ListingKind::part;
  std::string note;   // why it is a part
  std::string state;  // to be handed to the next one; empty: none
  std::string way{};  // what the source was taken for and how it was listed; empty: nothing to say
  EarlierErrors earlier{};

  bool complete() const { return kind != ListingKind::part; }
};

// Takes what a listing brings. Each may block, and ends the listing by failing.
struct ListingSink {
  std::function<base::Status(Entry)> entry;
  std::function<base::Status(std::string uri)> gone;  // called only where a state was handed in
};

enum class FetchOutcome { content, not_modified, gone };

struct Fetched {
  FetchOutcome outcome = FetchOutcome::content;
  bool confirmed = false;  // gone: the source said so for good (410), not just not found (404)
  std::string bytes;
  std::string media_type;       // as declared, without parameters; or empty
  std::string charset;          // as declared; or empty
  std::string version;          // to be handed back as `known_version`
  std::string canonical_uri;    // the name the source itself gives this content, where it differs
  std::string title, metadata;  // as an entry's, and before them
  int attempts = 1;
  EarlierErrors earlier{};
};

// Thread-safe: fetch() is called from many threads at once, also while list() runs.
class Loader {
 public:
  virtual ~Loader() = default;

  // `state`: what the last listing gave; empty: none, and all entries are listed.
  virtual base::Result<Listing> list(const std::string& state, const ListingSink& sink,
                                     const base::Cancel& cancel) = 0;

  // `known_version`: what an earlier fetch of this entry returned; empty: fetch it whatever
  // happens.
  virtual base::Result<Fetched> fetch(const Entry& entry, const std::string& known_version,
                                      const base::Cancel& cancel) = 0;

  // These are about to be fetched: what they need may come in one request. What fails is told by
  // their fetches. Called also from within a sink of list().
  virtual void prepare(std::span<const Wanted> /*wanted*/, const base::Cancel& /*cancel*/) {}
  virtual bool prepares() const { return false; }
};

}  // namespace freshet::ports
