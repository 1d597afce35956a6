// core/repository/repository.hpp - roots, documents, chunks, vectors and deliveries, kept in LMDB.
//
// A Repository is one namespace of one directory; all that are open on a directory in a process
// share one environment. Reads go through a Snapshot, writes through write(), which runs on the one
// writer thread and commits several callers' work together. Both may be used from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/lmdb/options.hpp"
#include "core/ports/machine.hpp"
#include "core/repository/deliveries.hpp"
#include "core/repository/documents.hpp"
#include "core/repository/exclusions.hpp"
#include "core/repository/gates.hpp"
#include "core/repository/heard.hpp"
#include "core/repository/habits.hpp"
#include "core/repository/leases.hpp"
#include "core/repository/lessons.hpp"
#include "core/repository/move.hpp"
#include "core/repository/namespaces.hpp"
#include "core/repository/notices.hpp"
#include "core/repository/refusals.hpp"
#include "core/repository/roots.hpp"
#include "core/repository/runs.hpp"
#include "core/repository/shard.hpp"
#include "core/repository/sources.hpp"
#include "core/repository/targets.hpp"
#include "core/repository/triggers.hpp"
#include "core/repository/vectors.hpp"

namespace freshet::lmdb {
class SharedEnvironment;
}

namespace freshet::repository {

struct Space;

struct OpenOptions : lmdb::Options {
  std::string name_space = "default";  // [A-Za-z0-9._-]{1,128}; "": none, nothing is in it
  bool moving = false;    // for whoever moves what is there: also where nobody else may write
  bool dropping = false;  // for whoever drops the namespace: also where that was begun before
};

// One consistent view. Short-lived: hold none across I/O. One thread at a time.
class Snapshot : public ReadsRoots,
                 public ReadsDocuments,
                 public ReadsVectors,
                 public ReadsSources,
                 public ReadsExclusions,
                 public ReadsTriggers,
                 public ReadsLeases,
                 public ReadsHabits,
                 public ReadsRefusals,
                 public ReadsLessons,
                 public ReadsGates,
                 public ReadsHeard,
                 public ReadsNotices,
                 public ReadsDeliveries,
                 public ReadsTargets,
                 public ReadsRuns,
                 public ReadsShard,
                 public ReadsMove,
                 public ReadsNameSpace {
 public:
  Snapshot(Snapshot&&) noexcept;
  ~Snapshot();

 private:
  friend class Repository;
  explicit Snapshot(std::unique_ptr<Transaction> transaction);
  std::unique_ptr<Transaction> owned_;
};

// Inside write(): a Snapshot that sees its own changes, and the changes.
class Writer : public WritesRoots,
               public WritesDocuments,
               public WritesVectors,
               public WritesSources,
               public WritesExclusions,
               public WritesTriggers,
               public WritesLeases,
               public WritesHabits,
               public WritesRefusals,
               public WritesLessons,
               public WritesGates,
               public WritesHeard,
               public WritesNotices,
               public WritesDeliveries,
               public WritesTargets,
               public WritesRuns,
               public WritesShard,
               public WritesMove,
               public WritesNameSpace {
 public:
  const Snapshot& read() const { return snapshot_; }

 private:
  friend class Repository;
  Writer(const Snapshot& snapshot, Transaction& transaction);
  const Snapshot& snapshot_;
};

struct CheckReport {
  std::uint64_t roots = 0, elements = 0, chunks = 0, vectors = 0, deliveries = 0;
  std::vector<std::string> problems;  // the first 100, one line each
  std::uint64_t problem_count = 0;
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

  // Another number: somebody has written meanwhile, of whatever process or namespace. Costs next to
  // nothing.
  std::uint64_t last_commit() const;

  // Runs `work` on the writer thread and returns when it is durable. `work` may run in one commit
  // with others'; if it fails, its own changes alone are undone. It may be run again, when it
  // proves too large to go with others: it must set what it captures, not add to it. What it
  // returns as views is good until its next change.
  base::Status write(const std::function<base::Status(Writer&)>& work);
  // The same without waiting; `done` is called on the writer thread after the commit, and may not
  // write itself. Blocks while the writer's queue is full. Where this throws, `done` is not called.
  // What `holds` about so many bytes of memory, and not 0, may wait a tenth of a second for more.
  void write_later(std::function<base::Status(Writer&)> work,
                   std::function<void(base::Status)> done, std::size_t holds = 0);
  // What waits for more is not to wait longer. Where there is no memory for that, it waits its time.
  void write_now() const noexcept;

  // Reads everything of this namespace: checksums, references, counters, order.
  base::Result<CheckReport> check(const base::Cancel& cancel = {}) const;
  // A compacted copy of the whole environment into an empty or missing directory.
  base::Status backup(const std::string& directory, const base::Cancel& cancel = {}) const;
  // The bytes of the whole environment as of one commit, found to be whole before; runs go on meanwhile.
  base::Status stream(const std::function<base::Status(std::string_view bytes)>& take,
                      const base::Cancel& cancel = {}) const;

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
  bool read_only_, allow_shared_, dropping_, moving_;
  const ports::Machine machine_;
};

}  // namespace freshet::repository
