// Runs for a part: what is looked at, and that nothing else is touched.
#include "core/sync/selection.hpp"

#include "core/base/json.hpp"
#include "tests/core/sync/scripted.hpp"

namespace freshet::tests {
namespace {

// Of "a" five pages, and of "b" the last two of these and "b:/only".
class Two : public Engine {
 public:
  Two() : Engine(5) {
    b().pages = a().pages;
    b().pages["b:/only"] = page("Only of b.");
    for (const char* uri : {"test:/3", "test:/4", "b:/only"}) b().entries.emplace_back().uri = uri;
  }
  Strings looked_at(const Json& only, const Json& more = Json::object()) {
    Json options = more;
    options["only"] = only;
    run(options);
    Strings uris;
    for (const std::string& line : fetched()) uris.push_back(line.substr(0, line.find(' ')));
    return uris;
  }
  bool listed(const char* source) {
    for (const std::string& line : scripts[source].asked)
      if (line.starts_with("list")) return true;
    return false;
  }
};

}  // namespace

TEST_CASE("a run for a part looks at that part") {
  struct Part {
    const char* what;
    Json only;
    Strings fetched;
  };
  const Part parts[] = {
      {"a root", {{"roots", {"test:/1"}}}, {"test:/1"}},
      {"two roots of two sources", {{"roots", {"test:/1", "b:/only"}}}, {"b:/only", "test:/1"}},
      {"a root that two sources have", {{"roots", {"test:/3"}}}, {"test:/3"}},
      {"a prefix", {{"prefix", "b:/"}}, {"b:/only"}},
      {"a source", {{"sources", {"b"}}}, {"b:/only", "test:/3", "test:/4"}},
      {"a root of a source", {{"sources", {"a"}}, {"roots", {"test:/3"}}}, {"test:/3"}},
      {"a prefix of a source", {{"sources", {"b"}}, {"prefix", "test:/"}}, {"test:/3", "test:/4"}},
  };
  for (const Part& part : parts) {
    INFO(part.what);
    Two engine;
    engine.run();
    CHECK(engine.looked_at(part.only) == part.fetched);
    CHECK(engine.stored().size() == 6);
  }
}

TEST_CASE("named roots that are known are fetched without a listing") {
  Two engine;
  engine.run();
  engine.looked_at({{"roots", {"test:/1", "b:/only"}}});
  CHECK_FALSE(engine.listed("a"));
  CHECK_FALSE(engine.listed("b"));
}

TEST_CASE("a root that is not known is looked for in the listings, and found nowhere is an error") {
  Two engine;
  engine.run();
  engine.a().list_pages(7);
  engine.a().pages[uri_of(6)] = page("A new page.");
  CHECK(engine.looked_at({{"roots", {"test:/6"}}}) == Strings{"test:/6"});
  CHECK(engine.stored().contains("test:/6"));
  CHECK_FALSE(engine.stored().contains("test:/5"));
  const base::Error error = engine.refused({{"only", {{"roots", {"test:/nowhere"}}}}});
  CHECK(error.code == base::Code::not_found);
  CHECK(error.subject.find("test:/nowhere") != std::string::npos);
}

TEST_CASE("what a run for a part did not look at is not gone") {
  Two engine;
  engine.run();
  engine.a().list_pages(1);
  engine.b().entries.clear();
  for (const Json& only : {Json{{"roots", {"test:/0"}}}, Json{{"prefix", "test:/"}}}) {
    const sync::Report report = engine.run({{"only", only}});
    CHECK(report.counts.removed == 0);
    CHECK(report.counts.held == 0);
    CHECK(engine.stored().size() == 6);
  }
}

TEST_CASE("a run for a part leaves the states of listings as they are") {
  Two engine;
  engine.a().state = "one";
  engine.run();
  engine.a().state = "two";
  engine.looked_at({{"prefix", "test:/"}});
  CHECK(engine.a().asked.front() == "list ");
  engine.run();
  CHECK(engine.a().asked.front() == "list one");
}

TEST_CASE("a source that is not named must be one that there is") {
  Two engine;
  CHECK(engine.refused({{"only", {{"sources", {"c"}}}}}).code == base::Code::invalid_argument);
}

TEST_CASE("a root that says it is gone goes also in a run for a part") {
  Two engine;
  engine.run();
  engine.a().pages[uri_of(1)] = gone(true);
  const sync::Report report = engine.run({{"only", {{"roots", {"test:/1"}}}}});
  CHECK(report.counts.removed == 1);
  CHECK(engine.stored().size() == 5);
}

}  // namespace freshet::tests
