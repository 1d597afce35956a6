#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {
namespace {

Digest id(const std::string& uri) { return model::root_id(uri); }

Source source_of(const std::string& name) {
  Source source;
  source.id = base::digest_of(name);
  source.name = name;
  source.loader = "web";
  source.policy = R"({"ttl":"24h"})";
  source.generation = 1;
  return source;
}

std::vector<bool> see(Repository& repository, const Source& source, std::uint64_t generation,
                      const std::vector<Digest>& roots) {
  std::vector<bool> before;
  put(repository, [&](Writer& writer) -> Status {
    FRESHET_ASSIGN(before, writer.see(source.id, generation, roots));
    return {};
  });
  return before;
}

bool leave(Repository& repository, const Source& source, const std::string& uri) {
  bool orphan = false;
  put(repository, [&](Writer& writer) -> Status {
    FRESHET_ASSIGN(orphan, writer.leave(source.id, id(uri)));
    return {};
  });
  return orphan;
}

// All that is due, by pages of `limit`.
std::vector<Digest> due_of(const Repository& repository, const Source& source, Instant now,
                           std::size_t limit = 2) {
  std::vector<Digest> roots;
  DueRoot last;
  for (;;) {
    const auto page = read(repository).due_of(source.id, now, last, limit);
    REQUIRE(page);
    if (page->empty()) return roots;
    for (const DueRoot& one : *page) roots.push_back(one.root);
    last = page->back();
  }
}

}  // namespace

namespace {

// Two sources, and two roots that name the first one and are members of both; `u:c` is not.
struct Together {
  Together() {
    put(*repository, [&](Writer& writer) -> Status {
      FRESHET_TRY(writer.put_source(one));
      return writer.put_source(other);
    });
    for (const char* uri : {"u:a", "u:b", "u:c"}) {
      const Made made = make(uri, {{"1", uri}});
      put(*repository, made);
      if (uri == std::string("u:c")) continue;
      see(*repository, one, 1, {id(uri)});
      see(*repository, other, 1, {id(uri)});
    }
    for (const char* uri : {"u:a", "u:b", "u:c"}) touch(uri, 1000);
  }
  void touch(const std::string& uri, std::int64_t now) {
    put(*repository, [&](Writer& writer) {
      Touch touch;
      touch.root = id(uri);
      touch.now = {now};
      touch.ask_again = fixed({now});
      touch.confirmed_by = one.id;
      return writer.touch(touch);
    });
  }
  void confirm(std::int64_t now) {
    put(*repository, [&](Writer& writer) -> Status {
      FRESHET_ASSIGN(auto source, writer.read().source(one.id));
      source->confirmed = {now};
      FRESHET_TRY(writer.put_source(*source));
      return {};
    });
  }
  std::int64_t checked(const std::string& uri) const {
    return (*read(*repository).root(id(uri)))->checked.ms;
  }

  TempDir dir;
  std::shared_ptr<Repository> repository = open(dir / "r");
  Source one = source_of("one"), other = source_of("other");
};

}  // namespace

TEST_CASE("one record confirms the members that name their source, and no other root") {
  Together it;
  it.confirm(5000);
  CHECK(it.checked("u:a") == 5000);
  CHECK(it.checked("u:b") == 5000);
  CHECK(it.checked("u:c") == 1000);  // no member, whatever it was told
  CHECK(read(*it.repository).list_roots({}, 1)->front().checked.ms >= 1000);
  check(*it.repository);
}

TEST_CASE("whatever is written of a root by itself ends that it is confirmed with the others") {
  Together it;
  const auto change = GENERATE(0, 1, 2, 3, 4, 5, 6);
  it.confirm(5000);
  put(*it.repository, [&](Writer& writer) -> Status {
    const Schedule again = fixed({7000});
    if (change == 0) return writer.set_flags("u:a", R"({"x":1})");
    if (change == 1) return writer.set_ask_again(id("u:a"), again);
    if (change == 2) return writer.set_entry(id("u:a"), "handle", "");
    if (change == 3) return writer.decline({"u:a", {5000}, again, {}});
    if (change == 4) {
      Failure failure;
      failure.uri = "u:a";
      failure.error = base::fail(Code::network, "no").value();
      failure.now = {6000};
      failure.ask_again = again;
      return writer.fail(failure);
    }
    if (change == 5) return writer.leave(it.one.id, id("u:a")).map([](auto&&) {});
    return writer.part(id("u:a"));
  });
  CHECK(it.checked("u:a") == 5000);  // what was confirmed before stays so
  it.confirm(9000);
  CHECK(it.checked("u:a") == 5000);
  CHECK(it.checked("u:b") == 9000);
  if (change != 5) it.touch("u:a", 9500);
  it.confirm(9900);
  CHECK(it.checked("u:a") == (change == 5 ? 5000 : 9900));
  check(*it.repository);
}

