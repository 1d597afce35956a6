// An environment without anything that lies in it: bytes under keys, one commit for many.
#include <fmt/format.h>

#include <chrono>
#include <future>
#include <map>
#include <vector>

#include "core/lmdb/registry.hpp"
#include "core/lmdb/transaction.hpp"
#include "tests/core/lmdb/support.hpp"

namespace freshet::lmdb::test {
namespace {

using base::Code;
using base::Status;
using Change = std::function<Status(Transaction&)>;

std::shared_ptr<SharedEnvironment> open(const std::string& directory, Options with = {}) {
  with.map_size = std::uint64_t{1} << 26;
  auto opened = SharedEnvironment::open(directory, with);
  if (!opened) FAIL(base::to_string(opened.error()));
  return *opened;
}

std::future<Status> push(const std::shared_ptr<SharedEnvironment>& environment, Change change) {
  auto done = std::make_shared<std::promise<Status>>();
  auto ended = done->get_future();
  // Not an owner: the writer thread lets it go some time after it is done.
  const std::shared_ptr<Environment> borrowed(std::shared_ptr<void>(), environment.get());
  REQUIRE(environment->writer().push(
      {[borrowed, change](RawTransaction* txn, std::uint64_t& bytes) -> Status {
         Transaction transaction(borrowed, txn);
         FRESHET_TRY(change(transaction));
         FRESHET_TRY(transaction.check_fault());
         bytes = transaction.bytes_written();
         return {};
       },
       [done](Status status) { done->set_value(std::move(status)); }}));
  return ended;
}

Status write(const std::shared_ptr<SharedEnvironment>& environment, Change change) {
  return push(environment, std::move(change)).get();
}

Change put_text(const std::string& key, const std::string& text) {
  return [=](Transaction& transaction) {
    Encoder value;
    value.raw(text);
    return transaction.put(Db::chunks, key, value);
  };
}

// Everything under `prefix`.
std::map<std::string, std::string> all(const std::shared_ptr<SharedEnvironment>& environment,
                                       const std::string& prefix = "") {
  Transaction transaction(environment, nullptr);
  REQUIRE(transaction.start_reading());
  std::map<std::string, std::string> found;
  Cursor cursor(transaction, Db::chunks, prefix);
  for (; cursor.valid(); cursor.next()) found.emplace(cursor.key(), cursor.body());
  CHECK(cursor.status());
  return found;
}

}  // namespace

TEST_CASE("a commit that is told of is seen by whoever reads then") {
  TempDir dir;
  const auto environment = open(dir / "e");
  REQUIRE(write(environment, put_text("number", "0")));
  const std::uint64_t first = environment->last_commit();
  constexpr std::uint64_t commits = 300;
  std::uint64_t unseen = 0, looks = 0;
  for (std::uint64_t i = 1; i <= commits; ++i) {  // the writer thread writes, and this one looks
    auto ended = push(environment, put_text("number", std::to_string(i)));
    do {
      const std::uint64_t told = environment->last_commit() - first;
      if (std::stoull(all(environment).at("number")) < told) ++unseen;
      ++looks;
    } while (ended.wait_for(std::chrono::seconds(0)) != std::future_status::ready);
    REQUIRE(ended.get());
  }
  CHECK(unseen == 0);
  CHECK(looks >= commits);
  CHECK(environment->last_commit() - first == commits);
}

TEST_CASE("what was committed is there, and what was removed is not, after it was opened again") {
  TempDir dir;
  {
    const auto environment = open(dir / "e");
    REQUIRE(write(environment, put_text("a1", "one")));
    REQUIRE(write(environment, put_text("a2", "two")));
    REQUIRE(write(environment, put_text("b", "three")));
    bool there =
        false;  // asserted here, since Catch counts on one thread and the writer has its own
    REQUIRE(write(environment, [&there](Transaction& transaction) {
      return transaction.remove(Db::chunks, "a1").map([&there](bool was) { there = was; });
    }));
    CHECK(there);
  }
  const auto environment = open(dir / "e");
  CHECK(all(environment) == std::map<std::string, std::string>{{"a2", "two"}, {"b", "three"}});
  CHECK(all(environment, "a") == std::map<std::string, std::string>{{"a2", "two"}});
  CHECK(all(environment, "c").empty());
  CHECK(environment->verify());
}

TEST_CASE("of work that is committed together, what fails undoes itself alone") {
  TempDir dir;
  const auto environment = open(dir / "e");
  std::promise<void> go;
  const std::shared_future<void> gone = go.get_future().share();
  auto first = push(environment, [&](Transaction&) {  // the rest queues up behind it
    gone.wait();
    return Status();
  });
  std::vector<std::future<Status>> ends;
  for (int i = 0; i < 20; ++i)
    ends.push_back(push(environment, [i](Transaction& transaction) -> Status {
      FRESHET_TRY(put_text(std::to_string(i), "x")(transaction));
      if (i % 2 == 1) return base::fail(Code::held, "odd");
      return {};
    }));
  go.set_value();
  CHECK(first.get());
  for (int i = 0; i < 20; ++i) CHECK(ends[i].get().has_value() == (i % 2 == 0));
  CHECK(all(environment).size() == 10);
}

TEST_CASE("a snapshot takes nothing, and a write is not begun within another") {
  TempDir dir;
  const auto environment = open(dir / "e");
  Transaction snapshot(environment, nullptr);
  REQUIRE(snapshot.start_reading());
  const Status put = put_text("a", "b")(snapshot);
  REQUIRE_FALSE(put);
  CHECK(put.error().code == Code::misuse);
  CHECK_FALSE(snapshot.changed());
  Status within;
  CHECK(write(environment, [&](Transaction&) {
    within = environment->writer().push({});
    return Status();
  }));
  REQUIRE_FALSE(within);
  CHECK(within.error().code == Code::misuse);
}

TEST_CASE("a failure of LMDB is kept, whoever passes over it") {
  TempDir dir;
  const auto environment = open(dir / "e");
  const Status status = write(environment, [](Transaction& transaction) {
    (void)put_text(std::string(600, 'k'), "a key that is too long")(transaction);
    return put_text("a", "b")(transaction);
  });
  REQUIRE_FALSE(status);
  CHECK(all(environment).empty());
}

TEST_CASE("a record that stands in another's place is told by its key") {
  TempDir dir;
  {
    const auto environment = open(dir / "e");
    REQUIRE(write(environment, put_text("a", "of a")));
    REQUIRE(write(environment, put_text("b", "of b")));
  }
  std::string bytes = slurp(dir / "e/data.mdb");
  for (std::size_t at = 0; (at = bytes.find("of a", at)) != std::string::npos; ++at)
    bytes.replace(at, 4, "of b");
  spill(dir / "e/data.mdb", bytes);
  const auto opened = SharedEnvironment::open(dir / "e", {});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Code::corrupt);
  CHECK(opened.error().message == "damaged: record 61 of chunks does not match its checksum");
}

