// A listing that finds its members as they were says so once, and only of those.
#include <algorithm>

#include "core/repository/sources.hpp"
#include "tests/core/sync/scripted.hpp"

namespace freshet::tests {
namespace {

std::string text_of(int page) { return "Page number " + std::to_string(page) + "."; }

// The listing bears versions, so that a page need not be asked for.
struct Versions : Engine {
  explicit Versions(int count = 4) : Engine(count) {
    for (int i = 0; i < count; ++i) a().entries[i].version = "v:" + text_of(i);
    run();
  }
  void change(int page, const std::string& text) {
    a().pages[uri_of(page)] = tests::page(text);
    a().entries[page].version = "v:" + text;
  }
  base::Instant checked(int page) const {
    return (*repository->read()->root(model::root_id(uri_of(page))))->checked;
  }
  base::Instant written(int page) const {  // by a record of its own
    const auto snapshot = repository->read();
    const auto root = *snapshot->root(model::root_id(uri_of(page)));
    return root->confirmed_by.empty() ? root->checked : base::unset;
  }
  repository::Source source() const { return repository->read()->sources()->front(); }
  bool in_last_listing(int page) const {
    return *repository->read()->seen_by(source().id, model::root_id(uri_of(page))) ==
           source().generation;
  }
};

}  // namespace

TEST_CASE("what a listing finds as it was is confirmed together, and told by no event") {
  Versions it;
  const base::Instant stored = it.checked(0);
  const sync::Report report = it.run();
  CHECK(report.counts.unchanged == 4);
  CHECK(it.outcome(0).empty());
  CHECK(it.a().asked == Strings{"list "});
  for (int page = 0; page < 4; ++page) {
    CHECK(it.checked(page) > stored);
    CHECK(it.written(page) == base::unset);
    CHECK(it.in_last_listing(page));
  }
  CHECK(it.source().confirmed == it.checked(0));
  CHECK(it.repository->check()->problems.empty());
}

TEST_CASE("of what a listing names twice the first word counts, whatever the second is") {
  Versions it;
  const auto as_it_was = it.a().entries[1];
  it.change(1, "It has changed.");
  it.a().entries.push_back(as_it_was);  // known, and confirmed with the others, by itself
  auto report = it.run();
  CHECK(report.counts.refreshed == 1);
  CHECK(report.counts.unchanged == 3);
  CHECK(report.sources[0].entries == 4);

  it.a().entries.pop_back();
  auto another = it.a().entries[2];
  another.version = "v:other";
  it.a().entries.push_back(another);
  report = it.run();
  CHECK(report.counts.refreshed == 0);
  CHECK(report.counts.unchanged == 4);
  CHECK(report.sources[0].entries == 4);
  CHECK(it.repository->check()->problems.empty());
}

TEST_CASE("what changed, failed or was lost is confirmed by nobody but itself") {
  Versions it;
  it.run();
  const base::Instant before = it.checked(0);
  it.change(1, "It has changed.");
  it.change(2, "It cannot be fetched.");
  it.a().pages[uri_of(2)] = refusing(base::Code::network);
  it.run();
  CHECK(it.outcome(1) == "refreshed");
  CHECK(it.outcome(2) == "failed: network");
  CHECK(it.checked(0) > before);
  CHECK(it.checked(1) >= it.checked(0));
  CHECK(it.checked(2) == before);
  it.run();
  CHECK(it.checked(2) == before);
  it.a().pages[uri_of(2)] = page("It cannot be fetched.");
  it.run();
  CHECK(it.checked(2) > before);
  const base::Instant again = it.checked(2);
  it.run();
  CHECK(it.checked(2) > again);
  CHECK(it.written(2) == base::unset);  // with the others again
}

TEST_CASE("a page in the hands of another run is not confirmed by the listing that lost it") {
  Versions it;
  it.run();
  const base::Instant before = it.checked(1);
  it.change(1, "It has changed.");
  const base::Digest root = model::root_id(uri_of(1));
  {
    sync::Leases other(*it.repository, it.clock.now() + base::Millis(1), [] {});
    it.a().while_listing = [&] { (void)other.claim({&root, 1}); };
    it.run();
    CHECK(it.outcome(1) == "busy");
    it.a().while_listing = [] {};
  }
  CHECK(it.checked(1) == before);
  CHECK(it.checked(0) > before);
}

TEST_CASE("held removals are not confirmed, and are in no listing") {
  Versions it;
  it.run();
  const base::Instant before = it.checked(2);
  const std::vector<ports::Entry> all = it.a().entries;
  it.a().entries.resize(2);
  CHECK(it.run().counts.held == 2);
  CHECK(it.checked(0) > before);
  CHECK(it.checked(2) == before);
  CHECK(it.in_last_listing(0));
  CHECK_FALSE(it.in_last_listing(2));
  it.a().entries = all;
  it.run();
  CHECK(it.checked(2) > before);
  CHECK(it.in_last_listing(2));
}

TEST_CASE("a listing that breaks off confirms what it named") {
  Versions it;
  it.run();
  const base::Instant before = it.checked(0);
  it.a().entries.resize(1);
  it.a().failure = base::make_error(base::Code::network, "it broke off");
  it.run();
  CHECK(it.checked(0) > before);
  CHECK(it.checked(3) == before);
  CHECK(it.in_last_listing(0));
  CHECK_FALSE(it.in_last_listing(3));
}

TEST_CASE("a listing that was overtaken removes nothing") {
  Versions it(8);
  const std::vector<ports::Entry> all = it.a().entries;
  it.a().entries.pop_back();
  bool begun = false;
  it.a().while_listing = [&] {
    if (std::exchange(begun, true)) return;
    it.a().entries = all;  // for the later one, which has not ended when the earlier one does
    REQUIRE(it.repository->write([&](repository::Writer& writer) -> base::Status {
      repository::Source later = it.source();
      ++later.generation;
      return writer.put_source(later);
    }));
    it.a().entries.pop_back();
  };
  CHECK(it.run().counts.removed == 0);
  it.a().while_listing = [] {};
  CHECK(it.run().counts.removed == 1);
}

TEST_CASE("under a TTL each root has a time of its own") {
  Versions it;
  const Json hourly = {{"policy", {{"ttl", "30m"}}}};
  it.run(hourly);
  const base::Instant before = it.checked(0);
  it.run(hourly);
  CHECK(it.outcome(0) == "unchanged");
  const auto root = *it.repository->read()->root(model::root_id(uri_of(0)));
  CHECK(root->checked > before);
  CHECK(root->ask_again == root->checked + base::Millis(1'800'000));
  CHECK(it.repository->read()->due_of(it.source().id, it.clock.now(), {}, 9)->empty());
}

}  // namespace freshet::tests
