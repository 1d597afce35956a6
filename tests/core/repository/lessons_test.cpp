// What was learnt by looking, and a repository that was made before there were lessons.
#include "core/repository/codec.hpp"
#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {
namespace {

const Digest owner = model::root_id("u:a");

void teach(Repository& repository, const std::string& what) {
  put(repository, [&](Writer& writer) {
    return writer.put_lesson({owner, "volatile", {700}, what});
  });
}

}  // namespace

TEST_CASE("a lesson is kept with its root, one for each thing that it is about, and goes with it") {
  TempDir dir;
  const auto repository = open(dir / "r");
  put(*repository, make("u:a", {{"one", "text"}}));
  teach(*repository, "{}");
  teach(*repository, R"({"places":[1]})");
  const auto kept = read(*repository).lesson(owner, "volatile").value();
  REQUIRE(kept);
  CHECK(kept->since == Instant{700});
  CHECK(kept->what == R"({"places":[1]})");
  CHECK_FALSE(read(*repository).lesson(owner, "other").value());
  check(*repository);
  put(*repository, [](Writer& writer) { return writer.forget_lesson(owner, "volatile"); });
  CHECK_FALSE(read(*repository).lesson(owner, "volatile").value());
  teach(*repository, "{}");
  put(*repository, [](Writer& writer) { return writer.remove_root(owner).map([](auto&&) {}); });
  CHECK_FALSE(read(*repository).lesson(owner, "volatile").value());
  check(*repository);
}

TEST_CASE("a lesson of nobody is found by check") {
  TempDir dir;
  const auto repository = open(dir / "r");
  teach(*repository, "{}");
  const auto report = repository->check();
  REQUIRE(report);
  REQUIRE(report->problem_count == 1);
  CHECK(report->problems.front() == "lesson volatile: is of no root and no source");
}

}  // namespace freshet::repository::test
