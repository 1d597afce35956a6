#include "core/lmdb/write_queue.hpp"

#include <algorithm>
#include <utility>

#include "core/base/file_size_signal.hpp"

namespace freshet::lmdb {

using base::Code;
using base::Status;

namespace {

constexpr std::size_t most_waiting = 64;
constexpr std::size_t most_together = 1024;
constexpr std::uint64_t most_bytes = 8u << 20;  // about 2,000 pages
constexpr std::size_t most_held = 4u << 20;
constexpr base::Millis gather{100};  // in all
constexpr base::Millis pause{10};    // without anything new

Status run_guarded(Work& work, MDB_txn* txn, std::uint64_t& bytes) noexcept {
  try {
    return work.run(txn, bytes);
  } catch (...) {
    return base::fail(base::exception_error());
  }
}

void finish(Work& work, Status status) {
  const auto done = std::exchange(work.done, nullptr);
  if (!done) return;
  try {
    done(std::move(status));
  } catch (...) {  // the caller's; there is nobody left to tell
  }
}

// The map or the transaction is full: worth trying with less beside it.
bool too_large(const Status& status) {
  return !status && (status.error().code == Code::full || status.error().code == Code::limit);
}

}  // namespace

WriteQueue::WriteQueue(Environment& environment, ports::Executor& executor)
    : environment_(environment), queue_(executor, most_waiting), task_(executor.task()) {}

WriteQueue::~WriteQueue() {
  queue_.close();
  task_->join();
}

Status WriteQueue::start() {
  group_.reserve(most_together);
  results_.reserve(most_together);
  return task_->start("freshet-write", [this] { run(); });
}

Status WriteQueue::push(Work work) {
  if (on_writer_thread())
    return base::fail(Code::misuse, "a write was begun inside another", environment_.directory());
  if (!queue_.push(std::move(work)))
    return base::fail(Code::misuse, "the repository is being closed", environment_.directory());
  return {};
}

void WriteQueue::leave(std::function<void()> last) {
  last_ = std::move(last);
  queue_.close();
}

void WriteQueue::run() {
  const base::BlockFileSizeSignal block;
  while (auto first = queue_.pop()) {
    take_group(*std::move(first));
    try {
      commit_group();
    } catch (...) {
      const base::Error error = base::exception_error();
      for (Work& work : group_) finish(work, base::fail(error));
    }
    group_.clear();
  }
  if (!last_) return;
  task_->detach();
  const auto last = std::exchange(last_, nullptr);  // for the queue may go with it
  last();
}

void WriteQueue::take_group(Work first) {
  const base::Millis until = environment_.clock().monotonic() + gather;
  std::size_t held = first.holds;
  bool awaited = first.holds == 0;
  group_.push_back(std::move(first));
  while (group_.size() < most_together && held < most_held) {
    auto more = awaited ? queue_.try_pop() : take_more(until);
    if (!more) return;
    held += more->holds;
    awaited = awaited || more->holds == 0;
    group_.push_back(*std::move(more));
  }
}

std::optional<Work> WriteQueue::take_more(base::Millis until) {
  if (auto more = queue_.try_pop()) return more;
  const base::Millis left = until - environment_.clock().monotonic();
  return left > base::Millis(0) ? queue_.pop_within(std::min(left, pause)) : std::nullopt;
}

void WriteQueue::commit_group() {
  if (group_.size() == 1) return commit_alone(group_.front());
  std::size_t next = 0;
  while (next < group_.size() && commit_at_once(next)) {
  }
  commit_one_by_one(next);
}

// As many as one transaction takes, from `next` on. False: one of them failed, and nothing was done.
bool WriteQueue::commit_at_once(std::size_t& next) {
  auto txn = environment_.begin_write();
  if (!txn) return false;
  std::size_t end = next;
  std::uint64_t total = 0;
  while (end < group_.size() && total < most_bytes) {
    std::uint64_t bytes = 0;
    if (!run_guarded(group_[end], *txn, bytes)) {
      environment_.abort(*txn);
      return false;
    }
    total += bytes;
    ++end;
  }
  const Status committed = commit(*txn, total > 0);
  for (; next < end; ++next) finish(group_[next], committed);
  return true;
}

Status WriteQueue::commit(MDB_txn* txn, bool changed) {
  if (changed) return environment_.commit(txn);
  environment_.abort(txn);
  return {};
}

void WriteQueue::commit_alone(Work& work) {
  auto txn = environment_.begin_write();
  if (!txn) return finish(work, base::fail(txn.error()));
  std::uint64_t bytes = 0;
  Status status = run_guarded(work, *txn, bytes);
  if (status)
    status = commit(*txn, bytes > 0);
  else
    environment_.abort(*txn);
  finish(work, std::move(status));
}

Status WriteQueue::run_nested(Work& work, MDB_txn* txn, std::uint64_t& bytes) noexcept {
  try {
    FRESHET_ASSIGN(MDB_txn* const nested, environment_.begin_nested(txn));
    Status status = run_guarded(work, nested, bytes);
    if (status) return environment_.commit_nested(nested);
    environment_.abort_nested(nested);
    return status;
  } catch (...) {  // without memory for an error; the transaction within has ended
    return base::fail(base::exception_error());
  }
}

// Works are done in order. Each gets its own status, or that of the commit it became part of.
void WriteQueue::commit_one_by_one(std::size_t next) {
  while (next < group_.size()) {
    const std::size_t begin = next;
    auto txn = environment_.begin_write();
    if (!txn) {
      finish(group_[next++], base::fail(txn.error()));
      continue;
    }
    results_.clear();
    std::uint64_t total = 0;
    bool crowded = false;
    while (next < group_.size() && total < most_bytes && !crowded) {
      std::uint64_t bytes = 0;
      Status status = run_nested(group_[next], *txn, bytes);
      crowded = too_large(status);
      if (crowded) break;  // what went before is committed; this one is tried alone
      if (status) total += bytes;
      results_.push_back(std::move(status));
      ++next;
    }
    const Status committed = commit(*txn, total > 0);
    for (std::size_t i = begin; i < next; ++i) {
      Status& own = results_[i - begin];
      if (own && !committed) own = base::fail(committed.error());
      finish(group_[i], std::move(own));
    }
    if (crowded) commit_alone(group_[next++]);
  }
}

}  // namespace freshet::lmdb
