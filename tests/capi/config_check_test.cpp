// freshet_config_check: everything that a run would refuse, each at its place.
#include <algorithm>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

Json check(freshet_repository* repository, const std::string& config,
           const char* options = nullptr) {
  char* json = nullptr;
  REQUIRE_OK(freshet_config_check(repository, config.c_str(), options, &json, out_error));
  return Json::parse(take(json));
}

std::vector<std::string> places(const Json& report) {
  std::vector<std::string> all;
  for (const Json& problem : report["problems"]) all.push_back(problem["at"]);
  std::sort(all.begin(), all.end());
  return all;
}

Json files(const std::string& name, Json more = Json::object()) {
  more["path"] = "/tmp";
  return {{"name", name}, {"loader", "files"}, {"options", std::move(more)}};
}

// All that a run says against `config`: the first thing.
std::string said_by_start(freshet_repository* repository, const Json& config) {
  freshet_refresh* refresh = nullptr;
  Failure failure;
  CHECK(freshet_refresh_start(repository, config.dump().c_str(), nullptr, nullptr, &refresh,
                              failure.out()) != FRESHET_OK);
  return failure.subject();
}

}  // namespace

TEST_CASE("a configuration with nothing wrong is said to be so, with and without a repository") {
  const Site site;
  for (freshet_repository* repository : {site.store.repository, (freshet_repository*)nullptr}) {
    const Json report = check(repository, site.config());
    CHECK(report == Json{{"ok", true}, {"problems", Json::array()}});
  }
}

TEST_CASE("all that is wrong is found, and each at its place") {
  const Site site;
  Json other = files("b", {{"inclde", {"*"}}, {"max_file_size", -1}});
  const Json config = {{"sources",
                        {files("a", {{"exclud", {"x"}}}),
                         {{"name", "lacks a loader"}},
                         other,
                         {{"loader", "filse"}},
                         files("a"),
                         {{"loader", "url"}, {"visit", "yes"}}}},
                       {"policy", "sometimes"},
                       {"store", "sqlit"},
                       {"embedder", {{"name", "hash"}, {"options", {{"dimension", "wide"}}}}},
                       {"jobs", 0},
                       {"forse", true},
                       {"gone_after", "soon"}};
  const Json report = check(site.store.repository, config.dump());
  CHECK(report["ok"] == false);
  CHECK(places(report) ==
        std::vector<std::string>{"embedder.options.dimension", "forse", "gone_after", "jobs",
                                 "policy", "sources[0].options.exclud", "sources[1].loader",
                                 "sources[2].options.inclde", "sources[2].options.max_file_size",
                                 "sources[3].loader", "sources[4].name", "sources[5].visit",
                                 "store.name"});
  for (const Json& problem : report["problems"]) {
    CHECK(problem["code"] == "invalid_argument");
    CHECK_FALSE(problem["message"].get<std::string>().empty());
  }
  const std::string first = said_by_start(site.store.repository, config);
  CHECK(report["problems"][0]["at"] == first);
}

TEST_CASE("a name of a source that is wrong itself is no second mistake") {
  const Site site;
  Json config = {{"sources", {{{"name", "a"}}, files("b")}}, {"only", {{"sources", {"a", "b"}}}}};
  CHECK(places(check(site.store.repository, config.dump())) ==
        std::vector<std::string>{"sources[0].loader"});
  config["sources"][0] = files("a");
  CHECK(check(site.store.repository, config.dump())["ok"] == true);
  config["only"]["sources"] = {"a", "b", "c", "d"};
  CHECK(places(check(site.store.repository, config.dump())) ==
        std::vector<std::string>{"only.sources[2]", "only.sources[3]"});
}

TEST_CASE("options of a repository are looked through as well") {
  const char* options = R"({"open":{"http":{"per_hots":1,"proxy":5},"creat":true}})";
  CHECK(places(check(nullptr, R"({"jobs":0})", options)) ==
        std::vector<std::string>{"creat", "http.per_hots", "http.proxy", "jobs"});
  CHECK(check(nullptr, "{}", R"({"open":{"namespace":"x","http":{}}})")["ok"] == true);
}

