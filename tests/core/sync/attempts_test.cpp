// How often a page was asked for, and what the attempts said that came before the one that counts.
#include "core/sync/explain.hpp"
#include "tests/core/sync/scripted.hpp"

namespace freshet::tests {
namespace {

// Answers when it was asked for the third time.
Answer third_time(const std::string& text) {
  return [=](const std::string& known) -> base::Result<ports::Fetched> {
    auto fetched = page(text)(known);
    fetched->attempts = 3;
    fetched->earlier = std::make_shared<const std::vector<base::Error>>(
        std::vector{base::make_error(base::Code::remote, "the server answered 503"),
                    base::make_error(base::Code::timeout, "no answer came")});
    return fetched;
  };
}

Json root_in(const sync::Report& report) {
  auto text = sync::ReportText::make(report);
  REQUIRE(text);
  return Json::parse((*text)->c_str())["roots"][0];
}

}  // namespace

TEST_CASE("what went wrong before it went well is told by the report, its record and explain") {
  Engine engine(1);
  engine.a().pages[uri_of(0)] = third_time("A text.");
  const sync::Report report = engine.run();
  const Json root = root_in(report);
  CHECK(root["outcome"] == "refreshed");
  CHECK(root["attempts"] == 3);
  REQUIRE(root["earlier"].size() == 2);
  CHECK(root["earlier"][0]["code"] == "remote");
  CHECK(root["earlier"][1]["message"] == "no answer came");
  const Json kept = Json::parse(report.record_json());
  CHECK(kept["retried"] ==
        Json::array({{{"uri", uri_of(0)}, {"attempts", 3}, {"earlier", root["earlier"]}}}));
  const auto told =
      sync::explain({*engine.repository, engine.catalog, engine.http}, nullptr, uri_of(0), {});
  REQUIRE(told);
  CHECK((*told)["attempts"]["count"] == 3);
  CHECK((*told)["attempts"]["errors"] == root["earlier"]);
}

TEST_CASE("a page that failed says so as its last attempt, and one that never did says nothing") {
  Engine engine(2);
  engine.a().pages[uri_of(0)] = refusing(base::Code::network);
  engine.run();
  const sync::Context context{*engine.repository, engine.catalog, engine.http};
  const auto failed = sync::explain(context, nullptr, uri_of(0), {});
  CHECK((*failed)["attempts"]["errors"][0]["code"] == "network");
  CHECK((*sync::explain(context, nullptr, uri_of(1), {}))["attempts"].is_null());
}

TEST_CASE("what a listing had to ask for again is told of its source") {
  Engine engine(1);
  engine.a().earlier = std::make_shared<const std::vector<base::Error>>(
      std::vector{base::make_error(base::Code::remote, "the server answered 502")});
  const Json source = Json::parse(engine.run().summary_json())["sources"][0];
  CHECK(source["earlier"][0]["message"] == "the server answered 502");
}

TEST_CASE("BA3 of roots that are named each has its outcome, once, and the total is theirs") {
  Engine engine(4);
  engine.run();
  engine.a().pages[uri_of(1)] = refusing(base::Code::remote);
  const sync::Report report = engine.run(
      {{"policy",
        {{"by_url", {{{"contains", ":/0"}, {"policy", "never"}}}}, {"default", "always"}}},
       {"only", {{"roots", {uri_of(0), uri_of(1), uri_of(1), uri_of(2), uri_of(2)}}}}});
  const std::map<std::string, std::string> wanted = {
      {uri_of(0), "skipped"}, {uri_of(1), "failed: remote"}, {uri_of(2), "unchanged"}};
  CHECK(engine.outcomes() == wanted);
  CHECK(report.counts.listed == 3);
  CHECK(Json::parse(report.summary_json())["success_rate"] == 0.5);
}

TEST_CASE("BA4 of nothing at all the success rate is none, and no division by zero") {
  Engine engine(0);
  CHECK(Json::parse(engine.run().summary_json())["success_rate"].is_null());
}

TEST_CASE("a source says how its requests are sent and tried again, or the run does for it") {
  const auto parsed = [](const char* text) {
    const auto config = sync::parse_run(Json::parse(text));
    if (!config) FAIL(base::to_string(config.error()));
    return *config;
  };
  const sync::RunConfig config = parsed(
      R"({"retry":{"attempts":5},"rate":"3/s","sources":[{"loader":"a"},
        {"loader":"b","retry":{"attempts":2,"delays":["3s","60s"],"deadline":"5m"},"rate":"9/m",
         "breaker":{"failures":4,"wait":"7s"}}]})");
  const ports::RequestOptions &first = config.sources[0].requests,
                              &second = config.sources[1].requests;
  CHECK(*first.retry.attempts == 5);
  CHECK_FALSE(first.retry.delays);
  CHECK(first.rate == ports::Rate{3, base::Millis(1000)});
  CHECK(first.breaker.failures == 0);
  CHECK(*second.retry.attempts == 2);
  CHECK(second.retry.delays->back() == base::Millis(60'000));
  CHECK(second.rate == ports::Rate{9, base::Millis(60'000)});
  CHECK(second.breaker == ports::Breaker{4, base::Millis(7000)});
  const ports::RequestOptions none = parsed(R"({"sources":[{"loader":"a"}]})").sources[0].requests;
  CHECK_FALSE(none.retry.attempts);
  CHECK(none.rate.count == 0);
  const auto subject = [](const char* text) {
    const auto read = sync::parse_run(Json::parse(text));
    return read ? std::string() : read.error().subject;
  };
  CHECK(subject(R"({"sources":[{"loader":"a","retry":{"attempts":0}}]})") ==
        "sources[0].retry.attempts");
  CHECK(subject(R"({"retry":{"delays":[]}})") == "retry.delays");
  CHECK(subject(R"({"retry":{"tries":3}})") == "retry.tries");
  CHECK(subject(R"({"sources":[{"loader":"a","rate":"0/s"}]})") == "sources[0].rate");
  CHECK(subject(R"({"sources":[{"loader":"a","breaker":{"wait":"1s"}}]})") ==
        "sources[0].breaker.failures");
  CHECK(subject(R"({"breaker":5})") == "breaker");
}

}  // namespace freshet::tests
