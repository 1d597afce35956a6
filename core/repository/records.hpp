// core/repository/records.hpp - what the repository holds, as values.
//
// A view borrows from the snapshot it came from and is good as long as that lives; an owned value
// stands alone. docs/state-format.md says how each is laid out on disk.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.hpp"
#include "core/base/error.hpp"
#include "core/base/instant.hpp"
#include "core/model/chunk.hpp"
#include "core/model/document.hpp"

namespace freshet::repository {

using base::Digest;
using base::Instant;

inline constexpr std::size_t most_handle = 1024;      // bytes
inline constexpr std::size_t most_state = 64 * 1024;  // bytes
inline constexpr std::size_t most_why = 1024;         // bytes

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
  Digest fingerprint;        // of the reader and the chunker that made its chunks
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

// A root's place in a due index. The default is before all others.
struct DueRoot {
  Instant at{std::numeric_limits<std::int64_t>::min()};  // when it is to be asked again
  Digest root;
};

enum class ElementKind : std::uint8_t { root = 0, container = 1, leaf = 2 };

// A root or section of a stored document.
struct Element {
  std::string id;
  Digest root;
  std::string parent_id;  // empty for a root
  ElementKind kind = ElementKind::leaf;
  std::string title, url, text;  // text: leaves only
  int level = 0;
  std::uint32_t ordinal = 0;  // in document order
  std::string metadata;       // JSON object, of a section; empty: none
  model::Span span;
};

// A stored chunk, with the root it belongs to.
struct StoredChunk {
  model::Chunk chunk;
  Digest root;
  Digest record_digest;  // model::record_digest() as delivered
};

// One place content comes from, and the last word of its listing.
struct Source {
  Digest id;
  std::string name, loader, policy;  // policy: its JSON form
  Digest config;                     // of everything that shapes its listing and its documents
  std::uint64_t generation = 0;      // of the last listing begun
  std::uint64_t members = 0;         // roots that belong to it
  std::uint64_t held = 0;            // removals withheld by the last run
  Instant listed;                    // when a listing last ended complete
  Instant list_checked;              // when a listing last ended, complete or unchanged
  Instant list_again;                // when it is to be listed again; unset: not decided
  base::Millis list_every{0};        // as configured; 0: by the policy
  std::string state;                 // what its loader wants handed back to list; opaque. All that
                                     // was listed up to it is here
  std::string note;                  // why the last listing was not complete, or removals were held
};

// A URI that is to stay out, by the word of a person or an application: nothing records a root of
// it, until it is included again.
struct Exclusion {
  std::string uri;
  Instant since;
  std::string why;  // for people; may be empty
};

// A refresh of a URI that was asked for from outside, and not answered yet. The URI need not be known.
struct Trigger {
  std::string uri;
  std::uint64_t number = 0;  // of a later one: greater
  Instant since;
  std::string why;  // for people
};

// The namespace of a store that this repository's namespace is delivered to.
struct Target {
  std::string store;                       // plugin name
  std::string store_options;               // JSON, secrets by reference only
  std::string embedder, embedder_options;  // empty: no vectors
  std::string model;                       // the embedder's model id; empty: none
  std::uint32_t dimension = 0;
};

// Of the targets that a namespace may have. Rows are delivered to this one.
inline constexpr std::uint32_t main_target = 1;

enum class TargetState : std::uint8_t {
  filling = 0,  // is delivered to, and not searched yet
  live = 1,
  retired = 2,  // is neither searched nor delivered to; its rows may be there
};

// How far the rows of a generation have come.
enum class Fill : std::uint8_t {
  live = 0,      // they are what is searched
  to_empty = 1,  // their place in the store is emptied before anything is sent
  filling = 2,   // what is pending is sent
  filled = 3,    // nothing is pending: they take the place of the live ones
};

// Where the rows of a generation lie until it is live.
enum class Room : std::uint8_t {
  own = 0,        // in the live ones' place: the store cannot put one namespace in another's
  aside = 1,      // in the same store, under a name of their own
  elsewhere = 2,  // in another store, or another place of it
};

// The rows of the namespace as one target makes them. A rebuild begins the next generation, and all
// deliveries are for it from then on; queries go to the live target until it takes that place.
struct Generation {
  std::uint64_t number = 0;  // 0: never rebuilt
  std::uint64_t oldest = 0;  // rows of the generations from here on may be left aside in the store
  Fill fill = Fill::live;
  Room room = Room::own;
  Target target;  // of this generation; until it is live, another one is searched

  bool under_way() const { return fill != Fill::live; }
};

// A piece of delivery work. What is right for the chunk is decided when it is delivered.
struct Delivery {
  std::uint64_t sequence = 0;
  Digest chunk;
  bool removal = false;
};

struct Info {
  std::uint64_t chunks = 0, documents = 0, elements = 0;  // documents: roots with content
  std::uint64_t roots = 0, failing = 0, vectors = 0;
  std::uint64_t deliveries = 0;  // rows pending; a generation that is not live counts as one more
  bool has_embeddings = false, persistent = true;
};

// A namespace, as its own counters have it.
struct NameSpace {
  std::string name;
  bool dropping = false;  // it goes: nothing of it can be read or written any more
  std::uint64_t roots = 0, documents = 0, chunks = 0, deliveries = 0;
};

struct CheckReport {
  std::uint64_t roots = 0, elements = 0, chunks = 0, vectors = 0, deliveries = 0;
  std::vector<std::string> problems;  // the first 100, one line each
  std::uint64_t problem_count = 0;
};

}  // namespace freshet::repository
