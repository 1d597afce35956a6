// core/repository/write_queue.hpp - the one thread that writes, and the queue before it.
//
// Work that is waiting is committed together: one durable commit serves them all. Each piece runs
// in a transaction of its own inside the common one, so that one that fails undoes only itself.
// LMDB ties a write transaction to its thread, which is why none is ever begun elsewhere.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/queue.hpp"

struct MDB_txn;

namespace freshet::repository {

class Environment;

struct Work {
  // Changes what it likes and adds the bytes it wrote; left at 0, nothing was changed. It may be
  // run a second time, in a transaction of its own, when the first one grew too large.
  std::function<base::Status(MDB_txn*, std::uint64_t& bytes)> run;
  std::function<void(base::Status)> done;  // called once, after the commit
};

class WriteQueue {
 public:
  explicit WriteQueue(Environment& environment);
  ~WriteQueue();  // ends what was queued first
  WriteQueue(const WriteQueue&) = delete;
  WriteQueue& operator=(const WriteQueue&) = delete;

  // Waits while the queue is full. Fails on the writer thread itself, which would wait for ever.
  base::Status push(Work work);
  bool on_writer_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

 private:
  struct Group;
  void run();
  void commit_alone(Work& work);
  void commit_group(std::vector<Work>& works);
  base::Status commit(MDB_txn* txn, bool changed);

  Environment& environment_;
  base::BoundedQueue<Work> queue_;
  std::thread thread_;
};

}  // namespace freshet::repository
