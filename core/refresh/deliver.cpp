#include "core/refresh/deliver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <unordered_map>

#include "core/base/json.hpp"
#include "core/model/record.hpp"

namespace freshet::refresh {
namespace {

constexpr int most_attempts = 4;
constexpr base::Millis first_wait{500};
constexpr base::Millis longest_wait{30'000};
// How long rows may gather while the run goes on: a store writes one batch faster than many small
// ones.
constexpr std::chrono::milliseconds gather{100};

}  // namespace

// One delivery, with what it takes to make it.
struct Delivery::Row {
  repository::Delivery delivery;
  repository::StoredChunk chunk;  // upserts
  std::string id, digest, path, metadata;
  const std::string* uri = nullptr;  // of its root
  const std::string* title = nullptr;
  std::vector<float> vector;
  bool confirmed = false;
};

struct Delivery::Batch {
  std::vector<Row> upserts, removals;
  std::vector<repository::Delivery> moot;
  std::map<base::Digest, std::pair<std::string, std::string>> roots;  // id to URI and title
  NewVectors new_vectors;
};

Delivery::Delivery(repository::Repository& repository, ports::Store& store, Vectors* vectors,
                   Leases& leases, Ledger& ledger, base::Cancel cancel)
    : repository_(repository),
      store_(store),
      vectors_(vectors),
      leases_(leases),
      ledger_(ledger),
      cancel_(std::move(cancel)),
      thread_([this] { work(); }) {}

Delivery::~Delivery() { finish(); }

void Delivery::wake() {
  std::lock_guard lock(mutex_);
  woken_ = true;
  wake_.notify_one();
}

void Delivery::finish() {
  {
    std::lock_guard lock(mutex_);
    if (finishing_ && !thread_.joinable()) return;
    finishing_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void Delivery::work() {
  for (;;) {
    bool last = false;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return woken_ || finishing_; });
      wake_.wait_for(lock, gather, [&] { return finishing_; });
      woken_ = false;
      last = finishing_;
    }
    const bool more = drain();
    if (last || !more) {
      std::unique_lock lock(mutex_);
      if (!more) given_up_ = true;
      if (finishing_ && !woken_) return;
      if (given_up_) {
        wake_.wait(lock, [&] { return finishing_; });
        return;
      }
    }
  }
}

bool Delivery::drain() {
  for (;;) {
    if (cancel_.requested()) return false;
    {
      auto snapshot = repository_.read();
      if (!snapshot) return ledger_.error(snapshot.error()), false;
      auto rows = snapshot->deliveries(after_, 1);
      if (!rows) return ledger_.error(rows.error()), false;
      if (rows->empty()) return true;
    }
    auto mine = leases_.claim_delivery();
    if (!mine) return ledger_.error(mine.error()), false;
    if (!*mine) {
      // Another run is delivering, and it will deliver ours too, unless it ends before it sees
      // them.
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, std::chrono::milliseconds(50));
      continue;
    }
    base::Result<bool> more = true;
    while (more && *more && !cancel_.requested()) more = step();
    leases_.release_delivery();
    if (!more) return ledger_.error(more.error()), false;
    if (given_up_) return false;
  }
}

base::Result<bool> Delivery::step() {
  const std::size_t window =
      std::size_t{store_.info().max_batch} * std::max(1u, store_.info().concurrent_writes);
  std::vector<repository::Delivery> rows;
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, repository_.read());
    FRESHET_ASSIGN(rows, snapshot.deliveries(after_, window));
  }
  if (rows.empty()) return false;
  FRESHET_ASSIGN(Batch batch, prepare(rows));
  FRESHET_TRY(fill_vectors(batch));
  send(batch);
  FRESHET_TRY(record(batch));
  const auto confirmed = [](const Row& row) { return row.confirmed; };
  const bool moved = !batch.moot.empty() ||
                     std::any_of(batch.upserts.begin(), batch.upserts.end(), confirmed) ||
                     std::any_of(batch.removals.begin(), batch.removals.end(), confirmed);
  if (!moved) after_ = rows.back().sequence;  // none of these will go in this run
  return !given_up_;
}

