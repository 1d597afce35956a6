// core/repository/roots.hpp - content roots, what is recorded of them, and the due index.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/repository/leases.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

inline constexpr std::size_t most_handle = 1024;  // bytes

// A content root, decoded without allocation. `Text` is std::string_view (borrowed) or std::string.
template <typename Text>
struct BasicRoot {
  Digest id;  // model::root_id(uri)
  Text uri;
  Instant ingested;   // when its present document was stored; unset: no document yet
  Instant checked;    // when the source last confirmed it, or what came in its place was declined
  Instant changed;    // when its content last changed
  Instant ask_again;  // its place in the due index; never: not in it
  Digest bytes_digest, content_digest;
  Digest fingerprint;   // of the reader and the chunker that made its chunks
  Digest confirmed_by;  // source whose listings confirm it with their other members; empty: none
  std::uint64_t length = 0;  // bytes of its document's text
  std::uint32_t chunks = 0, elements = 0;
  std::uint32_t failures = 0;   // in a row; 0: the last attempt went well
  std::uint32_t gone_seen = 0;  // how often in a row the source said "not found"
  Instant failed;
  base::Code error_code = base::Code::ok;
  Text error;    // of the last failure, one line
  Text version;  // the validator of the last fetch
  Text title, media_type;
  Text metadata;         // JSON object, from the content
  Text flags;            // JSON object, set by people; survives every refresh
  Text alias_of;         // URI of the root that holds this one's content; empty: it holds its own
  Text handle;           // what its loader wants handed back to fetch it again; opaque
  Text loader_metadata;  // JSON object, what its loader says of it beside the bytes; empty: nothing

  bool exists() const { return ingested != base::unset; }
};
using RootView = BasicRoot<std::string_view>;
using Root = BasicRoot<std::string>;
Root owned(const RootView& view);

// A root's place in a due index. The default is before all others.
struct DueRoot {
  Instant at{std::numeric_limits<std::int64_t>::min()};  // when it is to be asked again
  Digest root;
};

struct DueCount {
  std::uint64_t all = 0, failing = 0;
};

class ReadsRoots : public Part {
 public:
  using Part::Part;

  base::Result<std::optional<RootView>> root(const Digest& id) const;
  // Calls `each` for every id in turn, in the order of the ids' bytes, with null where unknown.
  base::Status roots(std::span<const Digest> ids,
                     const std::function<void(std::size_t index, const RootView*)>& each) const;
  // Up to `limit` roots after `cursor` (in the order of their ids; empty digest: from the first).
  base::Result<std::vector<Root>> list_roots(const Digest& cursor, std::size_t limit) const;
  // Roots whose time to ask again is not after `now`, earliest first; reads nothing else.
  base::Result<std::vector<Digest>> due(Instant now, std::size_t limit) const;
  // Walks the smaller of the two parts, what is due and what is not.
  base::Result<std::uint64_t> count_due(Instant now) const;
  // And how many of these failed last time.
  base::Result<DueCount> count_due_failing(Instant now) const;
  // Members of `source` that are due, earliest first, up to `limit` behind `after`, the last one of
  // the page before: those that have moved meanwhile stay behind it.
  base::Result<std::vector<DueRoot>> due_of(const Digest& source, Instant now, const DueRoot& after,
                                            std::size_t limit) const;
  // The earliest time at which any root is to be asked again; never where there is none.
  base::Result<Instant> next_due() const;
};

// When to ask again, found in the commit from the root as the change leaves it. Empty: never.
using Schedule = std::function<Instant(const Root& after)>;
inline Schedule fixed(Instant at) {
  return [at](const Root&) { return at; };
}

// The same document was confirmed: by "not modified", by the same bytes, or by the same content.
struct Touch {
  Digest root;
  Instant now;
  Schedule ask_again;
  std::optional<std::string> version, handle, loader_metadata;  // absent: as it was
  std::optional<Digest> bytes_digest, fingerprint;
  std::optional<Holder> holder;
  Digest confirmed_by = {};  // a source that the root is a member of
};

// What was read of `uri` was not let in. Nothing of it is kept, so that it is offered again; a root
// that is not known yet is recorded without a document.
struct Decline {
  std::string uri;
  Instant now;
  Schedule ask_again;
  std::optional<Holder> holder;
  std::string handle = {}, loader_metadata = {};  // of a root that is not known yet
};

// `uri` names the content of the root `target`; it holds none of its own (its chunks go).
struct Alias {
  std::string uri, target;
  std::string version;  // of `uri`, as the two below
  Digest bytes_digest;
  Instant now;
  Schedule ask_again;
  std::optional<Holder> holder;
  std::string handle = {}, loader_metadata = {};  // of `uri`
};

struct Failure {
  std::string uri;  // the root may not be known yet
  base::Error error;
  Instant now;
  Schedule ask_again;
  bool gone = false;  // the source said "not found": counts towards removal
  std::optional<Holder> holder;
  std::string handle = {}, loader_metadata = {};  // of a root that is not known yet
};

class WritesRoots : public Part {
 public:
  using Part::Part;

  // As another directory had it: its document, where it has one, is here already.
  base::Status put_root(const Root& root);
  base::Status touch(const Touch& touch);
  base::Status decline(const Decline& decline);
  base::Status fail(const Failure& failure);
  base::Status put_alias(const Alias& alias);
  // The elements and chunks removed with the root, itself included; nothing where it is not known.
  // Sources that it still belongs to forget their state.
  base::Result<std::optional<std::uint64_t>> remove_root(const Digest& root);
  // Merges `flags` (a JSON object) into the root's; a null value removes a key. A change makes the
  // root due, for its policy may say otherwise now; not one that is waiting after a failure.
  base::Status set_flags(const std::string& uri, const std::string& flags);
  // Takes away a flag that has done what it was set for; nothing where there is none. When to ask
  // again is the caller's.
  base::Status spend_flag(const Digest& root, std::string_view name);
  // The root's policy said no: when to ask it again. With that a failure of the policy is over.
  base::Status set_ask_again(const Digest& root, const Schedule& ask_again);

  // Ends that the root is confirmed with the other members of its source, unless it has been confirmed
  // by itself since. Whatever else is written of it does so, too, but for what names a source.
  base::Status part(const Digest& root, Instant since = base::never);

  // What a listing says of a known root. Where the metadata is another, what was fetched before is no
  // longer known: the document is read again with it, whenever it is fetched next.
  base::Status set_entry(const Digest& root, const std::string& handle,
                         const std::string& loader_metadata);
};

}  // namespace freshet::repository
