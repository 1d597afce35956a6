#include "core/repository/transaction.hpp"

#include <utility>

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

constexpr base::Millis time_step{1000};

}  // namespace

Result<std::unique_ptr<Transaction>> Transaction::read(
    std::shared_ptr<lmdb::Environment> environment, Space space) {
  auto transaction =
      std::make_unique<Transaction>(std::move(environment), nullptr, std::move(space));
  FRESHET_TRY(transaction->start_reading());
  return transaction;
}

Transaction::Transaction(std::shared_ptr<lmdb::Environment> environment, lmdb::RawTransaction* txn,
                         Space space)
    : lmdb::Transaction(std::move(environment), txn), space_(std::move(space)) {}

Result<base::Instant> Transaction::confirmed(const base::Digest& source) const {
  for (const auto& [known, at] : confirmed_)
    if (known == source) return at;
  FRESHET_ASSIGN(const auto found, record<Source>(Db::sources, key<SourceKey>(source)));
  confirmed_.emplace_back(source, found ? found->confirmed : base::unset);
  return confirmed_.back().second;
}

Result<Counters*> Transaction::counters() {
  if (counters_) return &*counters_;
  FRESHET_ASSIGN(const auto found, record<Counters>(Db::counters, key()));
  counters_ = found.value_or(Counters{});
  stored_counters_ = *counters_;
  return &*counters_;
}

// In steps of a second, so that few commits have to write the record for it.
Status Transaction::note_time() {
  if (!changed() || space() == 0) return {};
  FRESHET_ASSIGN(Counters* const counters, this->counters());
  const base::Instant now = clock().now();
  if (now - counters->last_write >= time_step) counters->last_write = now;
  return {};
}

Result<bool> Transaction::finish() {
  FRESHET_TRY(check_fault());
  if (!counting_) return changed();
  FRESHET_TRY(note_time());
  if (counters_ && !(*counters_ == stored_counters_)) {
    Encoder value;
    encode(value, *counters_);
    FRESHET_TRY(put(Db::counters, key(), value));
    stored_counters_ = *counters_;
  }
  return changed();
}

}  // namespace freshet::repository