base::Result<Delivery::Batch> Delivery::prepare(const std::vector<repository::Delivery>& rows) {
  Batch batch;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository_.read());
  std::unordered_map<base::Digest, std::uint64_t>
      newest;  // two rows of one chunk: the later one counts
  for (const repository::Delivery& delivery : rows) newest[delivery.chunk] = delivery.sequence;
  for (const repository::Delivery& delivery : rows) {
    if (refused_.contains(delivery.sequence)) continue;
    FRESHET_ASSIGN(std::optional<repository::StoredChunk> chunk, snapshot.chunk(delivery.chunk));
    if (delivery.removal == chunk.has_value() || newest[delivery.chunk] != delivery.sequence) {
      batch.moot.push_back(delivery);  // what it asked for is not what is right any more
      continue;
    }
    Row row;
    row.delivery = delivery;
    row.id = delivery.chunk.hex();
    if (!delivery.removal) {
      row.digest = chunk->record_digest.hex();
      row.path = model::path_text(chunk->chunk.path);
      row.metadata = base::dump_json(chunk->chunk.metadata);
      auto [root, is_new] = batch.roots.try_emplace(chunk->root);
      if (is_new) {
        FRESHET_ASSIGN(const std::optional<repository::RootView> view, snapshot.root(chunk->root));
        if (view) root->second = {std::string(view->uri), std::string(view->title)};
      }
      row.uri = &root->second.first;
      row.title = &root->second.second;
      row.chunk = std::move(*chunk);
    }
    (delivery.removal ? batch.removals : batch.upserts).push_back(std::move(row));
  }
  return batch;
}

base::Status Delivery::fill_vectors(Batch& batch) {
  if (vectors_ == nullptr) return {};
  std::vector<std::string_view> texts;
  for (const Row& row : batch.upserts) texts.push_back(row.chunk.chunk.text);
  std::vector<Row*> without;
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, repository_.read());
    for (Row& row : batch.upserts) {
      FRESHET_ASSIGN(row.vector,
                     snapshot.vector(vectors_->model(), base::digest_of(row.chunk.chunk.text)));
      if (row.vector.empty()) without.push_back(&row);
    }
  }
  if (without.empty()) return {};
  // Vectors come before the commit of a document; here only after a change of the embedder.
  texts.clear();
  for (const Row* row : without) texts.push_back(row->chunk.chunk.text);
  FRESHET_ASSIGN(batch.new_vectors, vectors_->embed(texts, cancel_));
  for (Row* row : without)
    if (const auto found = batch.new_vectors.find(base::digest_of(row->chunk.chunk.text));
        found != batch.new_vectors.end())
      row->vector = found->second;
  return {};
}

void Delivery::send(Batch& batch) {
  std::vector<Row*> upserts, removals;
  for (Row& row : batch.upserts) upserts.push_back(&row);
  for (Row& row : batch.removals) removals.push_back(&row);
  send_upserts(std::move(upserts));
  // An upsert that did not go through may be what a removal makes room for: keep the old row.
  const bool all_there = std::all_of(batch.upserts.begin(), batch.upserts.end(),
                                     [](const Row& row) { return row.confirmed; });
  if (all_there && !given_up_) send_removals(std::move(removals));
}

