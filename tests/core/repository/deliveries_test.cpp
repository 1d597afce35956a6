#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {
namespace {

std::vector<Delivery> rows_of(const Repository& repository) {
  return *read(repository).deliveries(0, 1000);
}

void confirm(Repository& repository, const Delivery& delivery, const Digest& record) {
  put(repository, [&](Writer& writer) {
    const Confirmation confirmation{delivery, record};
    return writer.confirm({&confirmation, 1});
  });
}

Digest record_of(const Made& made, std::size_t chunk) {
  return model::record_digest(made.chunks[chunk], made.document.uri, made.document.title);
}

void with_target(Repository& repository) {
  put(repository, [](Writer& writer) { return writer.put_target({"store", "{}", "", "", "", 0}); });
}

}  // namespace

TEST_CASE("a confirmed row is gone, and what was confirmed is remembered") {
  TempDir dir;
  const auto repository = open(dir / "r");
  with_target(*repository);
  const Made made = make("u:a", {{"1", "a"}, {"2", "b"}});
  put(*repository, made);
  const auto rows = rows_of(*repository);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].sequence < rows[1].sequence);
  CHECK(read(*repository).deliveries(rows[0].sequence, 10)->size() == 1);
  CHECK(read(*repository).deliveries(UINT64_MAX, 10)->empty());
  confirm(*repository, rows[0], record_of(made, 0));
  CHECK(rows_of(*repository).size() == 1);
  CHECK(*read(*repository).delivered(made.chunks[0].id) == record_of(made, 0));
  CHECK_FALSE(read(*repository).delivered(made.chunks[1].id)->has_value());
  CHECK(read(*repository).list_delivered({}, 10)->size() == 1);
  CHECK(read(*repository).info()->deliveries == 1);
  check(*repository);
}

TEST_CASE("one chunk has one row at a time, the newest") {
  TempDir dir;
  const auto repository = open(dir / "r");
  with_target(*repository);
  put(*repository, make("u:a", {{"1", "a"}}));
  put(*repository, make("u:a", {{"2", "b"}}));
  put(*repository, make("u:a", {{"1", "a"}}));
  const auto rows = rows_of(*repository);
  REQUIRE(rows.size() == 2);
  CHECK_FALSE(rows[0].removal);
  CHECK(rows[1].removal);
  check(*repository);
}

TEST_CASE("a confirmation that comes late does not settle what was asked for since") {
  TempDir dir;
  const auto repository = open(dir / "r");
  with_target(*repository);
  const Made before = make("u:a", {{"1", "a"}});
  const Made after = make("u:a", {{"1", "a"}}, "New title");
  put(*repository, before);
  const Delivery under_way = rows_of(*repository)[0];
  put(*repository, after);
  confirm(*repository, under_way, record_of(before, 0));
  REQUIRE(rows_of(*repository).size() == 1);
  CHECK(*read(*repository).delivered(before.chunks[0].id) == record_of(before, 0));
  check(*repository);
  confirm(*repository, rows_of(*repository)[0], record_of(after, 0));
  CHECK(rows_of(*repository).empty());
  check(*repository);
}

TEST_CASE("an upsert that was confirmed after the chunk had gone is removed again") {
  TempDir dir;
  const auto repository = open(dir / "r");
  with_target(*repository);
  const Made made = make("u:a", {{"1", "a"}});
  put(*repository, made);
  const Delivery upsert = rows_of(*repository)[0];
  put(*repository, [](Writer& writer) -> Status {
    FRESHET_TRY(writer.remove_root(model::root_id("u:a")));
    return {};
  });
  const Delivery removal = rows_of(*repository)[0];
  REQUIRE(removal.removal);
  // The removal is confirmed first, as two requests at once may be.
  confirm(*repository, removal, {});
  confirm(*repository, upsert, record_of(made, 0));
  REQUIRE(rows_of(*repository).size() == 1);
  CHECK(rows_of(*repository)[0].removal);
  check(*repository);
}