TEST_CASE("a root is not parted that was confirmed by itself since") {
  Together it;
  it.touch("u:a", 6000);
  put(*it.repository, [&](Writer& writer) -> Status {
    FRESHET_TRY(writer.part(id("u:a"), {6000}));
    return writer.part(id("u:b"), {6000});
  });
  it.confirm(6000);
  put(*it.repository, [&](Writer& writer) -> Status {
    FRESHET_ASSIGN(auto source, writer.read().source(it.one.id));
    source->confirmed = {8000};
    return writer.put_source(*source);
  });
  CHECK(it.checked("u:a") == 8000);
  CHECK(it.checked("u:b") == 1000);
}

TEST_CASE("a listing of a clock that was ahead confirms nothing") {
  Together it;
  it.confirm(9000);
  it.touch("u:a", 4000);  // the clock was put right
  CHECK(it.checked("u:a") == 4000);
}

TEST_CASE("a listing that saw all members is told by one record") {
  Together it;
  put(*it.repository, [&](Writer& writer) -> Status {
    FRESHET_ASSIGN(auto source, writer.read().source(it.one.id));
    source->generation = source->seen_all = 7;
    return writer.put_source(*source);
  });
  const Snapshot snapshot = read(*it.repository);
  CHECK(*snapshot.seen_by(it.one.id, id("u:a")) == 7);
  CHECK(*snapshot.seen_by(it.other.id, id("u:a")) == 1);
  CHECK_FALSE(*snapshot.seen_by(it.one.id, id("u:c")));
  CHECK(*snapshot.count_unseen(it.one.id, 7) == 0);
  CHECK(*snapshot.count_unseen(it.one.id, 8) == 2);
  CHECK(snapshot.unseen(it.one.id, 8, {}, 9)->size() == 2);
}

TEST_CASE("a root that is removed takes the state of its sources, and the word of what they list") {
  TempDir dir;
  const auto repository = open(dir / "r");
  Source one = source_of("one"), other = source_of("other");
  one.state = other.state = "state";
  put(*repository, [&](Writer& writer) -> Status {
    FRESHET_TRY(writer.put_source(one));
    return writer.put_source(other);
  });
  put(*repository, make("u:a", {{"1", "a"}}));
  see(*repository, one, 1, {id("u:a")});
  const auto seen_by = [&](const Source& source, const char* uri) {
    return *repository->read()->seen_by(source.id, id(uri));
  };
  CHECK(seen_by(one, "u:a") == 1);
  CHECK_FALSE(seen_by(other, "u:a"));
  put(*repository,
      [&](Writer& writer) { return writer.remove_root(id("u:a")).map([](auto&&) {}); });
  CHECK_FALSE(seen_by(one, "u:a"));
  const auto stored = [&](const Source& source) { return **repository->read()->source(source.id); };
  CHECK(stored(one).state.empty());
  CHECK(stored(one).generation == 2);  // a listing that is under way began before
  CHECK(stored(other).state == "state");
  put(*repository, [&](Writer& writer) { return writer.forget_state(other.id, false); });
  CHECK(stored(other).state.empty());
  CHECK(stored(other).generation == 1);
  check(*repository);
}