void Delivery::send_upserts(std::vector<Row*> rows) {
  const std::size_t size = std::max(1u, store_.info().max_batch);
  std::vector<std::thread> others;
  for (std::size_t begin = 0; begin < rows.size(); begin += size) {
    std::vector<Row*> part(
        rows.begin() + static_cast<std::ptrdiff_t>(begin),
        rows.begin() + static_cast<std::ptrdiff_t>(std::min(rows.size(), begin + size)));
    if (rows.size() <= size) return send_or_split(std::move(part), &Delivery::try_upserts);
    others.emplace_back([this, part = std::move(part)]() mutable {
      send_or_split(std::move(part), &Delivery::try_upserts);
    });
  }
  for (std::thread& other : others) other.join();
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
      repository_.name_space(), records,
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
      repository_.name_space(), ids,
      [&](std::string_view id) {
        if (const auto found = by_id.find(id); found != by_id.end())
          found->second->confirmed = true;
      },
      cancel_);
}

// Sends again what was not confirmed: the same rows after a wait where the fault may pass; in
// halves where it will not, until the one row at fault is alone.
void Delivery::send_or_split(std::vector<Row*> rows,
                             base::Status (Delivery::*attempt)(const std::vector<Row*>&)) {
  for (int tries = 1;; ++tries) {
    base::Status status = (this->*attempt)(rows);
    std::erase_if(rows, [](const Row* row) { return row->confirmed; });
    if (rows.empty()) return;
    if (status)
      status =
          base::fail(base::Code::remote, "the store did not confirm every row", rows.front()->id);
    const base::Error& error = status.error();
    if (cancel_.requested()) return;
    if (base::is_transient(error.code)) {
      if (tries < most_attempts && wait_before_retry(error, tries)) continue;
      std::lock_guard lock(mutex_);
      if (!given_up_) ledger_.error(error);
      given_up_ = true;
      return;
    }
    const bool of_the_rows = error.code == base::Code::invalid_argument ||
                             error.code == base::Code::limit || error.code == base::Code::parse;
    if (!of_the_rows) {
      std::lock_guard lock(mutex_);
      if (!given_up_) ledger_.error(error);
      given_up_ = true;
      return;
    }
    if (rows.size() == 1) {
      std::lock_guard lock(mutex_);
      refused_.insert(rows.front()->delivery.sequence);
      ledger_.error(base::wrap("the store refused a row", rows.front()->id, error).value());
      return;
    }
    const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2);
    send_or_split({rows.begin(), middle}, attempt);
    rows.erase(rows.begin(), middle);
    tries = 0;
  }
}

base::Status Delivery::record(const Batch& batch) {
  std::vector<repository::Confirmation> confirmations;
  Counts counts;
  for (const auto* rows : {&batch.upserts, &batch.removals}) {
    for (const Row& row : *rows) {
      if (!row.confirmed) continue;
      confirmations.push_back({row.delivery, row.chunk.record_digest});
      ++(row.delivery.removal ? counts.removals : counts.upserts);
    }
  }
  FRESHET_TRY(repository_.write([&](repository::Writer& writer) -> base::Status {
    if (vectors_ != nullptr) FRESHET_TRY(put_vectors(writer, vectors_->model(), batch.new_vectors));
    if (!confirmations.empty()) FRESHET_TRY(writer.confirm(confirmations));
    return batch.moot.empty() ? base::Status{} : writer.drop(batch.moot);
  }));
  ledger_.add(counts);
  Event event;
  event.kind = EventKind::delivery;
  event.done = delivered_ += counts.upserts + counts.removals;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository_.read());
  FRESHET_ASSIGN(const repository::Info info, snapshot.info());
  event.total = info.deliveries;
  ledger_.tell(std::move(event));
  return {};
}

// False when the run is being cancelled.
bool Delivery::wait_before_retry(const base::Error& error, int attempt) {
  base::Millis wait = std::min(longest_wait, first_wait * (1 << attempt));
  if (error.retry_after_ms >= 0) wait = base::Millis(error.retry_after_ms);
  if (wait > longest_wait) return false;
  const base::Millis until = repository_.clock().monotonic() + wait;
  while (repository_.clock().monotonic() < until) {
    if (cancel_.requested()) return false;
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, std::chrono::milliseconds(100));
  }
  return true;
}

}  // namespace freshet::refresh
