// Answers for a reader with little room: neighbours, sections, several queries, and a number of tokens.
#include "tests/capi/site.hpp"

using namespace freshet::capi_test;

namespace {

// A guide of three sections, the second of which is too long for one chunk.
struct Guide : Site {
  Guide() : Site(0) {
    std::string harbour;
    for (int i = 0; i < 12; ++i)
      harbour += "Harbour sentence " + std::to_string(i) + " is about mooring at number " +
                 std::to_string(i) + ". ";
    store.folder.write("site/guide.md",
                       "# Guide\n\n## Rivers\n\nA river runs to the sea.\n\n## Harbours\n\n" +
                           harbour + "\n\n## Ferries\n\nA ferry crosses the river.\n");
    run({{"chunker", {{"max_chunk_size", 200}, {"overlap_size", 40}}}});
  }
  Json hits(const std::string& text, Json options) const {
    options.update({{"mode", "text"}});
    freshet_hits* hits = nullptr;
    REQUIRE_OK(freshet_query_run(store.repository, text.c_str(), options.dump().c_str(), nullptr,
                                 &hits, out_error));
    char* json = nullptr;
    REQUIRE_OK(freshet_hits_to_json(hits, &json, out_error));
    const Json found = Json::parse(take(json))["hits"];
    CHECK(found.size() == freshet_hits_count(hits));
    for (std::size_t i = 0; i < found.size(); ++i) {
      freshet_hit hit = FRESHET_HIT_INIT;
      REQUIRE_OK(freshet_hits_get(hits, i, &hit, out_error));
      CHECK(found[i].value("context", "") == hit.context);
      CHECK(found[i].value("tokens", std::uint64_t{0}) == hit.tokens);
      CHECK(found[i]["query"] == hit.query);
    }
    freshet_hits_free(hits);
    return found;
  }
  freshet_status refused(const Json& options, Failure& failure) const {
    freshet_hits* hits = nullptr;
    return freshet_query_run(store.repository, "river", options.dump().c_str(), nullptr, &hits,
                             failure.out());
  }
};

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

}  // namespace

TEST_CASE("a hit comes with its neighbours, and nothing is said twice") {
  const Guide guide;
  const Json alone = guide.hits("mooring 5", {{"limit", 1}});
  CHECK_FALSE(alone[0].contains("context"));
  const std::string wide = guide.hits("mooring 5", {{"limit", 1}, {"expand", 1}})[0]["context"];
  CHECK(wide.size() > alone[0]["text"].get<std::string>().size());
  const std::string all = guide.hits("mooring 5", {{"limit", 1}, {"expand", 50}})[0]["context"];
  for (int i = 0; i < 12; ++i)
    CHECK(times(all, "Harbour sentence " + std::to_string(i) + " ") == 1);
  CHECK(all.find("A river runs") != std::string::npos);
  CHECK(all.find("A ferry crosses") != std::string::npos);
}

TEST_CASE("a hit comes with its section, once for all hits of it") {
  const Guide guide;
  CHECK(guide.hits("mooring", {{"limit", 10}}).size() > 1);
  const Json hits = guide.hits("mooring", {{"limit", 10}, {"section", true}});
  REQUIRE(hits.size() == 1);
  const std::string section = hits[0]["context"];
  CHECK(times(section, "Harbour sentence") == 12);
  CHECK(section.find("ferry") == std::string::npos);
}

TEST_CASE("several queries share a number of tokens, the best of each first") {
  const Guide guide;
  const Json options = {{"limit", 3}, {"also", {"mooring"}}};
  const Json all = guide.hits("ferry", options);
  REQUIRE(all.size() >= 3);
  CHECK(all[0]["query"] == 0);
  CHECK(all[1]["query"] == 1);
  Json cut = options;
  const auto bytes = [](const Json& hit) { return hit["text"].get<std::string>().size(); };
  cut["max_tokens"] = (bytes(all[0]) + 3) / 4 + (bytes(all[1]) + 3) / 4;
  const Json few = guide.hits("ferry", cut);
  REQUIRE(few.size() >= 2);
  std::uint64_t tokens = 0;
  for (const Json& hit : few) tokens += hit["tokens"].get<std::uint64_t>();
  CHECK(tokens <= cut["max_tokens"].get<std::uint64_t>());
  CHECK(few[0]["chunk_id"] == all[0]["chunk_id"]);
  CHECK(few[1]["chunk_id"] == all[1]["chunk_id"]);
  cut["max_tokens"] = 1;
  CHECK(guide.hits("ferry", cut).empty());
}

TEST_CASE("what cannot be gathered is refused, and named") {
  const Guide guide;
  Failure failure;
  CHECK(guide.refused({{"expand", 1}, {"section", true}}, failure) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "section");
  CHECK(guide.refused({{"also", {""}}}, failure) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "also");
  CHECK(guide.refused({{"tokenizer", "cl100k_base"}}, failure) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "max_tokens");
  CHECK(guide.refused({{"max_tokens", 0}}, failure) == FRESHET_E_INVALID_ARGUMENT);
}

TEST_CASE("where nothing was delivered yet nothing is found") {
  const Site site(0);
  freshet_hits* hits = nullptr;
  REQUIRE_OK(freshet_query_run(site.store.repository, "river", nullptr, nullptr, &hits, out_error));
  CHECK(freshet_hits_count(hits) == 0);
  freshet_hits_free(hits);
}
