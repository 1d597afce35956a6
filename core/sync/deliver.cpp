#include "core/sync/deliver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "core/base/json.hpp"
#include "core/model/chunk.hpp"
#include "core/model/record.hpp"
#include "core/sync/target.hpp"

namespace freshet::sync {
namespace {

// How long rows may gather while the run goes on: a store writes one batch faster than many small
// ones.
constexpr base::Millis gather{100};
constexpr base::Millis look_for_owner{50};

}  // namespace

Delivery::Delivery(repository::Repository& repository, ports::Store& store,
                   repository::Target target, Vectors* vectors, Leases& leases, Ledger& ledger,
                   base::Cancel cancel, TargetNumber number)
    : repository_(repository),
      store_(store),
      target_(std::move(target)),
      number_(number),
      vectors_(vectors),
      ledger_(ledger),
      cancel_(std::move(cancel)),
      tenure_(repository, store, leases, cancel_, number),
      wake_(executor().condition()),
      ended_(executor().condition()),
      pace_(store.info().concurrent_writes),
      task_(executor().task()) {}

ports::Executor& Delivery::executor() const { return repository_.machine().executor; }

base::Status Delivery::start() {
  return task_->start("freshet-deliver", [this] { work(); });
}

Delivery::~Delivery() { finish(); }

void Delivery::wake() {
  std::lock_guard lock(mutex_);
  woken_ = true;
  wake_->notify_one();
}

void Delivery::finish_soon() {
  std::lock_guard lock(mutex_);
  finishing_ = true;
  wake_->notify_one();
}

void Delivery::finish() {
  finish_soon();
  if (task_->joinable()) task_->join();
}

void Delivery::work() {
  for (;;) {
    bool last = false;
    {
      ports::Lock lock(mutex_);
      wake_->wait(lock, [&] { return woken_ || finishing_; });
      wake_->wait_for(lock, gather, [&] { return finishing_; });
      woken_ = false;
      last = finishing_;
    }
    const bool more = drain_safely();
    if (last || !more) {
      ports::Lock lock(mutex_);
      if (!more) given_up_ = true;
      if (finishing_ && !woken_) return;
      if (given_up_) {
        wake_->wait(lock, [&] { return finishing_; });
        return;
      }
    }
  }
}

bool Delivery::drain_safely() noexcept {
  bool more = false;
  const base::Status drained = base::guarded([&]() -> base::Status {
    more = drain();
    return {};
  });
  if (drained) return more;
  tenure_.end();
  ledger_.error(drained.error());
  return false;
}

bool Delivery::drain() {
  if (const base::Status status = recover(); !status) return ledger_.error(status.error()), false;
  for (;;) {
    if (cancel_.requested()) return false;
    const auto left = is_work_left();
    if (!left) return ledger_.error(left.error()), false;
    if (!*left) return true;
    const auto mine = tenure_.begin();
    if (!mine) return tenure_.end(), ledger_.error(mine.error()), false;
    if (!*mine) {
      // Another run is delivering, and it will deliver ours too, unless it ends before it sees
      // them.
      executor().pause(look_for_owner);
      continue;
    }
    lost_ = false;
    taken_.clear();
    base::Result<bool> more = true;
    while (more && *more && is_ours() && !cancel_.requested()) more = step();
    // What fails because another run has taken over is its work now.
    const bool taken_over = !more && more.error().code == base::Code::busy && !is_ours();
    tenure_.end();
    if (!more && !taken_over) return ledger_.error(more.error()), false;
    if (given_up_) return false;
  }
}

// What runs that have ended may have sent too late.
base::Status Delivery::recover() {
  if (std::exchange(recovered_, true) || !tenure_.notes()) return {};
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, repository_.read());
    FRESHET_ASSIGN(const bool stranded, snapshot.has_stranded(number_));
    if (!stranded) return {};
  }
  return repository_.write(
      [&](repository::Writer& writer) { return writer.recover_stranded(number_); });
}

base::Result<Standing> Delivery::standing() const {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository_.read());
  FRESHET_ASSIGN(const auto all, snapshot.targets());
  const Standing recorded = standing_of(all, number_);
  if (recorded == Standing::stays) return recorded;
  if (complete_) return Standing::settled;
  const bool fills = std::any_of(all.begin(), all.end(), [&](const auto& each) {
    return each.number == number_ && each.replaces != 0 && !each.is_whole();
  });
  return new_recipe_ && fills ? Standing::waits : recorded;
}

