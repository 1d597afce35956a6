// Law 6: never remove on doubt.
#include "core/base/json.hpp"
#include "tests/core/sync/scripted.hpp"

namespace freshet::tests {
namespace {

using ports::ListingKind;

struct Shrinks {
  const char* what;
  int had, has;
  ListingKind kind;
  Json options;
  std::uint64_t removed, held;
};

const Json usual = Json::object(), accepted = {{"accept_shrink", true}},
           half = {{"max_shrink", 0.5}};

const Shrinks shrinks[] = {
    {"all are named", 10, 10, ListingKind::whole, usual, 0, 0},
    {"a fifth is not", 10, 8, ListingKind::whole, usual, 2, 0},
    {"more than a fifth is not", 10, 7, ListingKind::whole, usual, 0, 3},
    {"one may always go", 3, 2, ListingKind::whole, usual, 1, 0},
    {"but not two of three", 3, 1, ListingKind::whole, usual, 0, 2},
    {"nothing is named", 10, 0, ListingKind::whole, usual, 0, 10},
    {"the last one is not named", 1, 0, ListingKind::whole, usual, 0, 1},
    {"half may go", 10, 5, ListingKind::whole, half, 5, 0},
    {"more than half", 10, 4, ListingKind::whole, half, 0, 6},
    {"more than a fifth, by the operator's word", 10, 7, ListingKind::whole, accepted, 3, 0},
    {"all, by the operator's word", 10, 0, ListingKind::whole, accepted, 10, 0},
    {"a part names one", 10, 1, ListingKind::part, usual, 0, 0},
    {"a part names nothing", 10, 0, ListingKind::part, usual, 0, 0},
    {"a part names one, and the operator accepts", 10, 1, ListingKind::part, accepted, 0, 0},
};

}  // namespace

TEST_CASE("what a listing does not name goes, or is held") {
  for (const Shrinks& one : shrinks) {
    INFO(one.what);
    Engine engine(one.had);
    engine.run();
    REQUIRE(engine.stored().size() == static_cast<std::size_t>(one.had));
    engine.a().list_pages(one.has);
    engine.a().kind = one.kind;
    const sync::Report report = engine.run(one.options);
    CHECK(report.counts.removed == one.removed);
    CHECK(report.counts.held == one.held);
    CHECK(report.sources[0].held == one.held);
    CHECK(engine.stored().size() == static_cast<std::size_t>(one.had) - one.removed);
    CHECK(engine.server.rows().size() == engine.stored().size());
    CHECK(report.exit_code() == (one.held > 0 || one.kind == ListingKind::part ? 1 : 0));
    CHECK(report.sources[0].note.empty() == (report.exit_code() == 0));
  }
}

TEST_CASE(
    "what is held stays held, and goes when the listing names it again or the operator says so") {
  Engine engine(10);
  engine.run();
  engine.a().list_pages(5);
  for (int again = 0; again < 2; ++again) CHECK(engine.run().counts.held == 5);
  engine.a().list_pages(10);
  CHECK(engine.run().counts.held == 0);
  CHECK(engine.stored().size() == 10);
  engine.a().list_pages(5);
  CHECK(engine.run(accepted).counts.removed == 5);
}

TEST_CASE("a listing that fails removes nothing, and what it brought is refreshed") {
  Engine engine(5);
  engine.run();
  engine.a().list_pages(2);
  engine.a().pages[uri_of(1)] = page("Another text.");
  engine.a().failure = base::make_error(base::Code::network, "broke off");
  const sync::Report report = engine.run();
  CHECK(report.counts.removed == 0);
  CHECK(report.sources[0].error->code == base::Code::network);
  CHECK(engine.outcome(1) == "refreshed");
  CHECK(engine.stored().size() == 5);
  CHECK(report.exit_code() == 1);
}

TEST_CASE("a run that can list nothing is no success") {
  Engine engine(0);
  engine.a().failure = base::make_error(base::Code::network, "is not there");
  CHECK(engine.run().exit_code() == 3);
}

TEST_CASE("a page that is not found goes when it was so three times in a row") {
  Engine engine(5);
  engine.run();
  engine.a().pages[uri_of(0)] = gone(false);
  for (int times = 1; times < 3; ++times) {
    const sync::Report report = engine.run();
    CHECK(report.counts.removed == 0);
    CHECK(engine.root(0).gone_seen == static_cast<std::uint32_t>(times));
    CHECK(engine.holds("Page number 0."));
  }
  engine.a().pages[uri_of(0)] = page("Page number 0.");  // it is back: the count begins anew
  engine.run();
  CHECK(engine.root(0).gone_seen == 0);
  engine.a().pages[uri_of(0)] = gone(false);
  CHECK(engine.run().counts.removed == 0);
  CHECK(engine.run().counts.removed == 0);
  CHECK(engine.run().counts.removed == 1);
  CHECK_FALSE(engine.holds("Page number 0."));
}

TEST_CASE("how often a page has to be missing is the run's to say") {
  Engine engine(5);
  engine.run();
  engine.a().pages[uri_of(0)] = gone(false);
  CHECK(engine.run({{"gone_after", 1}}).counts.removed == 1);
}

TEST_CASE("an error in between does not count as missing, nor as being there") {
  Engine engine(5);
  engine.run();
  engine.a().pages[uri_of(0)] = gone(false);
  engine.run();
  engine.a().pages[uri_of(0)] = refusing(base::Code::network);
  engine.run();
  CHECK(engine.stored().contains(uri_of(0)));
  engine.a().pages[uri_of(0)] = gone(false);
  engine.run();
  CHECK(engine.stored().contains(uri_of(0)));
}

TEST_CASE("a page that is gone for good goes at once") {
  Engine engine(5);
  engine.run();
  engine.a().pages[uri_of(0)] = gone(true);
  CHECK(engine.run().counts.removed == 1);
  CHECK(engine.outcome(0) == "removed");
}

TEST_CASE("pages that are gone count with those that are not named") {
  Engine engine(10);
  engine.run();
  engine.a().list_pages(9);
  for (const int number : {0, 1}) engine.a().pages[uri_of(number)] = gone(true);
  const sync::Report report = engine.run();  // three of ten
  CHECK(report.counts.removed == 0);
  CHECK(report.counts.held == 3);
  CHECK(engine.outcome(0) == "failed: held");
  CHECK(engine.stored().size() == 10);
  CHECK(engine.run(accepted).counts.removed == 3);
}

TEST_CASE("a page of two sources goes when neither has it") {
  Engine engine(5);
  engine.b().list_pages(5);
  engine.b().pages = engine.a().pages;
  engine.run();
  engine.a().list_pages(4);
  CHECK(engine.run().counts.removed == 0);
  CHECK(engine.stored().contains(uri_of(4)));
  engine.b().list_pages(4);
  CHECK(engine.run().counts.removed == 1);
  CHECK_FALSE(engine.stored().contains(uri_of(4)));
}

TEST_CASE("changes remove what they call gone, under the same guard, and nothing else") {
  Engine engine(10);
  engine.a().state = "one";
  engine.run();
  engine.a().entries.clear();
  engine.a().kind = ListingKind::changes;
  engine.a().going = {uri_of(0), "test:/unknown"};
  sync::Report report = engine.run();
  CHECK(engine.a().asked.front() == "list one");
  CHECK(report.counts.removed == 1);
  CHECK(engine.stored().size() == 9);
  engine.a().going = {uri_of(1), uri_of(2), uri_of(3)};
  report = engine.run();
  CHECK(report.counts.held == 3);
  CHECK(engine.stored().size() == 9);
  engine.a().going = {uri_of(1)};
  engine.a().entries.emplace_back().uri = uri_of(1);  // named as well: it stays
  report = engine.run();
  CHECK(report.counts.removed == 0);
  CHECK(engine.stored().size() == 9);
}

}  // namespace freshet::tests
