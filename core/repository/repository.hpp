// core/repository/repository.hpp - roots, documents, chunks, vectors and deliveries, kept in LMDB.
//
// A Repository is one namespace of one directory; all that are open on a directory in a process
// share one environment. Reads go through a Snapshot, writes through write(), which runs on the one
// writer thread and commits several callers' work together. Both may be used from any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/lmdb/options.hpp"
#include "core/ports/machine.hpp"
#include "core/repository/records.hpp"

namespace freshet::lmdb {
class SharedEnvironment;
}

namespace freshet::repository {

class Transaction;
struct Space;

struct OpenOptions : lmdb::Options {
  std::string name_space = "default";  // [A-Za-z0-9._-]{1,128}; "": none, nothing is in it
  bool dropping = false;  // for whoever drops the namespace: also where that was begun before
};

// One consistent view. Short-lived: hold none across I/O. One thread at a time.
class Snapshot {
 public:
  Snapshot(Snapshot&&) noexcept;
  ~Snapshot();

  base::Result<std::optional<RootView>> root(const Digest& id) const;
  // Calls `each` for every id in turn, in the order of the ids' bytes, with null where unknown.
  base::Status roots(std::span<const Digest> ids,
                     const std::function<void(std::size_t index, const RootView*)>& each) const;
  // Up to `limit` roots after `cursor` (in the order of their ids; empty digest: from the first).
  base::Result<std::vector<Root>> list_roots(const Digest& cursor, std::size_t limit) const;
  // Roots whose time to ask again is not after `now`, earliest first; reads nothing else.
  base::Result<std::vector<Digest>> due(Instant now, std::size_t limit) const;
  base::Result<std::uint64_t> count_due(Instant now) const;
  // Members of `source` that are due, earliest first, up to `limit` behind `after`, the last one of
  // the page before: those that have moved meanwhile stay behind it.
  base::Result<std::vector<DueRoot>> due_of(const Digest& source, Instant now, const DueRoot& after,
                                            std::size_t limit) const;
  // The earliest time at which any root is to be asked again; never where there is none.
  base::Result<Instant> next_due() const;
  // True where something was written here at a later time than it is now: the clock was ahead then,
  // and what it dated may hide among what is right. Also where no time is recorded yet.
  base::Result<bool> clock_was_ahead() const;

  base::Result<std::optional<StoredChunk>> chunk(const Digest& id) const;
  base::Result<std::vector<StoredChunk>> chunks_of(const Digest& root) const;  // by sequence number
  base::Result<std::optional<Element>> element(const std::string& id) const;
  base::Result<std::vector<Element>> elements_of(const Digest& root) const;  // in document order
  base::Result<std::optional<model::Document>> document(
      const std::string& uri) const;  // put together again
  // Ids from the root down to `id` (an element or a chunk in hex); nothing where a link is missing.
  base::Result<std::optional<std::vector<std::string>>> path_from_root(const std::string& id) const;
  // The chunk with up to `before` and `after` neighbours of its document, in order; empty: unknown.
  base::Result<std::vector<StoredChunk>> expand(const Digest& chunk, std::size_t before,
                                                std::size_t after) const;

  // The cached vector of `text_digest` under `model`; empty where there is none.
  base::Result<std::vector<float>> vector(const std::string& model,
                                          const Digest& text_digest) const;
  base::Result<bool> has_vector(const std::string& model, const Digest& text_digest) const;

  base::Result<std::optional<Source>> source(const Digest& id) const;
  base::Result<std::vector<Source>> sources() const;
  base::Result<bool> is_member(const Digest& source, const Digest& root) const;
  base::Result<bool> has_source(const Digest& root) const;  // it is a member of any
  // The last listing of `source` that saw the root; nothing where it is no member.
  base::Result<std::optional<std::uint64_t>> seen_by(const Digest& source,
                                                     const Digest& root) const;
  base::Result<std::vector<Digest>> members(const Digest& source, const Digest& cursor,
                                            std::size_t limit) const;
  // Members of `source` that the listing `generation` did not see, after `cursor`.
  base::Result<std::vector<Digest>> unseen(const Digest& source, std::uint64_t generation,
                                           const Digest& cursor, std::size_t limit) const;
  base::Result<std::uint64_t> count_unseen(const Digest& source, std::uint64_t generation) const;

