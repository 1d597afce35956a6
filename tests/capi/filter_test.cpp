// Filters, whoever tests them: the store, the library, or each a part.
#include <algorithm>

#include "tests/capi/site.hpp"

using namespace freshet::capi_test;

namespace {

// A site of pages that one store holds.
struct FilteredSite : Site {
  explicit FilteredSite(const char* name, int pages = 3) : Site(pages, with_fixtures) {
    run({{"store", name}, {"embedder", nullptr}});
  }

  struct Found {
    std::vector<std::string> pages;  // sorted
    std::uint32_t ended_after = 0;
    Json json;
  };
  Found found(const Json& filter, int limit = 10) const {
    const std::string options = Json{{"mode", "text"}, {"limit", limit}, {"filter", filter}}.dump();
    freshet_hits* hits = nullptr;
    REQUIRE_OK(
        freshet_query_run(store.repository, "rivers", options.c_str(), nullptr, &hits, out_error));
    Found all;
    for (std::size_t i = 0; i < freshet_hits_count(hits); ++i) {
      freshet_hit hit = FRESHET_HIT_INIT;
      REQUIRE_OK(freshet_hits_get(hits, i, &hit, out_error));
      const std::string uri = hit.uri;
      all.pages.push_back(uri.substr(uri.rfind('/') + 1));
    }
    std::sort(all.pages.begin(), all.pages.end());
    all.ended_after = freshet_hits_ended_after(hits);
    char* json = nullptr;
    REQUIRE_OK(freshet_hits_to_json(hits, &json, out_error));
    all.json = Json::parse(take(json));
    freshet_hits_free(hits);
    return all;
  }
};

}  // namespace

TEST_CASE("a filter finds the same rows, whoever tests it", "[FT1]") {
  const FilteredSite sqlite("sqlite"), none("no_filters"), some("good");
  const Json filters[] = {
      Json::object(),
      {{"uri", {{"$ends_with", "page1.md"}}}},
      {{"title", "Page 2"}},
      {{"title", {{"$in", {"Page 0", "Page 2", "Page 9"}}}}},
      {{"$not", {{"title", {{"$icontains", "PAGE 1"}}}}}},
      {{"missing", 1}},
      {{"missing", {{"$ne", 1}}}, {"title", {{"$like", "[01]$"}}}},
      {{"$or", {{{"title", "Page 0"}}, {{"uri", {{"$contains", "page2"}}}}}}},
  };
  for (const Json& filter : filters) {
    INFO(filter.dump());
    const auto wanted = sqlite.found(filter).pages;
    CHECK(none.found(filter).pages == wanted);
  }
  CHECK(sqlite.found({{"title", "Page 2"}}).pages == std::vector<std::string>{"page2.md"});
  // The store tests "eq", of metadata alone in this fixture, and the library the rest.
  CHECK(some.found({{"missing", {{"$ne", 1}}}}).pages.size() == 3);
}

TEST_CASE("the library looks through as many rows as it takes", "[FT1]") {
  const FilteredSite site("no_filters", 130);
  const auto all = site.found({{"title", {{"$like", "^Page 1.9$"}}}}, 5);
  CHECK(all.pages == std::vector<std::string>{"page109.md", "page119.md", "page129.md"});
  CHECK(all.ended_after == 0);
  CHECK(all.json["ended_after"] == 0);
  CHECK(site.found(Json::object(), 7).pages.size() == 7);
  CHECK(freshet_hits_ended_after(nullptr) == 0);
}

TEST_CASE("a search that a filter holds up ends, and says after how many rows") {
  const FilteredSite site("endless");
  const auto none = site.found({{"title", "None has this title"}});
  CHECK(none.pages.empty());
  CHECK(none.ended_after == 10'000);
  CHECK(none.json["ended_after"] == 10'000);
}

TEST_CASE("a wrong filter is refused before any store is asked") {
  Store store;  // to which nothing was delivered: there is no store
  freshet_hits* hits = nullptr;
  Failure failure;
  CHECK(freshet_query_run(store.repository, "x", R"({"filter":{"a":{"$startswith":"b"}}})", nullptr,
                          &hits, failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "filter.a.$startswith");
  CHECK(failure.message() == "is not a known operator; the nearest is \"$starts_with\"");
  const float vector[] = {1};
  CHECK(freshet_query_vector(store.repository, vector, 1, R"({"filter":{"a":null}})", nullptr,
                             &hits, failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "filter.a");
}

TEST_CASE("a store that lists in any order is verified and repaired", "[V05]") {
  Site site(20, with_fixtures);
  site.run({{"store", "any_order"}, {"embedder", nullptr}});
  site.check();
  char* json = nullptr;
  REQUIRE_OK(freshet_store_repair(site.store.repository, nullptr, &json, out_error));
  CHECK(Json::parse(take(json))["in_step"] == true);

  Site loops(3, with_fixtures);
  loops.run({{"store", "overlaps"}, {"embedder", nullptr}});
  REQUIRE_OK(freshet_store_verify(loops.store.repository, nullptr, nullptr, &json, out_error));
  const Json report = Json::parse(take(json));
  CHECK(report["in_step"] == false);
  CHECK(report["duplicates"] > 0);
  CHECK(report["missing"] == 0);
}
