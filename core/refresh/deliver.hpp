// core/refresh/deliver.hpp - brings a namespace of a store in step with the repository.
//
// Law 5: a delivery is forgotten only when the store has confirmed its id; upserts go before the
// removals that follow them; what is right for a chunk is read from the repository when it is sent,
// so that replaying is harmless and the newest state wins.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <unordered_set>

#include "core/base/thread.hpp"
#include "core/ports/store.hpp"
#include "core/refresh/leases.hpp"
#include "core/refresh/ledger.hpp"
#include "core/refresh/vectors.hpp"
#include "core/repository/repository.hpp"

namespace freshet::refresh {

class Delivery {
 public:
  // `vectors` may be null: rows go without.
  Delivery(repository::Repository& repository, ports::Store& store, Vectors* vectors,
           Leases& leases, Ledger& ledger, base::Cancel cancel);
  ~Delivery();
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  base::Status start();
  // There may be new rows.
  void wake();
  // Delivers what is left, waits for it, and ends the thread. What could not be delivered is
  // pending.
  void finish();

 private:
  struct Row;
  struct Batch;
  void work();
  bool drain_safely() noexcept;
  bool drain();  // false: nothing more can be done in this run
  base::Result<bool> step();
  base::Result<Batch> prepare(const std::vector<repository::Delivery>& rows);
  base::Status fill_vectors(Batch& batch);
  void send(Batch& batch);
  void send_upserts(std::vector<Row*> rows);
  void send_part(std::vector<Row*>& rows) noexcept;
  void send_removals(std::vector<Row*> rows);
  void give_up(const base::Error& error) noexcept;
  base::Status try_upserts(const std::vector<Row*>& rows);
  base::Status try_removals(const std::vector<Row*>& rows);
  void send_or_split(std::vector<Row*> rows,
                     base::Status (Delivery::*attempt)(const std::vector<Row*>&));
  base::Status record(const Batch& batch);
  bool wait_before_retry(const base::Error& error, int attempt);

  repository::Repository& repository_;
  ports::Store& store_;
  Vectors* const vectors_;
  Leases& leases_;
  Ledger& ledger_;
  const base::Cancel cancel_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool woken_ = true;  // rows may be left from an earlier run
  bool finishing_ = false;
  bool given_up_ = false;                      // the store does not answer: no more in this run
  std::unordered_set<std::uint64_t> refused_;  // rows the store will not take: left pending
  std::uint64_t after_ = 0;                    // rows up to here will not go in this run
  std::uint64_t delivered_ = 0;                // rows confirmed in this run
  base::Thread thread_;
};

}  // namespace freshet::refresh
