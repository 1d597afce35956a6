// freshet.hpp, the C++ wrapper.
#include <freshet/freshet.hpp>

#include <atomic>
#include <memory>

#include "tests/capi/support.hpp"

namespace freshet::capi_test {

TEST_CASE("the wrapper throws what the C API says, with its subject") {
  const Folder folder;
  try {
    Repository repository(folder.path("r"), R"({"creat":true})");
    FAIL("it was opened");
  } catch (const Error& error) {
    CHECK(error.code() == FRESHET_E_INVALID_ARGUMENT);
    CHECK(error.subject() == "creat");
    CHECK(error.message() == "is not a known key; did you mean \"create\"?");
    CHECK(error.what() == std::string("creat: ") + error.message());
    CHECK_FALSE(error.is_transient());
  }
  CHECK_THROWS_AS(Document(std::string("a\0b", 3), "t"), Error);
}

TEST_CASE("the wrapper builds, writes, finds, and lets go of everything") {
  const Folder folder;
  Repository repository(folder.path("r"));
  Document document("https://example.org/a", "Alpha");
  const auto first = document.add_section(0, "One", 1, "First text.");
  document.add_section(first, "Two", 2, "Second text.");
  document.set_metadata(R"({"lang":"en"})");
  document.finish();
  CHECK(document.section_count() == 3);
  CHECK(document.text() == "One\nFirst text.\n\nTwo\nSecond text.");
  CHECK(Document::from_json(document.to_json()).to_json() == document.to_json());

  const freshet_write_result result = repository.write_document(document);
  CHECK(result.created == 1);
  CHECK(repository.exists_root("https://example.org/a"));
  CHECK_FALSE(repository.find_root("nothing").has_value());
  CHECK(repository.find_root("https://example.org/a")->uri() == "https://example.org/a");
  const auto chunks = repository.root_chunks("https://example.org/a");
  REQUIRE(chunks.has_value());
  std::size_t seen = 0;
  for (const freshet_chunk_info chunk : *chunks)
    seen += std::string(chunk.root_title) == "Alpha" ? 1 : 0;
  CHECK(seen == chunks->size());
  CHECK(repository.find_chunks({(*chunks)[0].id}).size() == 1);
  CHECK(repository.expand((*chunks)[0].id, 1, 1).size() >= 1);
  CHECK(repository.path_from_root((*chunks)[0].id).has_value());
  CHECK(repository.find_element((*chunks)[0].parent_id).has_value());
  CHECK(repository.read_document("https://example.org/a")->title() == "Alpha");
  int roots = 0;
  repository.each_root([&](const Root&) { return ++roots < 10; });
  CHECK(roots == 1);
  CHECK(Json::parse(repository.status())["roots"] == 1);
  CHECK(Json::parse(repository.check())["ok"] == true);
  CHECK(repository.delete_root_and_descendants("https://example.org/a").value_or(0) > 0);
  CHECK_FALSE(repository.delete_root_and_descendants("https://example.org/a").has_value());
}

TEST_CASE("the wrapper's custom policies are functions, and one that throws fails") {
  const Folder folder;
  Repository repository(folder.path("r"));
  const Policy by_name = Policy::custom([](const freshet_known& known, std::int64_t) {
    freshet_decision decision = FRESHET_DECISION_INIT;
    decision.refresh = std::string(known.uri) == "yes" ? 1 : 0;
    decision.ask_again_ms = FRESHET_NEVER;
    return decision;
  });
  CHECK(by_name.should_reread(repository, "yes"));
  CHECK_FALSE(by_name.should_reread(repository, "no"));
  const Policy broken = Policy::custom([](const freshet_known&, std::int64_t) -> freshet_decision {
    throw std::runtime_error("no idea");
  });
  try {
    broken.decide(repository, "x");
    FAIL("it did not fail");
  } catch (const Error& error) {
    CHECK(error.code() == FRESHET_E_POLICY_FAILED);
    CHECK(std::string(error.what()) == "x: the policy's decide failed: no idea");
  }
  CHECK(Policy::ttl(std::chrono::hours(24)).to_json() ==
        Policy::from_json(R"({"ttl":"24h"})").to_json());

  const Reader reader;
  const std::string path = folder.write("page.md", "# Page\n\nText.\n");
  const Policy always = Policy::always();
  const Policy selected =
      Policy::by_url([&](const std::string& uri) { return uri == "a" ? &always : nullptr; });
  const Policy matching = Policy::matching([](const std::string& uri) { return uri == "a"; });
  for (const Policy& each :
       {selected, Policy::any({selected, matching}),
        Policy::all({matching, Policy::ttl(std::chrono::hours(0))}), Policy::metadata()})
    CHECK(each.should_reread(repository, "a"));
  repository.trigger_root("a");
  CHECK(Policy::triggered().should_reread(repository, "a"));
  CHECK(repository.triggers(10).find("external trigger") != std::string::npos);
  CHECK(repository.trigger_prefix("no such prefix") == 0);
  freshet_business_hours hours = FRESHET_BUSINESS_HOURS_INIT;
  CHECK_THROWS_AS(Policy::business_hours(hours), Error);
  CHECK(Policy::never_existing().ingest_if_needed(repository, reader, path).has_value());
  CHECK_FALSE(Policy::never_existing().ingest_if_needed(repository, reader, path).has_value());
  CHECK(reader.read("Some text.", "u", "text/plain").section_count() == 1);
  CHECK(reader.read_file(path).title() == "Page");
}

TEST_CASE("the wrapper runs, follows and queries") {
  const Folder folder;
  folder.write("site/a.md", "# Rivers\n\nA river flows.\n");
  Repository repository(folder.path("r"));
  const std::string config = Json{
      {"sources", {{{"loader", "files"}, {"options", {{"path", folder.path("site")}}}}}},
      {"store", "sqlite"}}.dump();
  Refresh run = Refresh::start(repository, config);
  int events = 0;
  while (run.next_event()) ++events;
  run.wait();
  CHECK(run.wait_for(std::chrono::milliseconds(0)));
  CHECK(events > 2);
  CHECK(run.exit_code() == 0);
  CHECK(run.counts().refreshed == 1);
  CHECK(Json::parse(run.report())["refreshed"] == 1);
  const std::string named = Json{
      {"sources",
       {{{"loader", "files"},
         {"options", {{"path", folder.path("site")}}},
         {"policy", {{"custom", "once"}}}}}},
      {"store", "sqlite"}}.dump();
  const Policy once = Policy::never_existing();
  repository.name_policy("once", &once);
  const Refresh again = Refresh::run(repository, named);
  CHECK(again.counts().skipped == 1);
  const Hits hits = repository.query("river", R"({"mode":"text"})");
  REQUIRE(hits.size() == 1);
  CHECK(hits.ended_after() == 0);
  for (const freshet_hit hit : hits) CHECK(hit.title == std::string("Rivers"));
  CHECK(Json::parse(repository.verify_store())["in_step"] == true);
  CHECK(Plugins().size() > 0);
}

TEST_CASE("the wrapper serves, and has the accounts of past runs") {
  const Folder folder;
  folder.write("site/a.md", "# Rivers\n\nA river flows.\n");
  Repository repository(folder.path("r"));
  const auto config = [&](const char* schedule) {
    const Json source{{"name", "site"},
                      {"loader", "files"},
                      {"schedule", schedule},
                      {"options", {{"path", folder.path("site")}}}};
    return Json{{"sources", Json::array({source})}, {"store", "sqlite"}}.dump();
  };
  Service service(repository, config("6h"));
  service.start();
  const auto run_ended = [&] {
    while (const auto event = service.next_event(std::chrono::seconds(60)))
      if (event->kind == FRESHET_EVENT_RUN_ENDED) return true;
    return false;
  };
  CHECK(run_ended());
  service.trigger("site");
  CHECK(run_ended());
  service.trigger_all();
  CHECK(run_ended());
  service.reload(config("7h"));
  CHECK_THROWS_AS(service.reload(config("7")), Error);
  CHECK_THROWS_AS(service.trigger("sight"), Error);
  service.stop(std::chrono::seconds(60));
  CHECK_FALSE(run_ended());
  CHECK(Json::parse(service.statistics())["runs"]["ended"] == 3);
  const Json runs = Json::parse(repository.runs(2))["runs"];
  REQUIRE(runs.size() == 2);
  const auto id = runs[0]["id"].get<std::uint64_t>();
  CHECK(Json::parse(repository.runs(9, id))["runs"].size() == 2);
  CHECK(Json::parse(repository.run(id))["failures"].empty());
  CHECK_THROWS_AS(repository.run(id + 1), Error);
}

TEST_CASE("the wrapper embeds, searches by vector, walks roots, lists and drops") {
  const Folder folder;
  folder.write("site/a.md", "# Rivers\n\nA river flows.\n");
  Repository repository(folder.path("r"));
  const std::string config = Json{
      {"sources", {{{"loader", "files"}, {"options", {{"path", folder.path("site")}}}}}},
      {"embedder", "hash"}}.dump();
  CHECK(Json::parse(check_config(&repository, config))["ok"] == true);
  CHECK(Json::parse(check_config(nullptr, R"({"jobs":0})"))["problems"][0]["at"] == "jobs");
  Refresh run = Refresh::run(repository, config);
  CHECK(run.event_descriptor() >= 0);
  int roots = 0;
  while (const auto root = run.next_root()) roots += root->outcome == FRESHET_OUTCOME_REFRESHED;
  CHECK(roots == 1);
  const Vectors vectors = repository.embed({"A river flows."}, FRESHET_PURPOSE_QUERY);
  REQUIRE(vectors.size() == 1);
  CHECK(vectors[0].size() == vectors.dimension());
  CHECK_FALSE(vectors.model().empty());
  CHECK(repository.query_vector(vectors[0]).size() == 1);
  CHECK_THROWS_AS(repository.query_vector({1, 2}), Error);
  set_log(nullptr);
  CHECK(Json::parse(repository.namespaces())["namespaces"].size() == 1);
  repository.drop_namespace("default");
  CHECK_THROWS_AS(repository.status(), Error);
}

TEST_CASE("the wrapper's limits stop what they are given to") {
  const Folder folder;
  Repository repository(folder.path("r"));
  const Cancel cancel;
  cancel.request();
  try {
    repository.check({cancel, std::chrono::milliseconds(-1), {}});
    FAIL("it was not stopped");
  } catch (const Error& error) {
    CHECK(error.code() == FRESHET_E_CANCELLED);
  }
  Limits limits;
  limits.timeout = std::chrono::milliseconds(0);
  CHECK_THROWS_AS(Refresh::run(repository, "{}", nullptr, limits), Error);
}

TEST_CASE(
    "what a run of the wrapper calls lives until the run has ended, also when it is replaced") {
  const Folder folder;
  Repository repository(folder.path("r"));
  std::atomic<bool> ended{false};
  std::atomic<int> gone_too_early{0};
  const auto listen = [&] {
    // Let go of when the last copy of the function is.
    const std::shared_ptr<int> kept(new int(0), [&](const int* each) {
      if (!ended) ++gone_too_early;
      delete each;
    });
    Limits limits;
    limits.on_event = [&ended, kept](const freshet_event& event) {
      if (event.kind == FRESHET_EVENT_RUN_ENDED) ended = true;
    };
    return limits;
  };
  Refresh run = Refresh::start(repository, "{}", nullptr, listen());
  run = Refresh::run(repository, "{}");
  CHECK(ended);
  CHECK(gone_too_early == 0);
}

}  // namespace freshet::capi_test
