#include "core/sync/deliveries.hpp"

#include "core/repository/target_model.hpp"
#include "core/sync/target_place.hpp"

namespace freshet::sync {

Deliveries::Deliveries(repository::Repository& repository, const OpenTargets& targets,
                       std::size_t batch, const ports::Tokenizer* tokenizer, Leases& leases,
                       Ledger& ledger, const base::Cancel& cancel) {
  for (const OpenTarget& each : targets.open) {
    Vectors* vectors = nullptr;
    if (each.embedder)
      vectors = &vectors_.emplace_back(repository, *each.embedder, batch, ledger, tokenizer,
                                       repository::embeds_titles(each.target.model));
    if (all_.empty()) first_ = vectors;
    all_.emplace_back(repository, *each.store, each.target, vectors, leases, ledger, cancel,
                      each.number);
    if (targets.new_recipe) all_.back().await_recipe();
  }
}

base::Result<bool> Deliveries::awaits_recipe() const {
  for (const Delivery& each : all_) {
    FRESHET_ASSIGN(const Standing standing, each.standing());
    if (standing == Standing::waits) return true;
  }
  return false;
}

void Deliveries::complete_recipe() {
  for (Delivery& each : all_) each.complete_recipe();
}

base::Status Deliveries::start() {
  for (Delivery& each : all_) FRESHET_TRY(each.start());
  return {};
}

void Deliveries::wake() {
  for (Delivery& each : all_) each.wake();
}

void Deliveries::finish() {
  for (Delivery& each : all_) each.finish_soon();
  for (Delivery& each : all_) each.finish();
}

namespace {

// A run that was stopped in the middle of a write may go on with it: what is retired is known until that
// run has ended, so that nothing else has its name in the store meanwhile.
base::Result<bool> is_in_flight(const repository::Repository& repository,
                                repository::TargetNumber number) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  return snapshot.is_in_flight(number);
}

// False: it may not be all gone, and is left to the next run.
base::Result<bool> reset_names(const RowPlace& place, ports::Store& store, const Tenure& tenure,
                               const base::Cancel& cancel) {
  for (const std::string& name : place.names) {
    if (name != place.names.front() && !store.info().replaces) break;  // it leaves none aside
    if (!tenure.goes_on()) return false;
    FRESHET_TRY(store.reset(name, cancel));
  }
  return true;
}

base::Result<bool> empty_place(const Context& context, const RowPlace& place, Leases& leases,
                               const base::Cancel& cancel) {
  FRESHET_ASSIGN(const base::Json options, store_options(context, place.target));
  FRESHET_ASSIGN(const auto store, context.catalog.open_store(place.target.store, options, cancel));
  Tenure tenure(context.repository, *store, leases, cancel, place.number);
  FRESHET_ASSIGN(const bool mine, tenure.begin());
  if (!mine) return false;  // another run does it
  const auto done = [&]() -> base::Result<bool> {
    FRESHET_ASSIGN(const bool in_flight, is_in_flight(context.repository, place.number));
    if (in_flight) return false;
    if (tenure.notes())
      FRESHET_TRY(context.repository.write(
          [&](repository::Writer& writer) { return tenure.note_in_flight(writer, {}); }));
    return reset_names(place, *store, tenure, cancel);
  }();
  tenure.end();
  return done;
}

base::Status empty(const Context& context, const repository::KnownTarget& known, Leases& leases,
                   const base::Cancel& cancel) {
  for (const RowPlace& place : row_places(context.repository, known)) {
    FRESHET_ASSIGN(const bool done, empty_place(context, place, leases, cancel));
    if (!done) return {};
  }
  return context.repository.write([&](repository::Writer& writer) -> base::Status {
    FRESHET_ASSIGN(const auto now, writer.read().known_target(known.number));
    return now && now->is_retired() ? writer.forget_target(known.number) : base::Status{};
  });
}

}  // namespace

void empty_retired(const Context& context, Leases& leases, Ledger& ledger,
                   const base::Cancel& cancel) {
  const auto emptied = base::guarded([&]() -> base::Status {
    std::vector<repository::KnownTarget> all;
    {
      FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
      FRESHET_ASSIGN(all, snapshot.targets());
    }
    for (const repository::KnownTarget& known : all)
      if (known.is_retired() && !cancel.requested())
        if (const base::Status done = empty(context, known, leases, cancel); !done)
          ledger.error(done.error());
    return {};
  });
  if (!emptied) ledger.error(emptied.error());
}

}  // namespace freshet::sync
