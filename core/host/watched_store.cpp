#include <array>

#include "core/host/watched.hpp"
#include "core/host/watched_port.hpp"

namespace freshet::host {
namespace {

using base::Result;
using base::Status;
using ports::Store;

// Rows that own what they say.
class OwnedRows {
 public:
  explicit OwnedRows(std::span<const ports::StoreRecord> from) : rows_(from.begin(), from.end()) {
    std::size_t bytes = 0, floats = 0;
    for (ports::StoreRecord& row : rows_) {
      for (const std::string_view* text : texts_of(row)) bytes += text->size();
      floats += row.vector.size();
    }
    bytes_.reserve(bytes);  // so that nothing moves
    floats_.reserve(floats);
    for (ports::StoreRecord& row : rows_) take(row);
  }
  OwnedRows(const OwnedRows&) = delete;
  OwnedRows& operator=(const OwnedRows&) = delete;
  std::span<const ports::StoreRecord> rows() const { return rows_; }

 private:
  static std::array<std::string_view*, 6> texts_of(ports::StoreRecord& row) {
    return {&row.text, &row.uri, &row.title, &row.url, &row.path, &row.metadata};
  }
  void take(ports::StoreRecord& row) {
    for (std::string_view* text : texts_of(row)) {
      const std::size_t at = bytes_.size();
      bytes_ += *text;
      *text = std::string_view(bytes_).substr(at);
    }
    const std::size_t at = floats_.size();
    floats_.insert(floats_.end(), row.vector.begin(), row.vector.end());
    row.vector = std::span<const float>(floats_).subspan(at);
  }

  std::vector<ports::StoreRecord> rows_;
  std::string bytes_;
  std::vector<float> floats_;
};

struct OwnedSearch {
  explicit OwnedSearch(const ports::Search& from)
      : search(from), vector(from.vector.begin(), from.vector.end()) {
    search.vector = vector;
  }
  OwnedSearch(const OwnedSearch&) = delete;
  OwnedSearch& operator=(const OwnedSearch&) = delete;
  ports::Search search;
  const std::vector<float> vector;
};

// A listing and the store that it is of, which it does not outlive.
struct HeldListing {
  std::shared_ptr<Store> store;
  std::unique_ptr<ports::RowListing> listing;
};

class WatchedRowListing : public ports::RowListing {
 public:
  WatchedRowListing(std::shared_ptr<Watch> watch, HeldListing held)
      : watch_(std::move(watch)), held_(std::make_shared<HeldListing>(std::move(held))) {}

  Result<std::vector<ports::StoredRow>> next(const base::Cancel& cancel) override {
    using Rows = Result<std::vector<ports::StoredRow>>;
    return watch_->call<Rows>("list", cancel, [held = held_](Visit& visit) {
      return held->listing->next(visit.cancel());
    });
  }

 private:
  const std::shared_ptr<Watch> watch_;
  const std::shared_ptr<HeldListing> held_;
};

class WatchedStore : public Store, Watched<Store> {
 public:
  WatchedStore(std::shared_ptr<Watch> watch, std::unique_ptr<Store> inner)
      : Watched(std::move(watch), std::move(inner)) {}

  const ports::StoreInfo& info() const override { return inner_->info(); }

  Status ensure(const ports::StoreNamespace& name, const base::Cancel& cancel) override {
    return call("ensure", cancel,
                [name](Store& inner, Visit& visit) { return inner.ensure(name, visit.cancel()); });
  }

  Status upsert(const std::string& name, std::span<const ports::StoreRecord> records,
                const Confirm& confirm, const base::Cancel& cancel) override {
    const auto own = std::make_shared<const OwnedRows>(records);
    return call("upsert", cancel, [name, own, out = &confirm](Store& inner, Visit& visit) {
      return inner.upsert(name, own->rows(), heard(visit, out), visit.cancel());
    });
  }