  base::Result<bool> has_exclusions() const;
  base::Result<std::optional<Exclusion>> exclusion(const Digest& root) const;
  base::Status check_included(const Digest& root) const;  // fails with excluded
  // Up to `limit` behind `cursor`, in the order of their roots' ids.
  base::Result<std::vector<Exclusion>> exclusions(const Digest& cursor, std::size_t limit) const;

  base::Result<bool> has_triggers() const;
  base::Result<std::optional<Trigger>> trigger(const Digest& root) const;
  // Up to `limit` behind `cursor`, in the order of their roots' ids.
  base::Result<std::vector<Trigger>> triggers(const Digest& cursor, std::size_t limit) const;

  base::Result<std::vector<Delivery>> deliveries(std::uint64_t after, std::size_t limit) const;
  // The record digest the store confirmed for `chunk`; nothing where it confirmed none.
  base::Result<std::optional<Digest>> delivered(const Digest& chunk) const;
  base::Result<std::vector<std::pair<Digest, Digest>>> list_delivered(const Digest& cursor,
                                                                      std::size_t limit) const;

  base::Result<std::optional<Target>> target() const;  // the live one
  base::Result<Generation> generation() const;         // the newest
  // What deliveries are for: the newest generation's target where that is not live yet.
  base::Result<std::optional<Target>> delivery_target() const;
  // Is anything noted as in flight to the store by a run that has ended?
  base::Result<bool> has_stranded() const;
  base::Result<std::vector<std::string>> runs(std::size_t limit) const;  // reports, newest first
  base::Result<std::vector<NameSpace>> name_spaces() const;  // of the whole directory, by name
  base::Result<Info> info() const;

