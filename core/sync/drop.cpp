#include "core/sync/drop.hpp"

#include <functional>

#include "core/sync/generation.hpp"
#include "core/sync/target_place.hpp"

namespace freshet::sync {
namespace {

using base::Result;
using base::Status;

Status drop_cancelled() {
  return base::fail(base::Code::cancelled, "was cancelled: drop it again");
}

class Dropper {
 public:
  Dropper(repository::Repository& repository, const base::Cancel& cancel)
      : repository_(repository),
        cancel_(cancel),
        leases_(repository, repository.clock().now(), [] {}) {}

  Status start() { return leases_.start(); }

  Status mark() {
    return alone([&] {
      return commit([&](repository::Writer& writer) { return writer.begin_drop(leases_.owner()); });
    });
  }

  Status empty(const HeldRows& held) {
    Tenure tenure(repository_, *held.store, leases_, cancel_, held.number);
    FRESHET_ASSIGN(const bool mine, tenure.begin());
    if (!mine) return busy();
    Status done;
    for (const std::string& name : held.names)
      if (done) done = reset(*held.store, tenure, name);
    tenure.end();
    return done;
  }

  Status remove_all(std::size_t rows_a_commit) {
    return alone([&]() -> Status {
      for (bool more = true; more;) {
        if (cancel_.requested()) return drop_cancelled();
        FRESHET_TRY(commit([&](repository::Writer& writer) -> Status {
          FRESHET_ASSIGN(more, writer.drop_some(rows_a_commit));
          return more ? Status{} : writer.finish_drop();
        }));
      }
      return {};
    });
  }

 private:
  // Runs `work` as the one that delivers.
  Status alone(const std::function<Status()>& work) {
    FRESHET_ASSIGN(const bool mine, leases_.claim_delivery());
    if (!mine) return busy();
    const Status done = work();
    leases_.release_delivery();
    return done;
  }

  Status commit(const std::function<Status(repository::Writer&)>& work) {
    return repository_.write([&](repository::Writer& writer) -> Status {
      FRESHET_TRY(leases_.require_delivery(writer));
      return work(writer);
    });
  }

  Status reset(ports::Store& store, const Tenure& tenure, const std::string& name) {
    if (cancel_.requested()) return drop_cancelled();
    return tenure.goes_on() ? store.reset(name, cancel_) : busy();
  }

  Status busy() const {
    return base::fail(base::Code::busy, "another run works on it",
                      "namespace " + repository_.name_space());
  }

  repository::Repository& repository_;
  const base::Cancel& cancel_;
  Leases leases_;
};

}  // namespace

Result<std::vector<HeldRows>> open_held_rows(const Context& context) {
  std::vector<HeldRows> all;
  FRESHET_ASSIGN(std::vector<RowPlace> places, row_places(context.repository));
  for (RowPlace& place : places) {
    FRESHET_ASSIGN(const base::Json options, store_options(context, place.target));
    FRESHET_ASSIGN(auto store, context.catalog.open_store(place.target.store, options));
    if (!store->info().replaces) place.names.resize(1);
    all.push_back({std::move(store), std::move(place.names), place.number});
  }
  return all;
}

Status drop_name_space(repository::Repository& repository, std::vector<HeldRows> stores,
                       const base::Cancel& cancel, std::size_t rows_a_commit) {
  Dropper dropper(repository, cancel);
  FRESHET_TRY(dropper.start());
  FRESHET_TRY(dropper.mark());
  for (const HeldRows& held : stores) FRESHET_TRY(dropper.empty(held));
  return dropper.remove_all(rows_a_commit);
}

}  // namespace freshet::sync