TEST_CASE("what a configuration says of backups is looked through as well") {
  const auto said = [](const Json& backup) {
    return check(nullptr, "{}", Json{{"backup", backup}}.dump().c_str());
  };
  CHECK(places(said({{"target", "s3://x"},
                     {"kep", 1},
                     {"keep", -1},
                     {"region", "the north"},
                     {"endpoint", "minio:9000"},
                     {"access_key", "AKIAIOSFODNN7EXAMPLE"},
                     {"secret_key", 5},
                     {"session_token", "env:"},
                     {"orphan_grace", "an hour"},
                     {"snapshot", "x"}})) ==
        std::vector<std::string>{"backup.access_key", "backup.endpoint", "backup.keep",
                                 "backup.kep", "backup.orphan_grace", "backup.region",
                                 "backup.secret_key", "backup.session_token", "backup.snapshot",
                                 "backup.target"});
  for (const char* target : {"", "ftp://host/x", "s3://", "s3://bucket/../other", "s3://bu cket"})
    CHECK(places(said({{"target", target}})) == std::vector<std::string>{"backup.target"});
  CHECK(places(said("s3://backups")) == std::vector<std::string>{"backup"});
  CHECK(said({{"access_key", "AKIAIOSFODNN7EXAMPLE"}}).dump().find("AKIA") == std::string::npos);
  CHECK(said({{"target", "s3://backups/docs"},
              {"endpoint", "https://minio.example.org:9000/"},
              {"access_key", "file:/run/secrets/id"},
              {"keep", 14}})["ok"] == true);
  CHECK(said({{"target", "backups"}})["ok"] == true);
}

TEST_CASE("what is no JSON object is one problem of the whole") {
  for (const char* config : {"{", "[]", "5", "\"x\"", "{\"a\":1,\"a\":2}"}) {
    INFO(config);
    const Json report = check(nullptr, config);
    CHECK(report["ok"] == false);
    CHECK(places(report) == std::vector<std::string>{""});
  }
  char* json = nullptr;
  REQUIRE_OK(freshet_config_check(nullptr, nullptr, nullptr, &json, out_error));
  CHECK(Json::parse(take(json))["ok"] == true);
}

TEST_CASE("custom policies are known by the names of the repository, and by those given") {
  Site site;
  const Json config = {{"policy", {{"custom", "mine"}}}};
  CHECK(places(check(site.store.repository, config.dump())) ==
        std::vector<std::string>{"policy.custom"});
  CHECK(check(nullptr, config.dump(), R"({"policies":["mine"]})")["ok"] == true);
  freshet_policy* policy = nullptr;
  REQUIRE_OK(freshet_policy_always(&policy, out_error));
  REQUIRE_OK(freshet_repository_name_policy(site.store.repository, "mine", policy, out_error));
  freshet_policy_free(policy);
  CHECK(check(site.store.repository, config.dump())["ok"] == true);
}

TEST_CASE("a check of a configuration is called rightly or fails itself") {
  const Site site;
  char* json = nullptr;
  Failure failure;
  CHECK(freshet_config_check(nullptr, "{}", nullptr, nullptr, failure.out()) == FRESHET_E_MISUSE);
  CHECK(failure.subject() == "out_report_json");
  for (const char* options : {R"({"policy":[]})", R"({"policies":"x"})", "5"})
    CHECK(freshet_config_check(nullptr, "{}", options, &json, failure.out()) ==
          FRESHET_E_INVALID_ARGUMENT);
  CHECK(freshet_config_check(site.store.repository, "{}", R"({"plugin_directories":["/x"]})", &json,
                             failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "plugin_directories");
  CHECK(json == nullptr);
}

}  // namespace freshet::capi_test
