// What an unchanged listing does not name is looked at as if it had been named.
#include <algorithm>

#include "core/sync/leases.hpp"
#include "tests/core/sync/scripted.hpp"

namespace freshet::tests {
namespace {

// The source lists nothing from here on: all is as it was.
void stand_still(Engine& engine) {
  engine.a().entries.clear();
  engine.a().kind = ports::ListingKind::unchanged;
}

// Served under a name of its own, which another one is given for.
Answer page_of(const std::string& canonical, const std::string& text) {
  return [=](const std::string& known) {
    base::Result<ports::Fetched> fetched = page(text)(known);
    fetched->canonical_uri = canonical;
    return fetched;
  };
}

}  // namespace

TEST_CASE("a listing does not stand while another run has a page of it that nobody has seen") {
  Engine engine(2);
  const Json standing = {{"policy", {{"ttl", "10h"}}}, {"list_every", "default"}};
  const base::Digest root = model::root_id(uri_of(1));
  {
    sync::Leases other(*engine.repository, engine.clock.now(), [] {});
    engine.a().while_listing = [&] { (void)other.claim({&root, 1}); };
    engine.run(standing);
    CHECK(engine.outcome(1) == "busy");
  }  // it ends without a commit
  engine.a().while_listing = [] {};
  engine.run(standing);
  CHECK(engine.a().asked.front() == "list ");
  CHECK(engine.outcome(1) == "refreshed");
  engine.run(standing);
  CHECK(engine.a().asked.empty());
}

TEST_CASE("a page that failed is asked for by every run, though no listing names it") {
  Engine engine(2);
  engine.a().state = "1";
  engine.run();
  stand_still(engine);
  engine.a().pages[uri_of(1)] = refusing(base::Code::network);
  for (int failures = 1; failures < 10; ++failures) {  // its retry is due in some hours at last
    engine.run();
    CHECK(engine.outcome(1) == "failed: network");
  }
  engine.a().pages[uri_of(1)] = page("It is back.");
  CHECK(engine.run().sources.front().kind == ports::ListingKind::unchanged);
  CHECK(engine.outcome(1) == "refreshed");
}

TEST_CASE("what only another name was fetched for is confirmed with it, and not asked for") {
  Engine engine(1);
  engine.a().state = "1";
  engine.a().pages[uri_of(0)] = page_of(uri_of(9), "Under another name.");
  engine.a().pages[uri_of(9)] = page("Something else altogether.");
  engine.run();
  REQUIRE(engine.stored() == std::set<std::string>{uri_of(9)});
  stand_still(engine);
  engine.run();
  CHECK(engine.fetched() == Strings{"test:/0 v:Under another name."});
  CHECK(engine.root(9).checked == engine.clock.now());
  CHECK(engine.root(9).ask_again == engine.root(0).ask_again);
}

TEST_CASE("while its other name fails, a page is asked for by its own") {
  Engine engine(1);
  engine.a().state = "1";
  engine.a().pages[uri_of(0)] = page_of(uri_of(9), "Under another name.");
  engine.run();
  stand_still(engine);
  engine.a().pages[uri_of(0)] = refusing(base::Code::network);
  engine.a().pages[uri_of(9)] = page("Under another name.");
  engine.run();
  engine.run();
  CHECK(engine.fetched() == Strings{"test:/0 v:Under another name.", "test:/9 "});
  CHECK(engine.outcome(9) == "unchanged");
}

TEST_CASE("what its own name says is gone is asked for, though another name serves it again") {
  Engine engine(1);
  engine.a().state = "1";
  engine.a().pages[uri_of(0)] = page_of(uri_of(9), "Under another name.");
  engine.run();
  stand_still(engine);
  engine.a().pages[uri_of(0)] = refusing(base::Code::network);
  engine.run();
  engine.run();
  REQUIRE(engine.root(9).gone_seen > 0);
  engine.a().pages[uri_of(0)] = page_of(uri_of(9), "Under another name.");
  engine.run();  // from here on it is confirmed by its other name
  engine.run();
  CHECK(engine.fetched() == Strings{"test:/0 v:Under another name.", "test:/9 "});
}

TEST_CASE("a page that failed by its own name is answered by another one when its time has come") {
  Engine engine(1);
  const auto entries = engine.a().entries;
  engine.a().state = "1";
  engine.a().pages[uri_of(0)] = page_of(uri_of(9), "Under another name.");
  engine.run();
  stand_still(engine);
  engine.a().pages[uri_of(0)] = engine.a().pages[uri_of(9)] = refusing(base::Code::network);
  engine.run();
  engine.run();
  REQUIRE(engine.root(9).failures > 0);
  engine.a().entries = entries;  // a whole listing again, which does not name it
  engine.a().kind = ports::ListingKind::whole;
  engine.a().pages[uri_of(0)] = page_of(uri_of(9), "Under another name.");
  engine.clock.now_ = engine.clock.now_ + base::Millis{25 * 3'600'000};
  engine.run();
  CHECK(engine.fetched() == Strings{"test:/0 v:Under another name."});
  CHECK(engine.root(9).failures == 0);
  CHECK(engine.root(9).ask_again == engine.root(0).ask_again);
}

TEST_CASE("what another run's listing lets go before it is asked for is listed anew") {
  Engine engine(2);
  engine.a().prepares = true;
  engine.a().state = "1";
  engine.run();
  const base::Digest root = model::root_id(uri_of(1));
  engine.a().while_preparing = [&] {
    engine.a().pages[uri_of(1)] = page("It comes while it goes.");
    REQUIRE(engine.repository->write([&](repository::Writer& writer) -> base::Status {
      repository::Source source = engine.repository->read()->sources()->front();
      source.state = "2";  // knows the page no more
      FRESHET_TRY(writer.put_source(source));
      FRESHET_TRY(writer.leave(source.id, root).map([](auto&&) {}));
      return writer.remove_root(root).map([](auto&&) {});
    }));
  };
  engine.run({{"policy", "always"}, {"list_every", "10h"}});
  REQUIRE(engine.outcome(1) == "refreshed");
  engine.a().while_preparing = [] {};
  engine.a().entries.pop_back();
  engine.run();
  CHECK(engine.a().asked.front() == "list ");
  CHECK(engine.stored() == std::set<std::string>{uri_of(0)});
}

TEST_CASE("a page comes again when the root that it names was in other hands") {
  Engine engine(2);
  engine.run();
  engine.a().pages[uri_of(0)] = page_of(uri_of(1), "Under another name.");
  engine.a().pages[uri_of(1)] = refusing(base::Code::network);
  const base::Digest root = model::root_id(uri_of(1));
  {
    sync::Leases other(*engine.repository, engine.clock.now() + base::Millis(1), [] {});
    engine.a().while_listing = [&] { (void)other.claim({&root, 1}); };
    engine.run();
    REQUIRE(engine.outcome(1) == "busy");
  }  // it ends without a commit
  engine.a().while_listing = [] {};
  engine.a().entries.pop_back();  // by its own name it is not asked for any more
  engine.run();
  CHECK(engine.fetched() == Strings{"test:/0 "});
  engine.run();
  CHECK(engine.fetched() == Strings{"test:/0 v:Under another name."});
}

TEST_CASE("what is due, and nothing else, is told before it is fetched") {
  Engine engine(4);
  engine.a().prepares = true;
  for (int i = 0; i < 4; ++i) {
    engine.a().entries[i].version = "v:Page number " + std::to_string(i) + ".";
    engine.a().entries[i].handle = "h" + std::to_string(i);
  }
  engine.run();
  const Strings asked = engine.a().asked;
  REQUIRE(asked.size() == 6);
  CHECK(asked[1] == "prepare test:/0=h0 test:/1=h1 test:/2=h2 test:/3=h3");
  CHECK(std::count_if(asked.begin(), asked.end(),
                      [](const std::string& line) { return line.starts_with("fetch "); }) == 4);
  for (const int i : {1, 3}) {
    engine.a().entries[i].version = "v:New.";
    engine.a().pages[uri_of(i)] = page("New.");
  }
  engine.run();
  CHECK(engine.a().asked[1] == "prepare test:/1=h1 test:/3=h3");
  engine.a().entries[2].version = "v:New.";
  engine.a().pages[uri_of(2)] = page("New.");
  engine.run();  // one alone comes by itself
  CHECK(engine.a().asked.size() == 2);
}

}  // namespace freshet::tests