TEST_CASE("what is due of a source is found without looking at the others") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Source docs = source_of("docs"), news = source_of("news");
  for (const Source& source : {docs, news})
    put(*repository, [&](Writer& writer) { return writer.put_source(source); });
  for (int i = 0; i < 5; ++i)
    put(*repository, make("u:" + std::to_string(i), {{"1", "a"}}), {1000}, {2000 - i});
  see(*repository, docs, 1, {id("u:0"), id("u:1"), id("u:2"), id("u:new")});
  see(*repository, news, 1, {id("u:2"), id("u:3")});
  using Ids = std::vector<Digest>;
  CHECK(due_of(*repository, docs, {1999}) == Ids{id("u:2"), id("u:1")});
  CHECK(due_of(*repository, docs, {2000}) == Ids{id("u:2"), id("u:1"), id("u:0")});
  CHECK(due_of(*repository, news, {2000}, 1) == Ids{id("u:3"), id("u:2")});
  CHECK(*read(*repository).next_due() == Instant{1996});
  // Stored later than it was listed, moved, left and removed.
  put(*repository, make("u:new", {{"1", "a"}}), {1000}, {1500});
  CHECK(due_of(*repository, docs, {1500}) == Ids{id("u:new")});
  put(*repository, [](Writer& writer) { return writer.set_ask_again(id("u:new"), fixed({3000})); });
  put(*repository, [](Writer& writer) { return writer.set_ask_again(id("u:0"), {}); });
  CHECK_FALSE(leave(*repository, docs, "u:2"));
  CHECK(due_of(*repository, docs, {9000}) == Ids{id("u:1"), id("u:new")});
  CHECK(due_of(*repository, news, {9000}) == Ids{id("u:3"), id("u:2")});
  put(*repository, [](Writer& writer) { return writer.remove_root(id("u:3")).map([](auto) {}); });
  CHECK(due_of(*repository, news, {9000}) == Ids{id("u:2")});
  check(*repository);
}

TEST_CASE("a page of what is due goes on where the last one ended, whatever moved meanwhile") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Source docs = source_of("docs");
  put(*repository, [&](Writer& writer) { return writer.put_source(docs); });
  std::vector<Digest> all;
  for (int i = 0; i < 4; ++i) {
    all.push_back(id("u:" + std::to_string(i)));
    put(*repository, make("u:" + std::to_string(i), {{"1", "a"}}), {1000}, {2000 + i});
  }
  see(*repository, docs, 1, all);
  const auto first = *read(*repository).due_of(docs.id, {2010}, {}, 2);
  REQUIRE(first.size() == 2);
  put(*repository, [&](Writer& writer) { return writer.set_ask_again(all[0], fixed({9000})); });
  const auto second = *read(*repository).due_of(docs.id, {2010}, first.back(), 10);
  REQUIRE(second.size() == 2);
  CHECK(second[0].root == all[2]);
  CHECK(second[1].root == all[3]);
}

TEST_CASE("nothing is due where nothing is to be asked again") {
  TempDir dir;
  const auto repository = open(dir / "r");
  CHECK(*read(*repository).next_due() == base::never);
  put(*repository, make("u:a", {{"1", "a"}}), {1000}, base::never);
  CHECK(*read(*repository).next_due() == base::never);
}

TEST_CASE("a source keeps what its loader wants handed back, and when it is listed again") {
  TempDir dir;
  const auto repository = open(dir / "r");
  Source source = source_of("docs");
  source.state = std::string(most_state, 's');
  source.list_every = Millis(60'000);
  source.list_checked = {5};
  source.list_again = {60'005};
  put(*repository, [&](Writer& writer) { return writer.put_source(source); });
  auto stored = *read(*repository).source(source.id);
  CHECK(stored->state == source.state);
  CHECK(stored->list_every == source.list_every);
  CHECK(stored->list_checked == source.list_checked);
  CHECK(stored->list_again == source.list_again);
  source.state += 's';
  const Status refused =
      repository->write([&](Writer& writer) { return writer.put_source(source); });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::limit);
  CHECK(base::to_string(refused.error()) ==
        "docs: its loader keeps a state of 4194305 bytes; the most is 4194304");
  put(*repository, [](Writer& writer) { return writer.distrust_listings(); });
  stored = *read(*repository).source(source.id);
  CHECK(stored->state.empty());
  CHECK(stored->list_again == base::unset);
  CHECK(stored->list_every == source.list_every);
}

TEST_CASE("what a listing did not see is found by its generation") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Source source = source_of("docs");
  put(*repository, [&](Writer& writer) { return writer.put_source(source); });
  CHECK(see(*repository, source, 1, {id("a"), id("b"), id("a"), id("c")}) ==
        std::vector<bool>{false, false, true, false});
  CHECK(see(*repository, source, 2, {id("b")}) == std::vector<bool>{false});
  const auto snapshot = read(*repository);
  CHECK(*snapshot.count_unseen(source.id, 2) == 2);
  CHECK(snapshot.unseen(source.id, 2, {}, 10)->size() == 2);
  const auto first = snapshot.unseen(source.id, 2, {}, 1);
  REQUIRE(first->size() == 1);
  const auto rest = snapshot.unseen(source.id, 2, first->front(), 10);
  REQUIRE(rest->size() == 1);
  CHECK(rest->front() != first->front());
  CHECK(*snapshot.is_member(source.id, id("a")));
  CHECK_FALSE(*snapshot.is_member(source.id, id("z")));
  CHECK(snapshot.members(source.id, {}, 10)->size() == 3);
  CHECK(snapshot.members(source.id, {}, 0)->empty());
  CHECK((*snapshot.source(source.id))->members == 3);
  check(*repository);
}