TEST_CASE("an older schema is brought up to date by who was given as able to, in one commit") {
  TempDir dir;
  open(dir / "e");
  {
    RawCommit older(dir / "e");
    Encoder front;
    front.number(std::uint32_t{1}).raw(older.get(Db::meta, "schema").substr(seal_size + 4));
    older.put(Db::meta, "schema", front);
    older.commit();
  }
  const auto refusal = [&](const Options& with) {
    const auto opened = SharedEnvironment::open(dir / "e", with);
    REQUIRE_FALSE(opened);
    return opened.error();
  };
  CHECK(refusal({}).message ==
        fmt::format("made by an older freshet (schema 1; this one writes {}): "
                    "open it once for writing, which migrates it",
                    schema));
  Options with;
  with.migrate = [](const auto&, RawTransaction*, std::uint32_t found) -> Status {
    CHECK(found == 1);
    return base::fail(Code::internal, "broken");
  };
  CHECK(refusal(with).message.starts_with("cannot be migrated from schema 1"));
  with.migrate = [](const auto& environment, RawTransaction* txn, std::uint32_t) -> Status {
    Transaction transaction(environment, txn);
    FRESHET_ASSIGN(const auto front, transaction.get(Db::meta, "schema"));
    Encoder value;
    value.number(schema).raw(front->substr(4));
    FRESHET_TRY(put_text("new", "x")(transaction));
    return transaction.put(Db::meta, "schema", value);
  };
  CHECK(all(open(dir / "e", with)).size() == 1);
  CHECK(all(open(dir / "e")).size() == 1);  // there is nothing left to do
}

TEST_CASE("the last owner may be told on the writer thread, and the directory opened again") {
  TempDir dir;
  auto environment = open(dir / "e");
  const std::weak_ptr<SharedEnvironment> known = environment;
  std::promise<void> done;
  auto held = std::make_shared<std::shared_ptr<SharedEnvironment>>(std::move(environment));
  SharedEnvironment* const plain = held->get();
  REQUIRE(plain->writer().push({[plain, held](RawTransaction*, std::uint64_t&) { return Status(); },
                                [held, &done](Status) {
                                  held->reset();
                                  done.set_value();
                                }}));
  done.get_future().wait();
  CHECK(known.expired());
  CHECK(all(open(dir / "e")).empty());
}

}  // namespace freshet::lmdb::test
