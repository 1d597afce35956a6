#include "core/sync/config.hpp"

#include "core/base/json.hpp"
#include "core/sync/report.hpp"
#include "tests/core/sync/fixture.hpp"

namespace freshet::sync {
namespace {

base::Error error_of(const char* text) {
  const auto json = base::parse_json(text, "test");
  REQUIRE(json);
  const auto config = parse_run(*json);
  REQUIRE_FALSE(config);
  CHECK(config.error().code == base::Code::invalid_argument);
  return config.error();
}

}  // namespace

TEST_CASE("a run's configuration has defaults for everything") {
  const auto config = parse_run(Json::object());
  REQUIRE(config);
  CHECK(config->jobs == 16);
  CHECK(config->gone_after == 3);
  CHECK(config->max_shrink == Approx(0.2));
  CHECK_FALSE(config->store);
  CHECK(config->chunking.options.max_chunk_size == 1500);
}

TEST_CASE("an error names the path of the value and the nearest key") {
  CHECK(error_of(R"({"souces":[]})").subject == "souces");
  CHECK(error_of(R"({"souces":[]})").message.find("\"sources\"") != std::string::npos);
  CHECK(error_of(R"({"sources":[{"loader":"url","polcy":"always"}]})").subject ==
        "sources[0].polcy");
  CHECK(error_of(R"({"sources":[{"options":{}}]})").subject == "sources[0].loader");
  CHECK(error_of(R"({"sources":[{"loader":"url","policy":{"ttl":"soon"}}]})")
            .subject.find("sources[0].policy") == 0);
  CHECK(error_of(R"({"jobs":0})").subject == "jobs");
  CHECK(error_of(R"({"chunker":{"max_chunk_size":0}})").subject.find("chunker") == 0);
  CHECK(error_of(R"({"store":{"nam":"sqlite"}})").subject.find("store") == 0);
}

TEST_CASE("the metadata of a source is what a filter can test") {
  const auto at = [](const std::string& metadata) {
    return error_of((R"({"sources":[{"loader":"url","metadata":)" + metadata + "}]}").c_str());
  };
  CHECK(at(R"("x")").subject == "sources[0].metadata");
  CHECK(at(R"({"product":{"name":"x"}})").subject == "sources[0].metadata.product");
  CHECK(at(R"({"product":null})").subject == "sources[0].metadata.product");
  CHECK(at(R"({"tags":["a",[1]]})").subject == "sources[0].metadata.tags");
  CHECK(at(R"({"$and":1})").subject == "sources[0].metadata");
  CHECK(at(R"({"title":"x"})").message.find("every row has of its own") != std::string::npos);
  CHECK(at(R"({"a":")" + std::string(1024, 'x') + "\"}").message.find("more than 1024") !=
        std::string::npos);
  const auto config = parse_run(*base::parse_json(
      R"({"sources":[{"loader":"url","metadata":{"product":"x","tags":["a",1],"old":false}}]})",
      "test"));
  REQUIRE(config);
  CHECK(config->sources[0].metadata["product"] == "x");
}

TEST_CASE("a source without a policy has the run's") {
  const auto config = parse_run(*base::parse_json(
      R"({"policy":"never","sources":[{"loader":"url"},{"loader":"url","policy":"always"}]})",
      "test"));
  REQUIRE(config);
  CHECK(config->sources[0].policy->to_json() == "never");
  CHECK(config->sources[1].policy->to_json() == "always");
}

TEST_CASE("a listing stands as long as its source says, or as its policy does") {
  const auto config = parse_run(*base::parse_json(
      R"({"policy":{"ttl":"2h"},"sources":[{"loader":"url"},{"loader":"url","list_every":"5m"},
          {"loader":"url","policy":"always"},{"loader":"url","policy":"never","list_every":"7d"}]})",
      "test"));
  REQUIRE(config);
  std::vector<std::int64_t> minutes;
  for (const SourceConfig& source : config->sources)
    minutes.push_back(source.list_every.count() / 60'000);
  CHECK(minutes == std::vector<std::int64_t>{120, 5, 0, 7 * 24 * 60});
  CHECK(error_of(R"({"sources":[{"loader":"url","list_every":5}]})").subject ==
        "sources[0].list_every");
}

TEST_CASE("no embedder is something else than none named") {
  CHECK(parse_run(*base::parse_json(R"({"embedder":null})", "test"))->no_embedder);
  CHECK_FALSE(parse_run(Json::object())->no_embedder);
}

TEST_CASE("the exit code tells all well, some failed, and nothing could be done") {
  Report report;
  CHECK(report.exit_code() == 0);
  report.sources.resize(1);
  report.sources[0].listed = report.sources[0].complete = true;
  report.counts.refreshed = 3;
  CHECK(report.exit_code() == 0);
  report.counts.failed = 1;
  CHECK(report.exit_code() == 1);
  report.counts.failed = 0;
  report.counts.held = 2;
  CHECK(report.exit_code() == 1);
  report.counts = {};
  report.sources[0].error = base::Error{};
  CHECK(report.exit_code() == 3);
}

TEST_CASE("a report is one JSON object with a line for each root") {
  tests::Folder folder;
  Report report;
  std::filesystem::create_directory(folder / "r");
  report.roots = *RootLog::make(folder / "r");
  base::Error error;
  error.code = base::Code::remote;
  error.message = "answered \"500\"\n";
  report.roots->add("http://a/1", Outcome::refreshed, "not known yet", 1, nullptr);
  report.roots->add("http://a/2", Outcome::failed, "remote", 3, &error);
  const auto text = ReportText::make(report);
  REQUIRE(text);
  const Json json = Json::parse((*text)->c_str());
  REQUIRE(json["roots"].size() == 2);
  CHECK(json["roots"][0]["outcome"] == "refreshed");
  CHECK(json["roots"][0]["error"].is_null());
  CHECK(json["roots"][1]["attempts"] == 3);
  CHECK(json["roots"][1]["error"]["code"] == "remote");
  CHECK(std::string((*text)->c_str()).size() == (*text)->size());
}

}  // namespace freshet::sync