  Status remove(const std::string& name, std::span<const std::string> ids, const Confirm& confirm,
                const base::Cancel& cancel) override {
    return call("remove", cancel,
                [name, own = owned(ids), out = &confirm](Store& inner, Visit& visit) {
                  return inner.remove(name, *own, heard(visit, out), visit.cancel());
                });
  }

  Result<std::vector<ports::Hit>> search(const std::string& name, const ports::Search& search,
                                         const base::Cancel& cancel) override {
    const auto own = std::make_shared<const OwnedSearch>(search);
    return call("search", cancel, [name, own](Store& inner, Visit& visit) {
      return inner.search(name, own->search, visit.cancel());
    });
  }

  Result<std::vector<ports::Hit>> get(const std::string& name, std::span<const std::string> ids,
                                      const base::Cancel& cancel) override {
    return call("get", cancel, [name, own = owned(ids)](Store& inner, Visit& visit) {
      return inner.get(name, *own, visit.cancel());
    });
  }

  std::unique_ptr<ports::RowListing> list(const std::string& name, std::uint32_t page) override {
    HeldListing held{inner_, inner_->list(name, page)};
    return std::make_unique<WatchedRowListing>(watch_, std::move(held));
  }

  Result<std::uint64_t> count(const std::string& name, const base::Cancel& cancel) override {
    return call("count", cancel,
                [name](Store& inner, Visit& visit) { return inner.count(name, visit.cancel()); });
  }

  Result<std::uint64_t> foreign(const std::string& name, ports::Foreign what,
                                const base::Cancel& cancel) override {
    return call("foreign", cancel, [name, what](Store& inner, Visit& visit) {
      return inner.foreign(name, what, visit.cancel());
    });
  }

  Status reset(const std::string& name, const base::Cancel& cancel) override {
    return call("reset", cancel,
                [name](Store& inner, Visit& visit) { return inner.reset(name, visit.cancel()); });
  }

  Result<std::uint64_t> claim(const std::string& name, std::uint64_t fence,
                              const base::Cancel& cancel) override {
    return call("claim", cancel, [name, fence](Store& inner, Visit& visit) {
      return inner.claim(name, fence, visit.cancel());
    });
  }

  Status replace(const std::string& name, const std::string& by,
                 const base::Cancel& cancel) override {
    return call("replace", cancel, [name, by](Store& inner, Visit& visit) {
      return inner.replace(name, by, visit.cancel());
    });
  }

  Result<std::vector<std::string>> namespaces(const base::Cancel& cancel) override {
    return call("namespaces", cancel,
                [](Store& inner, Visit& visit) { return inner.namespaces(visit.cancel()); });
  }

  Result<std::vector<std::string>> check(const ports::StoreNamespace& name, bool deep,
                                         const base::Cancel& cancel) override {
    return call("check", cancel, [name, deep](Store& inner, Visit& visit) {
      return inner.check(name, deep, visit.cancel());
    });
  }

 private:
  static std::shared_ptr<const std::vector<std::string>> owned(std::span<const std::string> ids) {
    return std::make_shared<const std::vector<std::string>>(ids.begin(), ids.end());
  }
  static Confirm heard(Visit& visit, const Confirm* out) {
    return [&visit, out](std::string_view id) {
      const Status entered = visit.enter([&]() -> Status {
        (*out)(id);
        return {};
      });
      static_cast<void>(entered);  // once its caller has left, nobody hears
    };
  }
};

}  // namespace

Result<std::unique_ptr<Store>> open_watched_store(const Opening& opening, const WorkersPtr& workers,
                                                  const base::Cancel& cancel) {
  return open_watched<WatchedStore>(opening, workers, cancel, adapt_store);
}

Result<std::string> recover_watched_store(const Opening& opening, const WorkersPtr& workers) {
  const auto watch = std::make_shared<Watch>(workers, opening.caller);
  return watch->call<Result<std::string>>("recover", {},
                                          [opening](Visit&) { return recover_store(opening); });
}

}  // namespace freshet::host