TEST_CASE("a listing that names an alias sees what the alias stands for") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Source source = source_of("docs");
  put(*repository, [&](Writer& writer) { return writer.put_source(source); });
  put(*repository, [&](Writer& writer) {
    return writer.put_alias({"u:old", "u:new", "", {}, {1}, fixed({2}), {}});
  });
  CHECK(see(*repository, source, 3, {id("u:old")}) == std::vector<bool>{false});
  CHECK(*read(*repository).count_unseen(source.id, 3) == 0);
  CHECK(*read(*repository).is_member(source.id, id("u:new")));
  // Marked through its alias, the root itself has not been listed yet.
  CHECK(see(*repository, source, 3, {id("u:new"), id("u:new")}) == std::vector<bool>{false, true});
  check(*repository);
}

TEST_CASE("a root belongs to every source that listed it, until it leaves the last") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Source one = source_of("one"), two = source_of("two");
  put(*repository, [&](Writer& writer) -> Status {
    FRESHET_TRY(writer.put_source(one));
    return writer.put_source(two);
  });
  see(*repository, one, 1, {id("a")});
  see(*repository, two, 1, {id("a")});
  CHECK_FALSE(leave(*repository, one, "a"));
  CHECK_FALSE(*read(*repository).is_member(one.id, id("a")));
  CHECK(leave(*repository, two, "a"));
  CHECK(leave(*repository, two, "a"));  // again: no harm
  CHECK((*read(*repository).source(one.id))->members == 0);
  check(*repository);
}

TEST_CASE("a removed root leaves its sources") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Source source = source_of("docs");
  put(*repository, [&](Writer& writer) { return writer.put_source(source); });
  put(*repository, make("a", {{"1", "x"}}));
  see(*repository, source, 1, {id("a"), id("b")});
  put(*repository, [&](Writer& writer) -> Status {
    FRESHET_TRY(writer.remove_root(id("a")));
    return {};
  });
  CHECK((*read(*repository).source(source.id))->members == 1);
  check(*repository);
}

TEST_CASE("a source keeps its count of members, whatever is put") {
  TempDir dir;
  const auto repository = open(dir / "r");
  Source source = source_of("docs");
  put(*repository, [&](Writer& writer) { return writer.put_source(source); });
  see(*repository, source, 1, {id("a")});
  source.generation = 9;
  source.held = 4;
  source.listed = {77};
  source.note = "shrunk";
  source.members = 1000;
  put(*repository, [&](Writer& writer) { return writer.put_source(source); });
  const auto sources = read(*repository).sources();
  REQUIRE(sources->size() == 1);
  CHECK(sources->front().members == 1);
  CHECK(sources->front().generation == 9);
  CHECK(sources->front().held == 4);
  CHECK(sources->front().listed == Instant{77});
  CHECK(sources->front().note == "shrunk");
  CHECK(sources->front().policy == R"({"ttl":"24h"})");
  check(*repository);
}

TEST_CASE("listings of unknown sources are refused") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Status status = repository->write([&](Writer& writer) -> Status {
    FRESHET_TRY(writer.see(id("none"), 1, {}));
    return {};
  });
  REQUIRE_FALSE(status);
  CHECK(status.error().code == Code::not_found);
}

}  // namespace freshet::repository::test
