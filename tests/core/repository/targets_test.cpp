// Several targets of one namespace: each has its own deliveries, and what it has confirmed.
#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {
namespace {

const Target one{"store", "{}", "", "", "", 0};
const Target two{"other", "{}", "hash", "{}", "model", 64};

TargetNumber add(Repository& repository, const Target& target, TargetNumber replaces) {
  TargetNumber number = 0;
  put(repository, [&](Writer& writer) -> Status {
    FRESHET_ASSIGN(number, writer.add_target(target, ".freshet.2", replaces));
    return {};
  });
  return number;
}

void deliver_all(Repository& repository, TargetNumber target) {
  put(repository, [&](Writer& writer) -> Status {
    FRESHET_ASSIGN(const auto rows, writer.read().deliveries(0, 1000, target));
    std::vector<Confirmation> confirmations;
    for (const Delivery& row : rows) {
      FRESHET_ASSIGN(const auto chunk, writer.read().chunk(row.chunk));
      confirmations.push_back({row, chunk ? chunk->record_digest : Digest{}});
    }
    return writer.confirm(confirmations, target);
  });
}

// As whoever has emptied its place.
void empty(Repository& repository, TargetNumber target) {
  put(repository, [&](Writer& writer) -> Status {
    FRESHET_ASSIGN(Generation generation, writer.read().generation(target));
    generation.fill = Fill::live;
    return writer.put_generation(generation, target);
  });
}

std::size_t pending(const Repository& repository, TargetNumber target) {
  return read(repository).deliveries(0, 1000, target)->size();
}

// One target that is full, and another that is to be filled with the same two chunks.
struct Two {
  explicit Two(TargetNumber replaces = 0) : repository(open(dir / "r")) {
    put(*repository, [](Writer& writer) { return writer.put_target(one); });
    put(*repository, make("u:a", {{"1", "a"}, {"2", "b"}}));
    deliver_all(*repository, main_target);
    second = add(*repository, two, replaces);
  }

  TempDir dir;
  std::shared_ptr<Repository> repository;
  TargetNumber second = 0;
};

}  // namespace

TEST_CASE("a target that is added is to be told everything, and the other one nothing") {
  const Two both;
  CHECK(both.second == 2);
  CHECK(pending(*both.repository, main_target) == 0);
  CHECK(pending(*both.repository, both.second) == 2);
  CHECK(read(*both.repository).count_deliveries(both.second) == 2);
  CHECK(read(*both.repository).info()->deliveries == 3);  // and that it is not full
  const auto known = *read(*both.repository).targets();
  REQUIRE(known.size() == 2);
  CHECK(known[1].state == TargetState::filling);
  CHECK(known[1].suffix == ".freshet.2");
  CHECK(known[1].delivered().model == "model");
  CHECK((*read(*both.repository).searched())->number == main_target);
  check(*both.repository);
}

TEST_CASE("each change is told to every target, and confirmed by each for itself") {
  const Two both;
  empty(*both.repository, both.second);
  deliver_all(*both.repository, both.second);
  put(*both.repository, make("u:a", {{"1", "a"}, {"2", "changed"}}));
  for (const TargetNumber target : {main_target, both.second})
    CHECK(pending(*both.repository, target) == 2);  // an upsert and a removal
  deliver_all(*both.repository, main_target);
  CHECK(pending(*both.repository, main_target) == 0);
  CHECK(pending(*both.repository, both.second) == 2);
  check(*both.repository);
  deliver_all(*both.repository, both.second);
  put(*both.repository,
      [](Writer& writer) { return writer.remove_root(base::digest_of("u:a")).map([](auto&&) {}); });
  for (const TargetNumber target : {main_target, both.second}) {
    CHECK(pending(*both.repository, target) == 2);
    deliver_all(*both.repository, target);
    CHECK(read(*both.repository).list_delivered({}, 10, target)->empty());
  }
  check(*both.repository);
}

TEST_CASE("the one that was filled takes the place of the one before, which is told nothing more") {
  const Two both(main_target);
  empty(*both.repository, both.second);
  deliver_all(*both.repository, both.second);
  put(*both.repository, make("u:b", {{"1", "c"}}));
  put(*both.repository, [&](Writer& writer) { return writer.make_live(both.second); });
  const auto known = *read(*both.repository).targets();
  CHECK(known[0].state == TargetState::retired);
  CHECK(known[1].state == TargetState::live);
  CHECK(known[1].replaces == 0);
  CHECK((*read(*both.repository).searched())->number == both.second);
  CHECK((*read(*both.repository).target())->model == "model");
  CHECK(pending(*both.repository, main_target) == 0);
  CHECK(read(*both.repository).list_delivered({}, 10)->empty());
  CHECK(read(*both.repository).info()->deliveries == 1);
  put(*both.repository, make("u:c", {{"1", "d"}}));
  CHECK(pending(*both.repository, main_target) == 0);
  CHECK(pending(*both.repository, both.second) == 2);
  check(*both.repository);
}

TEST_CASE("what is forgotten is gone with what was in flight to it, and its number is another's") {
  const Two both;
  put(*both.repository, [&](Writer& writer) -> Status {
    FRESHET_ASSIGN(const auto grants, writer.lease({&run_one, 1}, run_one, Millis(60'000), {}));
    const Digest chunk = base::digest_of("chunk");
    FRESHET_TRY(writer.put_in_flight({run_one, grants[0].fence}, {&chunk, 1}, both.second));
    FRESHET_TRY(writer.retire(both.second));
    return writer.forget_target(both.second);
  });
  CHECK(read(*both.repository).targets()->size() == 1);
  CHECK(read(*both.repository).info()->deliveries == 0);
  CHECK(add(*both.repository, two, 0) == 2);
  CHECK(*read(*both.repository).has_stranded(2) == false);
  check(*both.repository);
}

TEST_CASE("no namespace is given a name that a second target may have in a store") {
  TempDir dir;
  OpenOptions with = options();
  with.name_space = "docs.freshet.2";
  const auto refused = Repository::open(dir / "r", with);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::invalid_argument);
  CHECK(refused.error().subject == "namespace docs.freshet.2");
  with.name_space = "docs.freshe.t2";
  CHECK(Repository::open(dir / "r", with));
}

}  // namespace freshet::repository::test
