// What was refused for good, hosts that asked to be left alone, and leases as others see them.
#include <unistd.h>

#include "core/repository/codec.hpp"
#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {
namespace {

Refusal some_refusal(const std::string& uri) {
  Refusal refusal;
  refusal.uri = uri;
  refusal.bytes_digest = base::digest_of("bytes");
  refusal.recipe = base::digest_of("recipe");
  refusal.model = "model";
  refusal.version = "\"1\"";
  refusal.since = {5000};
  refusal.code = Code::limit;
  refusal.error = "is too long";
  return refusal;
}

}  // namespace

TEST_CASE("a refusal is kept with its root, and goes with it") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Digest root = model::root_id("u:a");
  put(*repository, make("u:a", {{"one", "text"}}));
  put(*repository, [](Writer& writer) { return writer.put_refusal(some_refusal("u:a")); });
  const auto kept = read(*repository).refusal(root).value();
  REQUIRE(kept);
  CHECK(kept->uri == "u:a");
  CHECK(kept->bytes_digest == base::digest_of("bytes"));
  CHECK(kept->recipe == base::digest_of("recipe"));
  CHECK(kept->model == "model");
  CHECK(kept->version == "\"1\"");
  CHECK(kept->since == Instant{5000});
  CHECK(kept->code == Code::limit);
  CHECK(kept->error == "is too long");
  check(*repository);
  put(*repository, [&](Writer& writer) { return writer.remove_root(root).map([](auto&&) {}); });
  CHECK_FALSE(read(*repository).refusal(root).value());
  check(*repository);
  const Status of_none = repository->write(
      [](Writer& writer) -> Status { return writer.put_refusal(some_refusal("u:none")); });
  CHECK(of_none.error().code == Code::not_found);
}

TEST_CASE("a refusal of no root is found by check") {
  TempDir dir;
  {
    const auto repository = open(dir / "r");
    put(*repository, make("u:a", {{"one", "text"}}));
    put(*repository, [](Writer& writer) { return writer.put_refusal(some_refusal("u:a")); });
  }
  {
    RawCommit commit(dir / "r");
    Encoder value;
    encode(value, some_refusal("u:b"));
    commit.put(Db::refusals, RefusalKey::make(1, model::root_id("u:b")), value);
    commit.commit();
  }
  const auto report = open(dir / "r")->check();
  REQUIRE(report);
  REQUIRE(report->problems.size() == 1);
  CHECK(report->problems[0] == "refusal of u:b: is of no root");
}

TEST_CASE("gates are kept until they are over, for all namespaces, and no longer than a week") {
  TempDir dir;
  FakeClock clock;
  const auto repository = open(dir / "r", clock);
  const Instant now = clock.now();
  const std::vector<Gate> gates = {{"a.example", now + Millis(60'000)},
                                   {"b.example:8443", now + Millis(3'600'000)},
                                   {"over.example", now + Millis(-1)},
                                   {"far.example", now + Millis(8LL * 24 * 3'600'000)},
                                   {std::string(301, 'x'), now + Millis(60'000)}};
  put(*repository, [&](Writer& writer) { return writer.put_gates(gates); });
  auto kept = read(*repository).gates().value();
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].host == "a.example");
  CHECK(kept[0].until == now + Millis(60'000));
  CHECK(kept[1].host == "b.example:8443");
  clock.advance(60'000);
  kept = read(*repository).gates().value();
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].host == "b.example:8443");
  put(*repository, [&](Writer& writer) { return writer.put_gates({}); });
  CHECK(read(*repository).gates().value().size() == 1);
  check(*repository);
}

TEST_CASE("a lease is seen by others as long as it holds") {
  TempDir dir;
  FakeClock clock;
  const auto repository = open(dir / "r", clock);
  const Digest root = model::root_id("u:a");
  CHECK_FALSE(read(*repository).lease(root).value());
  put(*repository, [&](Writer& writer) {
    return writer.lease({&root, 1}, run_one, Millis(30'000), {}).map([](auto&&) {});
  });
  const auto held = read(*repository).lease(root).value();
  REQUIRE(held);
  CHECK(held->pid == ::getpid());
  CHECK(held->left == Millis(30'000));
  CHECK(held->fence > 0);
  clock.advance(30'000);
  CHECK_FALSE(read(*repository).lease(root).value());
}

}  // namespace freshet::repository::test