base::Result<bool> Delivery::is_work_left() const {
  FRESHET_ASSIGN(const Standing now, standing());
  if (now != Standing::settled) return false;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository_.read());
  FRESHET_ASSIGN(const auto rows, snapshot.deliveries(after_, 1, number_));
  FRESHET_ASSIGN(const auto known, snapshot.known_target(number_));
  return !rows.empty() || (known && !known->is_whole() && !held_back_);
}

base::Result<bool> Delivery::step() {
  FRESHET_ASSIGN(const Place place, delivery_place(repository_, number_));
  if (place.state == repository::TargetState::retired) return false;  // by another run, meanwhile
  FRESHET_TRY(check_target(place));
  const repository::Fill fill = place.generation.fill;
  if (fill == repository::Fill::to_empty || fill == repository::Fill::filled) {
    FRESHET_TRY(tenure_.advance(place));
    return true;
  }
  FRESHET_ASSIGN(const std::vector<repository::Delivery> rows, next_rows(place));
  const bool filling =
      fill == repository::Fill::filling ||
      (fill == repository::Fill::live && place.state == repository::TargetState::filling);
  if (rows.empty())
    return filling && !held_back_ ? finish_filling(place) : base::Result<bool>(false);
  name_ = place.name;
  FRESHET_ASSIGN(Batch batch, prepare(rows));
  FRESHET_TRY(fill_vectors(batch));
  send(batch);
  const auto confirmed = [](const Row& row) { return row.confirmed; };
  const bool moved = !batch.moot.empty() ||
                     std::any_of(batch.upserts.begin(), batch.upserts.end(), confirmed) ||
                     std::any_of(batch.removals.begin(), batch.removals.end(), confirmed);
  if (!moved && !lost_) after_ = rows.back().sequence;  // none of these will go in this run
  FRESHET_TRY(record(place, batch));
  return !given_up_ && !lost_;
}

// False: nothing more is to be done now.
base::Result<bool> Delivery::finish_filling(const Place& place) {
  FRESHET_ASSIGN(const bool enough, tenure_.finish_filling(place, refused_, after_));
  if (enough) return true;
  held_back_ = true;
  return base::fail(base::Code::held,
                    "most rows were refused by the store: the live ones stay in place",
                    "namespace " + place.name);
}

base::Status Delivery::check_target(const Place& place) const {
  if (!place.target || same_target(*place.target, target_)) return {};
  return base::fail(base::Code::busy,
                    "another run has begun to rebuild it with another store or embedder, and the "
                    "rows of this one are left to it",
                    "namespace " + repository_.name_space());
}

// A store that does not heed claims gets nothing that is not noted as in flight before.
base::Result<std::vector<repository::Delivery>> Delivery::next_rows(const Place& place) {
  if (!tenure_.notes()) {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, repository_.read());
    return snapshot.deliveries(after_, window(), number_);
  }
  if (taken_.empty()) {
    FRESHET_ASSIGN(const bool counts, tenure_.commit(place, [&](repository::Writer& writer) {
      return take_rows(writer);
    }));
    if (!counts) lost_ = true;
  }
  return lost_ ? std::vector<repository::Delivery>() : std::exchange(taken_, {});
}

// The next rows, noted in place of those before them.
base::Status Delivery::take_rows(repository::Writer& writer) {
  FRESHET_ASSIGN(taken_, writer.read().deliveries(after_, window(), number_));
  std::vector<base::Digest> chunks;
  for (const repository::Delivery& row : taken_) chunks.push_back(row.chunk);
  return chunks.empty() ? tenure_.clear_in_flight(writer) : tenure_.note_in_flight(writer, chunks);
}

std::size_t Delivery::window() const {
  return std::size_t{store_.info().max_batch} * std::max(1u, store_.info().concurrent_writes);
}

