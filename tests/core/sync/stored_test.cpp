// The rows of a store in the order of their ids, whatever order it lists them in.
#include "core/sync/stored.hpp"

#include <algorithm>

#include "tests/core/sync/fake_store.hpp"
#include "tests/support/catch.hpp"

using namespace freshet;
using sync::StoredRows;

namespace {

base::Digest id_of(int n) { return base::digest_of(std::to_string(n)); }

// Lists what it was given, in pages of three.
class Lister : public tests::FakeStore {
 public:
  Lister() : FakeStore(server_of_its_own) {
    info_.plugin = "odd";
    info_.ordered = false;
  }
  std::unique_ptr<ports::RowListing> list(const std::string&, std::uint32_t) override {
    ++passes;
    if (lost) return std::make_unique<Lost>();
    return std::make_unique<Pages>(rows);
  }
  void put(const std::string& id) { rows.push_back({id, base::digest_of(id).hex()}); }

  std::vector<ports::StoredRow> rows;
  bool lost = false;
  int passes = 0;

 private:
  struct Pages : ports::RowListing {
    explicit Pages(const std::vector<ports::StoredRow>& all) : rows(all) {}
    base::Result<std::vector<ports::StoredRow>> next(const base::Cancel&) override {
      const std::size_t begin = std::exchange(at, std::min(at + 3, rows.size()));
      return std::vector<ports::StoredRow>(rows.begin() + static_cast<std::ptrdiff_t>(begin),
                                           rows.begin() + static_cast<std::ptrdiff_t>(at));
    }
    const std::vector<ports::StoredRow>& rows;
    std::size_t at = 0;
  };
  struct Lost : ports::RowListing {
    base::Result<std::vector<ports::StoredRow>> next(const base::Cancel&) override {
      return base::fail(base::Code::not_found, "there is no such namespace");
    }
  };
  tests::FakeServer server_of_its_own;
};

struct Read {
  std::vector<base::Digest> ids;
  std::vector<std::string> foreign;
  std::vector<base::Digest> twice;
  base::Status status;
};

Read read_all(Lister& store, std::size_t room = 1'000'000) {
  Read read;
  StoredRows rows(
      store, "ns", [&](const std::string& id) { read.foreign.push_back(id); },
      [&](const base::Digest& id) { read.twice.push_back(id); }, room);
  for (;;) {
    auto part = rows.next({});
    if (!part) read.status = base::fail(part.error());
    if (!part || part->empty()) return read;
    for (const auto& row : *part) {
      CHECK(row.mark.record == base::digest_of(row.id.hex()));
      read.ids.push_back(row.id);
    }
  }
}

}  // namespace

TEST_CASE("rows that are listed in any order come in that of their ids") {
  Lister store;
  std::vector<base::Digest> wanted;
  for (int n = 0; n < 20; ++n) {
    wanted.push_back(id_of(n));
    store.put(id_of(n).hex());
  }
  std::sort(wanted.begin(), wanted.end());
  for (const std::size_t room : {1u, 2u, 3u, 7u, 19u, 20u, 21u, 1000u}) {
    const Read read = read_all(store, room);
    INFO("room " << room);
    CHECK(read.status);
    CHECK(read.ids == wanted);
  }
  store.passes = 0;
  read_all(store, 7);
  CHECK(store.passes == 3);
}

TEST_CASE("an ordered listing is gone through once") {
  Lister store;
  store.info_.ordered = true;
  std::vector<base::Digest> wanted;
  for (int n = 0; n < 20; ++n) wanted.push_back(id_of(n));
  std::sort(wanted.begin(), wanted.end());
  for (const base::Digest& id : wanted) store.put(id.hex());
  CHECK(read_all(store, 2).ids == wanted);
  CHECK(store.passes == 1);
}

TEST_CASE("ids that were never given are told once, and are no rows") {
  for (const bool ordered : {false, true}) {
    Lister store;
    store.info_.ordered = ordered;
    for (const char* foreign : {"-", "--", "---", "~"}) store.put(foreign);
    for (int n = 0; n < 5 && !ordered; ++n) store.put(id_of(n).hex());
    const Read read = read_all(store, 2);
    CHECK(read.foreign == std::vector<std::string>{"-", "--", "---", "~"});
    CHECK(read.ids.size() == (ordered ? 0 : 5));
  }
}

TEST_CASE("an id that is listed twice is handed on once and told, wherever the two stand") {
  for (const std::size_t room : {1u, 2u, 3u, 100u})
    for (int n = 0; n < 8; ++n) {
      Lister store;
      for (int i = 0; i < 8; ++i) store.put(id_of(i).hex());
      store.put(id_of(n).hex());
      const Read read = read_all(store, room);
      INFO("room " << room << ", row " << n);
      CHECK(read.status);
      CHECK(read.ids.size() == 8);
      CHECK(read.twice == std::vector<base::Digest>{id_of(n)});
    }
}

TEST_CASE("a namespace that the store lost has no rows, and a cancelled listing ends") {
  Lister store;
  store.lost = true;
  const Read read = read_all(store);
  CHECK(read.status);
  CHECK(read.ids.empty());
}