 private:
  friend class Repository;
  friend class Writer;
  explicit Snapshot(std::unique_ptr<Transaction> transaction);
  std::unique_ptr<Transaction> transaction_;
};

// A lease that has longer to run was given by a clock that was ahead, and holds nobody up.
inline constexpr base::Millis longest_lease{120'000};

struct Lease {
  Digest root;
  std::uint64_t fence = 0;
};

// What a commit of one root must still hold; a commit whose lease was lost fails with Code::busy.
struct Holder {
  Digest owner;  // of the run
  std::uint64_t fence = 0;
};

// When to ask again, found in the commit from the root as the change leaves it. Empty: never.
using Schedule = std::function<Instant(const Root& after)>;
inline Schedule fixed(Instant at) {
  return [at](const Root&) { return at; };
}

struct DocumentWrite {
  const model::Document* document = nullptr;
  const std::vector<model::Chunk>* chunks = nullptr;
  std::string version;
  Digest bytes_digest, content_digest, fingerprint;
  std::string handle, loader_metadata;  // BasicRoot says what they are
  Instant now;
  Schedule ask_again;
  std::optional<Holder> holder;  // absent: written directly by an application
};

struct DocumentDiff {
  std::vector<Digest> added, removed;
  std::uint64_t kept = 0;     // same id
  std::uint64_t updated = 0;  // of the kept: the row a store is given differs (a title, metadata)
  bool created = false;
};

// The same document was confirmed: by "not modified", by the same bytes, or by the same content.
struct Touch {
  Digest root;
  Instant now;
  Schedule ask_again;
  std::optional<std::string> version, handle, loader_metadata;  // absent: as it was
  std::optional<Digest> bytes_digest, fingerprint;
  std::optional<Holder> holder;
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

struct Seen {
  std::string uri;
  std::string version, title;  // unused by the repository's indexes; kept for the caller
};

struct Confirmation {
  Delivery delivery;
  Digest record_digest;  // of what was upserted; ignored for a removal
};

// Inside write(): a Snapshot that sees its own changes, and the changes.
class Writer {
 public:
  const Snapshot& read() const;

  // Law 2: root, elements, chunks, and the deliveries of what differs; upserts before removals.
  base::Result<DocumentDiff> put_document(const DocumentWrite& write);
  base::Status touch(const Touch& touch);
  base::Status decline(const Decline& decline);
  base::Status fail(const Failure& failure);
  base::Status put_alias(const Alias& alias);
  // The elements and chunks removed with the root, itself included; nothing where it is not known.
  // Sources that it still belongs to forget their state.
  base::Result<std::optional<std::uint64_t>> remove_root(const Digest& root);
  // The root goes, as with remove_root(), and nothing records it again: from here on put_document,
  // put_alias, touch, decline and fail refuse its URI with Code::excluded, and see() passes it by.
  base::Result<std::optional<std::uint64_t>> exclude(const Exclusion& exclusion);
  // It may come back, with the next run: no listing stands any more. False: it was not excluded.
  base::Result<bool> include(const std::string& uri);
  // Merges `flags` (a JSON object) into the root's; a null value removes a key. A change makes the
  // root due, for its policy may say otherwise now; not one that is waiting after a failure.
  base::Status set_flags(const std::string& uri, const std::string& flags);
  // Takes away a flag that has done what it was set for; nothing where there is none. When to ask again
  // is the caller's.
  base::Status spend_flag(const Digest& root, std::string_view name);
  // Asks for a refresh that begins after this; an earlier wish for it is one with this. A known root is
  // due, unless it waits after a failure. Fails with excluded where it is to stay out.
  base::Status put_trigger(const std::string& uri, const std::string& why);
  // In the commit that answers it. One that came later stays, and keeps its root due.
  base::Status spend_trigger(const Digest& root, std::uint64_t number);
  // The root's policy said no: when to ask it again. With that a failure of the policy is over.
  base::Status set_ask_again(const Digest& root, const Schedule& ask_again);

  // What a listing says of a known root. Where the metadata is another, what was fetched before is no
  // longer known: the document is read again with it, whenever it is fetched next.
  base::Status set_entry(const Digest& root, const std::string& handle,
                         const std::string& loader_metadata);

  base::Status put_source(const Source& source);
  // The source's next listing begins from nothing, since not all that it had listed is here any more.
  // `under_way`: nor does the word of one that has begun count.
  base::Status forget_state(const Digest& source, bool under_way);
  // No listing stands any more, nor does one that is under way: after a clock that was ahead, each
  // source lists again, and the policy is asked about each root by what is recorded of it. The
  // present time is taken to be right from here on.
  base::Status distrust_listings();
  // Marks roots as seen by the listing `generation`, making them members; an alias marks its target
  // too. Returns for each whether this listing saw it before. What is excluded is passed by.
  base::Result<std::vector<bool>> see(const Digest& source, std::uint64_t generation,
                                      std::span<const Digest> roots);
  // Ends the membership. True where no other source has the root.
  base::Result<bool> leave(const Digest& source, const Digest& root);

  // A lease for each root that nobody alive holds and that was not asked for, well or in vain, at
  // or after `unless_asked`; fence 0 where there is none. It lasts for `duration`, at most longest_lease.
  struct Grant {
    std::uint64_t fence = 0;
    bool done_by_other = false;  // asked for since: not due any more
  };
  base::Result<std::vector<Grant>> lease(std::span<const Digest> roots, const Digest& owner,
                                         base::Millis duration, Instant unless_asked);
  base::Status renew(std::span<const Lease> leases, const Digest& owner, base::Millis duration);
  base::Status release(std::span<const Lease> leases, const Digest& owner);
  // Fails with busy unless the lease is still held under this fence.
  base::Status require(const Lease& lease, const Digest& owner);
  // Fences given from here on are larger than `fence`.
  base::Status raise_fence(std::uint64_t fence);

  base::Status put_vector(const std::string& model, const Digest& text_digest,
                          std::span<const float> vector);
  base::Status put_target(const Target& target);

  // Drops the rows, remembers what was confirmed. A confirmed removal of a chunk that exists again
  // becomes an upsert.
  base::Status confirm(std::span<const Confirmation> confirmations);
  base::Status drop(std::span<const Delivery> deliveries);  // rows that turned out to be moot
  base::Status enqueue_all();                               // every chunk
  base::Status forget_delivered(const Digest& chunk);

  // Everything is to be sent, to a place that is emptied first. In a room of its own the generation
  // is live at once; elsewhere and aside it is when `put_generation` says so.
  base::Status begin_generation(const Target& target, Room room);
  base::Status put_generation(const Generation& generation);  // live: its target is the live one

  // For a store that cannot refuse a late write: notes under the holder's lease what is about to be
  // sent, in place of what it noted before. No chunks: the namespace is about to be emptied.
  base::Status put_in_flight(const Lease& lease, std::span<const Digest> chunks);
  base::Status drop_in_flight(std::uint64_t fence);
  // Whatever the store has for these chunks, what is right is sent again.
  base::Status send_again(std::span<const Digest> chunks);
  // The same for what runs that have ended left in flight.
  base::Status recover_stranded();

  base::Status put_run(const std::string& report);  // the newest 100 are kept

  // The namespace goes, in many commits, and its name last. From begin_drop() on nobody else reads
  // or writes it; it fails with busy where anybody else alive holds a lease in it.
  base::Status begin_drop(const Digest& owner);
  base::Result<bool> drop_some(std::size_t most);  // rows; false: none are left
  base::Status finish_drop();

 private:
  friend class Repository;
  base::Status forget_listings();
  explicit Writer(Snapshot& snapshot) : snapshot_(snapshot) {}
  Snapshot& snapshot_;
};

class Repository {
 public:
  // All that are open on a directory write on one task, of the machine that the first one brought.
  static base::Result<std::shared_ptr<Repository>> open(const std::string& directory,
                                                        const OpenOptions& options,
                                                        const ports::Machine& machine = {});
  ~Repository();
  Repository(const Repository&) = delete;
  Repository& operator=(const Repository&) = delete;

  const std::string& directory() const { return directory_; }
  const std::string& name_space() const { return name_space_; }
  bool allow_shared() const { return allow_shared_; }
  bool read_only() const { return read_only_; }
  const ports::Machine& machine() const { return machine_; }
  const ports::Clock& clock() const { return machine_.clock; }

  base::Result<Snapshot> read() const;

  // Runs `work` on the writer thread and returns when it is durable. `work` may run in one commit
  // with others'; if it fails, its own changes alone are undone. It may be run again, when it
  // proves too large to go with others: it must set what it captures, not add to it. What it
  // returns as views is good until its next change.
  base::Status write(const std::function<base::Status(Writer&)>& work);
  // The same without waiting; `done` is called on the writer thread after the commit, and may not
  // write itself. Blocks while the writer's queue is full. Where this throws, `done` is not called.
  void write_later(std::function<base::Status(Writer&)> work,
                   std::function<void(base::Status)> done);

  // Reads everything of this namespace: checksums, references, counters, order.
  base::Result<CheckReport> check(const base::Cancel& cancel = {}) const;
  // A compacted copy of the whole environment into an empty or missing directory.
  base::Status backup(const std::string& directory, const base::Cancel& cancel = {}) const;

 private:
  Repository(std::shared_ptr<lmdb::SharedEnvironment> environment, std::string directory,
             const OpenOptions& options, std::uint32_t space_id, const ports::Machine& machine);
  base::Status may_write() const;
  Space space() const;
  static base::Status run(const std::function<base::Status(Writer&)>& work,
                          const std::shared_ptr<lmdb::SharedEnvironment>& environment,
                          const Space& space, lmdb::RawTransaction* txn, std::uint64_t& bytes);
  std::shared_ptr<lmdb::SharedEnvironment> environment_;
  std::string directory_, name_space_;
  std::uint32_t space_id_;
  bool read_only_, allow_shared_, dropping_;
  const ports::Machine machine_;
};

}  // namespace freshet::repository