base::Result<Delivery::Batch> Delivery::prepare(const std::vector<repository::Delivery>& rows) {
  Batch batch;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository_.read());
  std::unordered_map<base::Digest, std::uint64_t>
      newest;  // two rows of one chunk: the later one counts
  for (const repository::Delivery& delivery : rows) newest[delivery.chunk] = delivery.sequence;
  FRESHET_ASSIGN(const base::Digest identity, snapshot.identity());
  const std::uint64_t owner = model::owner_of(identity);
  for (const repository::Delivery& delivery : rows) {
    if (refused_.contains(delivery.sequence)) continue;
    FRESHET_ASSIGN(std::optional<repository::StoredChunk> chunk, snapshot.chunk(delivery.chunk));
    if (delivery.removal == chunk.has_value() || newest[delivery.chunk] != delivery.sequence) {
      batch.moot.push_back(delivery);  // what it asked for is not what is right any more
      continue;
    }
    if (delivery.removal && refused_of_.contains(root_part(delivery.chunk))) continue;
    Row row;
    row.delivery = delivery;
    row.id = delivery.chunk.hex();
    if (!delivery.removal) {
      row.digest = model::RowMark{chunk->record_digest, owner}.text();
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
  std::vector<std::string> texts;  // of those without
  std::vector<Row*> without;
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, repository_.read());
    for (Row& row : batch.upserts) {
      std::string text = vectors_->text_of(row.chunk.chunk, *row.title);
      FRESHET_ASSIGN(row.vector, snapshot.vector(vectors_->model(), base::digest_of(text)));
      if (!row.vector.empty()) continue;
      without.push_back(&row);
      texts.push_back(std::move(text));
    }
  }
  if (without.empty()) return {};
  // Vectors come before the commit of a document; here only after a change of the embedder.
  Rejections rejections;
  FRESHET_ASSIGN(batch.new_vectors, vectors_->embed(views_of(texts), cancel_, rejections));
  // Others may have embedded some of them meanwhile.
  FRESHET_ASSIGN(const repository::Snapshot now, repository_.read());
  for (std::size_t i = 0; i < without.size(); ++i) {
    Row* const row = without[i];
    const base::Digest text = base::digest_of(texts[i]);
    if (const auto found = batch.new_vectors.find(text); found != batch.new_vectors.end()) {
      row->vector = found->second;
    } else {
      FRESHET_ASSIGN(row->vector, now.vector(vectors_->model(), text));
    }
    if (const auto found = rejections.find(text); found != rejections.end())
      refuse(*row, found->second);
  }
  return {};
}

// It stays pending.
void Delivery::refuse(const Row& row, const base::Error& error) {
  ledger_.error(error);
  const std::lock_guard lock(mutex_);
  refused_.insert(row.delivery.sequence);
  refused_of_.insert(root_part(row.delivery.chunk));
}

// What the store says that it does not take is not sent: the row stays pending, as one that it refused.
// Its ids are long enough for ours, or it would not be open.
bool Delivery::fits(const Row& row) {
  const std::size_t most = store_.info().max_text_bytes, size = row.chunk.chunk.text.size();
  if (refused_.contains(row.delivery.sequence)) return false;  // by the embedder
  if (most == 0 || size <= most) return true;
  refuse(row,
         base::make_error(
             base::Code::limit,
             fmt::format("its text has {} bytes, and the store takes {} at most: the row stays "
                         "pending; chunks of a smaller max_chunk_size would fit",
                         size, most),
             row.id));
  return false;
}
base::Status Delivery::record(const Place& place, const Batch& batch) {
  std::vector<repository::Confirmation> confirmations;
  std::vector<base::Digest> sent;
  Counts counts;
  for (const auto* rows : {&batch.upserts, &batch.removals}) {
    for (const Row& row : *rows) {
      sent.push_back(row.delivery.chunk);
      if (!row.confirmed) continue;
      confirmations.push_back({row.delivery, row.chunk.record_digest});
      ++(row.delivery.removal ? counts.removals : counts.upserts);
    }
  }
  FRESHET_ASSIGN(const bool in_time,
                 tenure_.commit(place, [&](repository::Writer& writer) -> base::Status {
                   if (vectors_ != nullptr)
                     FRESHET_TRY(put_vectors(writer, vectors_->model(), batch.new_vectors));
                   if (!confirmations.empty()) FRESHET_TRY(writer.confirm(confirmations, number_));
                   if (!batch.moot.empty()) FRESHET_TRY(writer.drop(batch.moot, number_));
                   return tenure_.notes() ? take_rows(writer) : base::Status{};
                 }));
  if (in_time) return tell_progress(counts);
  lost_ = true;
  taken_.clear();
  if (!tenure_.notes()) return {};
  // It may have arrived behind what another run sent.
  return repository_.write([&](repository::Writer& writer) -> base::Status {
    FRESHET_TRY(writer.send_again(sent, number_));
    return tenure_.clear_in_flight(writer);
  });
}

base::Status Delivery::tell_progress(const Counts& counts) {
  ledger_.add(counts);
  Event event;
  event.kind = EventKind::delivery;
  const Counts all = ledger_.counts();
  event.done = all.upserts + all.removals;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository_.read());
  FRESHET_ASSIGN(const repository::Info info, snapshot.info());
  event.total = info.deliveries;
  ledger_.tell(std::move(event));
  return {};
}

}  // namespace freshet::sync