TEST_CASE("a confirmed removal of a chunk that exists again becomes an upsert") {
  TempDir dir;
  const auto repository = open(dir / "r");
  with_target(*repository);
  const Made made = make("u:a", {{"1", "a"}});
  put(*repository, made);
  deliver_all(*repository);
  put(*repository, make("u:a", {}));
  const Delivery removal = rows_of(*repository)[0];
  REQUIRE(removal.removal);
  put(*repository, made);  // in doubt: the removal may be under way
  REQUIRE(rows_of(*repository).size() == 1);
  CHECK_FALSE(rows_of(*repository)[0].removal);
  confirm(*repository, removal, {});
  REQUIRE(rows_of(*repository).size() == 1);
  CHECK_FALSE(rows_of(*repository)[0].removal);
  CHECK_FALSE(read(*repository).delivered(made.chunks[0].id)->has_value());
  check(*repository);
  // Also where nothing waits any more.
  put(*repository, [&](Writer& writer) { return writer.drop(rows_of(*repository)); });
  REQUIRE(rows_of(*repository).empty());
  confirm(*repository, removal, {});
  REQUIRE(rows_of(*repository).size() == 1);
  CHECK_FALSE(rows_of(*repository)[0].removal);
  check(*repository);
}

TEST_CASE("a row the store is known to hold is not delivered again") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Made made = make("u:a", {{"1", "a"}});
  put(*repository, made);
  deliver_all(*repository);
  put(*repository, make("u:a", {}));
  put(*repository, [&](Writer& writer) { return writer.drop(rows_of(*repository)); });
  put(*repository, made);
  CHECK(rows_of(*repository).empty());
}

TEST_CASE("a store that was reset is given everything again") {
  TempDir dir;
  const auto repository = open(dir / "r");
  with_target(*repository);
  put(*repository, make("u:a", {{"1", "a"}, {"2", "b"}}));
  deliver_all(*repository);
  put(*repository, [](Writer& writer) {
    return writer.begin_generation({"store", "{}", "", "", "", 0}, Room::own);
  });
  CHECK(rows_of(*repository).size() == 2);
  CHECK(read(*repository).list_delivered({}, 10)->empty());
  check(*repository);
  deliver_all(*repository);
  const Digest chunk = read(*repository).list_delivered({}, 10)->front().first;
  CHECK(read(*repository).list_delivered(chunk, 10)->size() == 1);
  put(*repository, [&](Writer& writer) -> Status {
    FRESHET_TRY(writer.forget_delivered(chunk));
    return writer.send_again({&chunk, 1});
  });
  CHECK(rows_of(*repository).size() == 1);
  const Digest orphan = base::digest_of("orphan");
  put(*repository, [&](Writer& writer) { return writer.send_again({&orphan, 1}); });
  CHECK(rows_of(*repository).size() == 2);
  check(*repository);
}

TEST_CASE("check finds a chunk that is neither delivered nor waiting, once there is a store") {
  TempDir dir;
  const auto repository = open(dir / "r");
  put(*repository, make("u:a", {{"1", "a"}}));
  put(*repository, [&](Writer& writer) { return writer.drop(rows_of(*repository)); });
  check(*repository);
  with_target(*repository);
  CHECK(repository->check()->problem_count == 1);
}

TEST_CASE("check finds a chunk whose text is not what its span covers") {
  TempDir dir;
  const auto repository = open(dir / "r");
  Made made = make("u:a", {{"1", "alpha"}, {"2", "beta"}});
  made.chunks[0].span = made.chunks[1].span;
  put(*repository, made);
  CHECK(repository->check()->problem_count == 1);
  Made beyond = make("u:b", {{"1", "alpha"}});
  beyond.chunks[0].span.end = 1000;
  put(*repository, beyond);
  CHECK(repository->check()->problem_count == 2);
}

}  // namespace freshet::repository::test
