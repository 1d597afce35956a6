// tests/core/repository/support.hpp - directories, clocks and documents for the repository's tests.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/repository/repository.hpp"
#include "tests/core/lmdb/support.hpp"
#include "tests/support/catch.hpp"

namespace freshet::repository::test {

using base::Code;
using base::Millis;
using base::Status;
using lmdb::test::in_child;
using lmdb::test::overwrite;
using lmdb::test::RawCommit;
using lmdb::test::slurp;
using lmdb::test::spill;
using lmdb::test::TempDir;

inline const base::Digest run_one = base::digest_of("one"), run_two = base::digest_of("two");

class FakeClock : public ports::Clock {
 public:
  base::Instant now() const override { return {wall.load()}; }
  base::Millis monotonic() const override { return base::Millis(ticks.load()); }
  void advance(std::int64_t ms) {
    wall += ms;
    ticks += ms;
  }
  std::atomic<std::int64_t> wall{1'700'000'000'000}, ticks{1'000'000};
};

// Small map: quick to open, and full within reach.
OpenOptions options(std::uint64_t map_size = std::uint64_t{1} << 30);
std::shared_ptr<Repository> open(const std::string& directory, const OpenOptions& with = options());
std::shared_ptr<Repository> open(const std::string& directory, const ports::Clock& clock);
Snapshot read(const Repository& repository);

using Leaves = std::vector<std::pair<std::string, std::string>>;  // title and text

// A document with these leaves, finished; and one chunk for each leaf.
struct Made {
  model::Document document;
  std::vector<model::Chunk> chunks;
};
Made make(const std::string& uri, const Leaves& leaves, const std::string& title = "Title");
// A document of the given sections, one chunk for each leaf.
Made make(model::Document document);

DocumentWrite write_of(const Made& made, Instant now = {1000}, Instant ask_again = {2000});
DocumentDiff put(Repository& repository, const Made& made, Instant now = {1000},
                 Instant ask_again = {2000});
void put(Repository& repository, const std::function<Status(Writer&)>& work);

// What is delivered is confirmed, as a store would.
void deliver_all(Repository& repository);

// Fails the test with the problems, where there are any.
void check(const Repository& repository);

void copy_repository(const std::string& from, const std::string& to);
// A repository of schema 1, with the namespaces default, waiting and empty (tests/fixtures/frozen-1).
void copy_frozen(const std::string& to);
// One of schema 4, with three roots of one source (tests/fixtures/frozen-4).
void copy_frozen_4(const std::string& to);
// Of schema 5, the same three.
void copy_frozen_5(const std::string& to);
OpenOptions name_space(const std::string& name);

}  // namespace freshet::repository::test