// core/sync/deliver_send.cpp - the requests of a delivery: how many at once, when again, and in which parts.
#include <algorithm>
#include <deque>
#include <unordered_map>

#include "core/sync/deliver.hpp"

namespace freshet::sync {
namespace {

constexpr int most_attempts = 4;
constexpr base::Millis first_wait{500};
constexpr base::Millis longest_wait{30'000};
constexpr base::Millis look_for_cancel{100};

base::Millis wait_after(int attempt) { return std::min(longest_wait, first_wait * (1 << attempt)); }

}  // namespace

void Delivery::send(Batch& batch) {
  std::vector<Row*> upserts, removals;
  for (Row& row : batch.upserts)
    if (fits(row)) upserts.push_back(&row);
  send_upserts(std::move(upserts));
  // A row that did not go through may be what a removal makes room for: then the old row of its
  // root stays.
  std::unordered_set<base::Digest> missing_of;
  for (const Row& row : batch.upserts)
    if (!row.confirmed) missing_of.insert(root_part(row.delivery.chunk));
  for (Row& row : batch.removals)
    if (!missing_of.contains(root_part(row.delivery.chunk))) removals.push_back(&row);
  if (!given_up_) send_removals(std::move(removals));
}

void Delivery::send_upserts(std::vector<Row*> rows) {
  const std::size_t size = std::max(1u, store_.info().max_batch);
  std::vector<std::vector<Row*>> parts;
  for (std::size_t begin = 0; begin < rows.size(); begin += size)
    parts.emplace_back(
        rows.begin() + static_cast<std::ptrdiff_t>(begin),
        rows.begin() + static_cast<std::ptrdiff_t>(std::min(rows.size(), begin + size)));
  std::deque<std::unique_ptr<ports::Task>> others;  // one for each part but the first
  for (std::size_t i = 1; i < parts.size(); ++i)
    if (!others.emplace_back(executor().task())->start("freshet-send", [this, &part = parts[i]] {
          send_part(part);
        }))
      send_part(parts[i]);
  if (!parts.empty()) send_part(parts.front());
}

void Delivery::send_part(std::vector<Row*>& rows) noexcept {
  const base::Status sent = base::guarded([&]() -> base::Status {
    send_or_split(std::move(rows), &Delivery::try_upserts);
    return {};
  });
  if (!sent) give_up(sent.error());
}

void Delivery::give_up(const base::Error& error) noexcept {
  std::lock_guard lock(mutex_);
  if (!given_up_) ledger_.error(error);
  given_up_ = true;
}

void Delivery::send_removals(std::vector<Row*> rows) {
  const std::size_t size = std::max(1u, store_.info().max_batch);
  for (std::size_t begin = 0; begin < rows.size() && !given_up_; begin += size)
    send_or_split({rows.begin() + static_cast<std::ptrdiff_t>(begin),
                   rows.begin() + static_cast<std::ptrdiff_t>(std::min(rows.size(), begin + size))},
                  &Delivery::try_removals);
}

base::Status Delivery::try_upserts(const std::vector<Row*>& rows) {
  std::vector<ports::StoreRecord> records;
  std::unordered_map<std::string_view, Row*> by_id;
  records.reserve(rows.size());
  for (Row* row : rows) {
    ports::StoreRecord record;
    record.id = row->id;
    record.digest = row->digest;
    record.text = row->chunk.chunk.text;
    record.uri = *row->uri;
    record.title = *row->title;
    record.url = row->chunk.chunk.url;
    record.path = row->path;
    record.metadata = row->metadata;
    record.vector = row->vector;
    records.push_back(std::move(record));
    by_id[row->id] = row;
  }
  return store_.upsert(
      name_, records,
      [&](std::string_view id) {
        if (const auto found = by_id.find(id); found != by_id.end())
          found->second->confirmed = true;
      },
      cancel_);
}

base::Status Delivery::try_removals(const std::vector<Row*>& rows) {
  std::vector<std::string> ids;
  std::unordered_map<std::string_view, Row*> by_id;
  for (Row* row : rows) {
    ids.push_back(row->id);
    by_id[row->id] = row;
  }
  return store_.remove(
      name_, ids,
      [&](std::string_view id) {
        if (const auto found = by_id.find(id); found != by_id.end())
          found->second->confirmed = true;
      },
      cancel_);
}

Activity Delivery::activity_of(ActivityKind kind, std::size_t rows,
                               const base::Status& status) const {
  Activity activity;
  activity.kind = kind;
  activity.by = target_.store;
  activity.target = number_;
  activity.count = rows;
  if (!status) activity.error = base::Error(status.error());
  return activity;
}

// Sends again what was not confirmed: the same rows after a wait where the fault may pass; in
// halves where it will not, until the one row at fault is alone.
void Delivery::send_or_split(std::vector<Row*> rows,
                             base::Status (Delivery::*attempt)(const std::vector<Row*>&)) {
  for (int tries = 1;; ++tries) {
    const auto ticket = begin_request();
    if (!ticket) return;
    const base::Instant began = ledger_.activity_begins();
    base::Status status = (this->*attempt)(rows);
    ledger_.activity_ended(began, [&] {
      const bool upserts = attempt == &Delivery::try_upserts;
      return activity_of(upserts ? ActivityKind::upsert : ActivityKind::remove, rows.size(),
                         status);
    });
    const After after = end_request(*ticket, status, tries);
    std::erase_if(rows, [](const Row* row) { return row->confirmed; });
    if (rows.empty() || !is_ours()) return;
    if (status)
      status =
          base::fail(base::Code::remote, "the store did not confirm every row", rows.front()->id);
    const base::Error& error = status.error();
    if (cancel_.requested()) return;
    if (base::is_transient(error.code)) {
      if (after == After::refused_crowd) {
        --tries;
        continue;
      }
      const bool another = after != After::too_long && tries < most_attempts;
      if (another && (after == After::refused || wait_before_retry(tries))) continue;
      return give_up(error);
    }
    const bool of_the_rows = error.code == base::Code::invalid_argument ||
                             error.code == base::Code::limit || error.code == base::Code::parse;
    if (!of_the_rows) return give_up(error);
    if (rows.size() == 1) {
      refuse(*rows.front(), base::wrap("the store refused a row", rows.front()->id, error).value());
      return;
    }
    const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2);
    send_or_split({rows.begin(), middle}, attempt);
    rows.erase(rows.begin(), middle);
    tries = 0;
  }
}

// Looked at right before anything is sent: this process may have been stopped since it was claimed.
bool Delivery::is_ours() {
  std::lock_guard lock(mutex_);
  lost_ = lost_ || !tenure_.goes_on();
  return !lost_;
}

// Waits until the store may be sent one more. Nothing: this run sends it nothing more.
std::optional<Pace::Ticket> Delivery::begin_request() {
  ports::Lock lock(mutex_);
  for (;;) {
    lost_ = lost_ || !tenure_.goes_on();
    if (lost_ || given_up_ || cancel_.requested()) return std::nullopt;
    const Pace::Answer answer = pace_.ask(repository_.clock().monotonic());
    if (answer.ticket) return answer.ticket;
    const bool resting = answer.wait > base::Millis(0);
    const std::uint64_t seen = requests_ended_;
    ended_->wait_for(lock, resting ? std::min(answer.wait, look_for_cancel) : look_for_cancel,
                     [&] { return !resting && requests_ended_ != seen; });
  }
}

Delivery::After Delivery::end_request(const Pace::Ticket& ticket, const base::Status& status,
                                      int tries) {
  const std::lock_guard lock(mutex_);
  ++requests_ended_;
  ended_->notify_all();
  if (status) return pace_.went_well(ticket), After::answered;
  const base::Error& error = status.error();
  const bool refused = error.code == base::Code::rate_limited ||
                       (base::is_transient(error.code) && error.retry_after_ms >= 0);
  const base::Millis rest =
      error.retry_after_ms >= 0 ? base::Millis(error.retry_after_ms) : wait_after(tries);
  if (!refused) return pace_.failed(ticket), After::failed;
  if (rest > longest_wait) return pace_.failed(ticket), After::too_long;
  const bool crowd = pace_.was_refused(ticket, repository_.clock().monotonic(), rest);
  return crowd ? After::refused_crowd : After::refused;
}

// False when the run is being cancelled.
bool Delivery::wait_before_retry(int attempt) {
  const base::Millis until = repository_.clock().monotonic() + wait_after(attempt);
  while (repository_.clock().monotonic() < until) {
    if (cancel_.requested()) return false;
    executor().pause(look_for_cancel);
  }
  return true;
}

}  // namespace freshet::sync
