// core/lmdb/write_queue.hpp - the one thread that writes, and the queue before it.
//
// Work that is waiting is committed together: one durable commit serves them all, and what a commit
// costs is the pages that it touches. Work that nobody waits for waits a moment for more of its kind. Where
// a piece fails, all of them are done again, each in a transaction of its own inside the common one, so that
// it undoes only itself. LMDB ties a write transaction to its thread, which is why none is ever begun
// elsewhere. Every piece hears how it ended, also where memory runs out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/error.hpp"
#include "core/lmdb/environment.hpp"
#include "core/ports/queue.hpp"

namespace freshet::lmdb {

struct Work {
  // Changes what it likes and adds the bytes it wrote; left at 0, nothing was changed. It may be
  // run again, after what it did was undone: because another one failed, or all grew too large.
  std::function<base::Status(RawTransaction*, std::uint64_t& bytes)> run;
  std::function<void(base::Status)> done;  // called once, after the commit
  std::size_t holds = 0;  // bytes of memory until then, about; 0: somebody waits for it
};

class WriteQueue {
 public:
  WriteQueue(Environment& environment, ports::Executor& executor);
  ~WriteQueue();  // ends what was queued first
  WriteQueue(const WriteQueue&) = delete;
  WriteQueue& operator=(const WriteQueue&) = delete;

  base::Status start();

  // Waits while the queue is full. Fails on the writer thread itself, which would wait for ever.
  // Where it fails or throws, `done` is not called.
  base::Status push(Work work);
  bool on_writer_thread() const { return task_->is_current(); }

  // On the writer thread: lets it go, and has it call `last` when it has done what is queued, as
  // the last thing it does. `last` may destroy the queue.
  void leave(std::function<void()> last);

 private:
  void run();
  void take_group(Work first);
  std::optional<Work> take_more(base::Millis until);
  void commit_group();
  void commit_alone(Work& work);
  bool commit_at_once(std::size_t& next);
  void commit_one_by_one(std::size_t next);
  base::Status run_nested(Work& work, MDB_txn* txn, std::uint64_t& bytes) noexcept;
  base::Status commit(MDB_txn* txn, bool changed);

  Environment& environment_;
  ports::BoundedQueue<Work> queue_;
  std::vector<Work> group_;  // what is being committed; the thread's own
  std::vector<base::Status> results_;
  std::function<void()> last_;
  const std::unique_ptr<ports::Task> task_;
};

}  // namespace freshet::lmdb
