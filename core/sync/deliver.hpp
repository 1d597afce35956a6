// core/sync/deliver.hpp - brings one target in step with the repository.
//
// Law 5: a delivery is forgotten only when the store has confirmed its id; upserts go before the
// removals that follow them, and a root of which one is refused keeps its old rows; what is right for
// a chunk is read from the repository when it is sent, so that replaying is harmless and the newest state wins. One run delivers at a time, and it
// empties a namespace that is rebuilt, fills it and puts it in place, all under the one lease.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_set>

#include "core/ports/store.hpp"
#include "core/repository/repository.hpp"
#include "core/sync/deliver_rows.hpp"
#include "core/sync/generation.hpp"
#include "core/sync/leases.hpp"
#include "core/sync/ledger.hpp"
#include "core/sync/pace.hpp"
#include "core/sync/target.hpp"
#include "core/sync/vectors.hpp"

namespace freshet::sync {

class Delivery {
 public:
  // `vectors` may be null: rows go without. `store` and `vectors` are those of `target`; where
  // deliveries are for another one, they are left to the run that has that one open.
  Delivery(repository::Repository& repository, ports::Store& store, repository::Target target,
           Vectors* vectors, Leases& leases, Ledger& ledger, base::Cancel cancel,
           TargetNumber number = repository::main_target);
  ~Delivery();
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  base::Status start();
  // Not all documents were made by the run's readers and chunker yet: what fills is not sent before
  // complete_recipe(). Before start().
  void await_recipe() { new_recipe_ = true; }
  void complete_recipe() { complete_ = true; }
  base::Result<Standing> standing() const;

  // There may be new rows.
  void wake();
  // As finish(), which is to follow, without waiting.
  void finish_soon();
  // Delivers what is left, waits for it, and ends the task. What could not be delivered is
  // pending.
  void finish();

 private:
  using Row = DeliveryRow;
  using Batch = DeliveryBatch;
  ports::Executor& executor() const;
  void work();
  bool drain_safely() noexcept;
  bool drain();  // false: nothing more can be done in this run
  base::Status recover();
  base::Result<bool> is_work_left() const;
  base::Result<bool> step();
  base::Result<bool> finish_filling(const Place& place);
  base::Status check_target(const Place& place) const;
  base::Result<std::vector<repository::Delivery>> next_rows(const Place& place);
  base::Status take_rows(repository::Writer& writer);
  std::size_t window() const;
  base::Result<Batch> prepare(const std::vector<repository::Delivery>& rows);
  base::Status fill_vectors(Batch& batch);
  void refuse(const Row& row, const base::Error& error);
  bool fits(const Row& row);
  void send(Batch& batch);
  void send_upserts(std::vector<Row*> rows);
  void send_part(std::vector<Row*>& rows) noexcept;
  void send_removals(std::vector<Row*> rows);
  void give_up(const base::Error& error) noexcept;
  Activity activity_of(ActivityKind kind, std::size_t rows, const base::Status& status) const;
  base::Status try_upserts(const std::vector<Row*>& rows);
  base::Status try_removals(const std::vector<Row*>& rows);
  void send_or_split(std::vector<Row*> rows,
                     base::Status (Delivery::*attempt)(const std::vector<Row*>&));
  base::Status record(const Place& place, const Batch& batch);
  base::Status tell_progress(const Counts& counts);
  bool is_ours();
  std::optional<Pace::Ticket> begin_request();
  // How a request ended: refused_crowd says nothing of the request itself, and too_long that the store
  // asks for more patience than a run has.
  enum class After { answered, failed, refused, refused_crowd, too_long };
  After end_request(const Pace::Ticket& ticket, const base::Status& status, int tries);
  bool wait_before_retry(int attempt);

  repository::Repository& repository_;
  ports::Store& store_;
  const repository::Target target_;
  const TargetNumber number_;
  Vectors* const vectors_;
  Ledger& ledger_;
  const base::Cancel cancel_;
  Tenure tenure_;
  std::string name_;  // of the namespace in the store that this batch goes to
  std::mutex mutex_;
  const std::unique_ptr<ports::Condition> wake_;
  const std::unique_ptr<ports::Condition> ended_;  // a request
  Pace pace_;
  std::uint64_t requests_ended_ = 0;
  bool new_recipe_ = false;
  std::atomic<bool> complete_{false};
  bool woken_ = true;  // rows may be left from an earlier run
  bool finishing_ = false;
  bool given_up_ = false;  // the store does not answer: no more in this run
  bool lost_ = false;      // the tenure: another run may have taken over
  bool recovered_ = false;
  bool held_back_ = false;                     // the filling has too many refused rows to end
  std::unordered_set<std::uint64_t> refused_;  // rows the store will not take: left pending
  // The beginnings of the ids of roots with such rows: what these were to replace stays.
  std::unordered_set<base::Digest> refused_of_;
  std::uint64_t after_ = 0;                  // rows up to here will not go in this run
  std::vector<repository::Delivery> taken_;  // noted as in flight, and next to be sent
  const std::unique_ptr<ports::Task> task_;
};

}  // namespace freshet::sync
