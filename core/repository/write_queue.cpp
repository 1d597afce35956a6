#include "core/repository/write_queue.hpp"

#include <exception>
#include <new>
#include <utility>

#include "core/base/file_size_signal.hpp"
#include "core/repository/environment.hpp"

namespace freshet::repository {

using base::Code;
using base::Status;

namespace {

constexpr std::size_t most_waiting = 64;
constexpr std::size_t most_together = 64;
constexpr std::uint64_t most_bytes = 8u << 20;  // about 2,000 pages

Status run_guarded(Work& work, MDB_txn* txn, std::uint64_t& bytes) {
  try {
    return work.run(txn, bytes);
  } catch (const std::bad_alloc&) {
    return base::fail(Code::out_of_memory, "no memory for a write");
  } catch (const std::exception& problem) {
    return base::fail(Code::internal, std::string("a write threw: ") + problem.what());
  } catch (...) {
    return base::fail(Code::internal, "a write threw");
  }
}

void finish(Work& work, Status status) {
  try {
    work.done(std::move(status));
  } catch (...) {  // the caller's; there is nobody left to tell
  }
}

// The map or the transaction is full: worth trying with less beside it.
bool too_large(const Status& status) {
  return !status && (status.error().code == Code::full || status.error().code == Code::limit);
}

}  // namespace

WriteQueue::WriteQueue(Environment& environment)
    : environment_(environment), queue_(most_waiting), thread_([this] { run(); }) {}

WriteQueue::~WriteQueue() {
  queue_.close();
  thread_.join();
}

Status WriteQueue::push(Work work) {
  if (on_writer_thread())
    return base::fail(Code::misuse, "a write was begun inside another", environment_.directory());
  if (!queue_.push(std::move(work)))
    return base::fail(Code::misuse, "the repository is being closed", environment_.directory());
  return {};
}

void WriteQueue::run() {
  const base::BlockFileSizeSignal block;
  while (auto first = queue_.pop()) {
    std::vector<Work> works;
    works.push_back(*std::move(first));
    while (works.size() < most_together) {
      auto more = queue_.try_pop();
      if (!more) break;
      works.push_back(*std::move(more));
    }
    if (works.size() == 1)
      commit_alone(works.front());
    else
      commit_group(works);
  }
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

// Works are done in order. Each gets its own status, or that of the commit it became part of.
void WriteQueue::commit_group(std::vector<Work>& works) {
  for (std::size_t next = 0; next < works.size();) {
    const std::size_t begin = next;
    auto txn = environment_.begin_write();
    if (!txn) {
      finish(works[next++], base::fail(txn.error()));
      continue;
    }
    std::vector<Status> results;
    std::uint64_t total = 0;
    bool crowded = false;
    while (next < works.size() && total < most_bytes && !crowded) {
      std::uint64_t bytes = 0;
      Status status;
      if (auto nested = environment_.begin_nested(*txn)) {
        status = run_guarded(works[next], *nested, bytes);
        if (status)
          status = environment_.commit_nested(*nested);
        else
          environment_.abort_nested(*nested);
      } else {
        status = base::fail(nested.error());
      }
      crowded = too_large(status);
      if (crowded) break;  // what went before is committed; this one is tried alone
      if (status) total += bytes;
      results.push_back(std::move(status));
      ++next;
    }
    const Status committed = commit(*txn, total > 0);
    for (std::size_t i = begin; i < next; ++i) {
      Status& own = results[i - begin];
      finish(works[i], own ? committed : std::move(own));
    }
    if (crowded) commit_alone(works[next++]);
  }
}

}  // namespace freshet::repository
