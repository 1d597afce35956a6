// What a loader keeps from one listing to the next, and what it says beside the bytes: its state,
// handles and metadata, seen from outside. The loader reads a script; see the fixture.
#include <algorithm>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

constexpr int part = 0, unchanged = 2, changes = 3;

class ScriptedSource {
 public:
  explicit ScriptedSource(int count = 3) {
    for (int i = 0; i < count; ++i) {
      const std::string uri = uri_of(i);
      entries.push_back({{"uri", uri}, {"handle", "h" + std::to_string(i)}});
      pages[uri] = {{"text", "# Page\n\nPage number " + std::to_string(i) + " on rivers."},
                    {"version", "1"}};
    }
  }
  static std::string uri_of(int number) { return "script:/" + std::to_string(number); }

  // The report of a run in which the loader finds `listing`, by default a whole one.
  Json run(Json listing = Json::object(), const Json& more = Json::object(),
           const freshet_policy* policy = nullptr) {
    if (!listing.contains("entries")) listing["entries"] = entries;
    listing["pages"] = pages;
    Json config = more;
    config["sources"] = {source(config.value("filter", ""))};
    config.erase("filter");
    site.store.folder.write("script", listing.dump());
    std::filesystem::remove(site.store.folder.path("script.asked"));
    return site.run(config, policy);
  }
  // Nothing is listed in it.
  Json say(int kind, Json listing = Json::object(), const Json& more = Json::object()) {
    listing["kind"] = kind;
    if (!listing.contains("entries")) listing["entries"] = Json::array();
    return run(listing, more);
  }
  // What the loader was asked in the last run that asked it anything.
  std::vector<std::string> asked() const {
    std::ifstream lines(site.store.folder.path("script.asked"));
    std::vector<std::string> all;
    for (std::string line; std::getline(lines, line);) all.push_back(line);
    return all;
  }
  // The same, where several threads ask.
  std::vector<std::string> asked_in_order() const {
    std::vector<std::string> all = asked();
    std::sort(all.begin(), all.end());
    return all;
  }
  std::string listed_since() const { return asked().empty() ? "nothing" : asked().front(); }
  Json source(const std::string& filter) const {
    Json options = {{"script", site.store.folder.path("script")}};
    if (!filter.empty()) options["filter"] = filter;
    Json made = {{"loader", "scripted"}, {"options", options}};
    if (!list_every.empty()) made["list_every"] = list_every;
    return made;
  }
  // Of the chunk that answers best.
  Json metadata_of(const std::string& question) const {
    freshet_hits* hits = nullptr;
    REQUIRE_OK(freshet_query_run(site.store.repository, question.c_str(), R"({"mode":"text"})",
                                 nullptr, &hits, out_error));
    REQUIRE(freshet_hits_count(hits) > 0);
    freshet_hit hit = FRESHET_HIT_INIT;
    REQUIRE_OK(freshet_hits_get(hits, 0, &hit, out_error));
    const Json metadata = Json::parse(hit.metadata);
    freshet_hits_free(hits);
    return metadata;
  }
  std::string title_of(int number) const {
    freshet_root* root = nullptr;
    REQUIRE_OK(freshet_repository_find_root(site.store.repository, uri_of(number).c_str(), &root,
                                            out_error));
    freshet_root_info info = FRESHET_ROOT_INFO_INIT;
    REQUIRE_OK(freshet_root_get(root, &info, out_error));
    const std::string title = info.title;
    freshet_root_free(root);
    return title;
  }

  Site site{0, with_fixtures};
  std::string list_every;
  Json entries = Json::array(), pages = Json::object();
};

const Json hourly = {{"policy", {{"ttl", "1h"}}}};

}  // namespace

TEST_CASE("a listing is given the state of the last one, as long as it is the same source") {
  ScriptedSource source;
  CHECK(source.run({{"state", "s1"}})["refreshed"] == 3);
  CHECK(source.listed_since() == "list -");
  CHECK(source.run({{"state", "s2"}})["sources"][0]["kind"] == "whole");
  CHECK(source.listed_since() == "list s1");
  source.run({{"state", "s3"}}, {{"force", true}});
  CHECK(source.listed_since() == "list -");
  source.run({{"state", "s4"}}, {{"dry_run", true}});
  CHECK(source.listed_since() == "list -");
  source.run({{"state", "s5"}});
  CHECK(source.listed_since() == "list s3");
  source.run({{"state", "s6"}}, {{"filter", "another"}});  // other options
  CHECK(source.listed_since() == "list -");
  source.run({{"state", "s7"}});
  CHECK(source.listed_since() == "list -");
  source.run();  // gives none
  CHECK(source.listed_since() == "list s7");
  source.run();
  CHECK(source.listed_since() == "list -");
}

TEST_CASE("other options begin from nothing, even after a listing with them that failed") {
  ScriptedSource source;
  source.run({{"state", "s1"}});
  source.run({{"failure", "no"}}, {{"filter", "another"}});
  CHECK(source.listed_since() == "list -");
  source.run({}, {{"filter", "another"}});
  CHECK(source.listed_since() == "list -");
}

TEST_CASE("an unchanged listing removes nothing, keeps its state, and fetches what is due") {
  ScriptedSource source;
  source.run({{"state", "s1"}});
  source.pages[ScriptedSource::uri_of(1)] = {{"text", "# Page\n\nOn canals."}, {"version", "2"}};
  const Json report = source.say(unchanged);
  CHECK(report["sources"][0]["kind"] == "unchanged");
  CHECK(report["sources"][0]["complete"] == true);
  CHECK(report["exit_code"] == 0);
  CHECK(report["removed"] == 0);
  CHECK(report["held"] == 0);
  CHECK(report["listed"] == 3);
  CHECK(report["refreshed"] == 1);
  CHECK(report["unchanged"] == 2);
  CHECK(source.site.store.info().documents == 3);
  source.say(unchanged, {{"state", "s2"}});
  CHECK(source.listed_since() == "list s1");
  source.say(unchanged);
  CHECK(source.listed_since() == "list s2");
  source.site.check();
}

TEST_CASE("an unchanged listing counts as one, and stands") {
  ScriptedSource source;
  const Json day = {{"policy", {{"ttl", "24h"}}}};
  source.run({{"state", "s1"}}, day);
  source.list_every = "0s";
  source.run({{"state", "s1"}}, day);
  Json report = source.say(unchanged, {}, day);
  CHECK(source.listed_since() == "list s1");
  CHECK(report["sources"][0]["kind"] == "unchanged");
  CHECK(report["skipped"] == 3);
  CHECK(report["removed"] == 0);
  CHECK(report["held"] == 0);
  CHECK(source.site.store.info().documents == 3);
  source.list_every = "24h";
  report = source.say(unchanged, {}, day);
  CHECK(report["sources"][0]["listed"] == false);
  CHECK(report["skipped"] == 3);
}

TEST_CASE("changes bring what is new and take what is gone; what they do not name stays") {
  ScriptedSource source(10);
  source.list_every = "0s";
  source.run({{"state", "s1"}}, hourly);
  source.pages["script:/new"] = {{"text", "# New\n\nOn canals."}};
  const Json report = source.say(changes,
                                 {{"entries", {{{"uri", "script:/new"}}}},
                                  {"gone", {"script:/3", "script:/stranger"}},
                                  {"state", "s2"}},
                                 hourly);
  CHECK(report["refreshed"] == 1);
  CHECK(report["removed"] == 1);
  CHECK(report["listed"] == 10);
  CHECK(report["skipped"] == 9);
  CHECK(source.site.store.exists("script:/new"));
  CHECK_FALSE(source.site.store.exists("script:/3"));
  CHECK(source.site.store.info().documents == 10);
  source.say(unchanged, {}, hourly);
  CHECK(source.listed_since() == "list s2");
  source.site.check();
}

TEST_CASE("what changes call gone goes through the guard, and is called so again") {
  ScriptedSource source(10);
  source.run({{"state", "s1"}});
  const Json gone = {
      {"gone", {"script:/0", "script:/1", "script:/2"}}, {"state", "s2"}, {"kind", changes}};
  Json report = source.say(changes, gone);
  CHECK(report["held"] == 3);
  CHECK(report["removed"] == 0);
  CHECK(source.site.store.info().documents == 10);
  report = source.say(changes, gone);
  CHECK(source.listed_since() == "list s1");  // not ahead of what is here
  CHECK(report["held"] == 3);
  report = source.say(changes, gone, {{"accept_shrink", true}});
  CHECK(source.listed_since() == "list s1");
  CHECK(report["removed"] == 3);
  CHECK(source.site.store.info().documents == 7);
  source.say(unchanged);
  CHECK(source.listed_since() == "list s2");
  source.site.check();
}

TEST_CASE("what a listing both names and calls gone stays") {
  ScriptedSource source;
  source.run({{"state", "s1"}});
  const Json report =
      source.say(changes, {{"entries", {source.entries[1]}}, {"gone", {"script:/1"}}});
  CHECK(report["removed"] == 0);
  CHECK(source.site.store.exists("script:/1"));
}

TEST_CASE("a listing that failed, or is a part, removes nothing and keeps the older state") {
  ScriptedSource source;
  source.run({{"state", "s1"}});
  source.say(changes, {{"gone", {"script:/1"}}, {"state", "s2"}, {"failure", "cut off"}});
  source.say(part, {{"gone", {"script:/1"}}, {"state", "s2"}});
  CHECK(source.listed_since() == "list s1");
  source.say(unchanged);
  CHECK(source.listed_since() == "list s1");
  CHECK(source.site.store.info().documents == 3);
}

TEST_CASE("a page that failed is fetched again by its handle, with no listing that names it") {
  ScriptedSource source;
  source.pages[ScriptedSource::uri_of(2)] = {{"failure", "cut off"}};
  CHECK(source.run({{"state", "s1"}})["failed"] == 1);
  source.pages[ScriptedSource::uri_of(2)] = {{"text", "# Page\n\nOn canals."}};
  Json report = source.site.run(
      {{"sources", {source.source("")}}, {"only", {{"roots", {ScriptedSource::uri_of(2)}}}}});
  CHECK(source.asked().back() == "fetch script:/2 h2 -");
  report = source.say(unchanged);
  CHECK(source.listed_since() == "list s1");  // its failure is recorded: nothing is lost
  CHECK(report["failed"] == 0);
}

TEST_CASE("a page that is given up without a record holds the state back") {
  ScriptedSource source;
  source.run({{"state", "s1"}});
  source.pages["script:/new"] = {{"cancelled", true}};
  const Json added = {{"entries", {{{"uri", "script:/new"}}}}, {"state", "s2"}};
  source.say(changes, added);
  source.pages["script:/new"] = {{"text", "# New\n\nOn canals."}};
  CHECK(source.say(changes, added)["refreshed"] == 1);
  CHECK(source.listed_since() == "list s1");
  source.say(unchanged);
  CHECK(source.listed_since() == "list s2");
}

TEST_CASE("a page that a whole listing took away is not lost to a state that was held back") {
  ScriptedSource source;
  source.run({{"state", "s1"}});
  source.pages["script:/new"] = {{"cancelled", true}};
  const Json wrong = {source.entries[0], source.entries[1], {{"uri", "script:/new"}}};
  CHECK(source.run({{"entries", wrong}, {"state", "s2"}})["removed"] == 1);
  CHECK_FALSE(source.site.store.exists("script:/2"));
  source.run({{"state", "s3"}});
  CHECK(source.listed_since() == "list -");  // and not s1, since when nothing has changed
  CHECK(source.site.store.exists("script:/2"));
}

TEST_CASE("a page that the policy declines before it is known is named again") {
  ScriptedSource source;
  freshet_custom_policy functions = FRESHET_CUSTOM_POLICY_INIT;
  functions.decide = [](void*, const freshet_known* known, std::int64_t,
                        freshet_decision* out) -> freshet_status {
    out->refresh = std::string_view(known->uri).ends_with("/1") ? 0 : 1;
    return FRESHET_OK;
  };
  freshet_policy* policy = nullptr;
  REQUIRE_OK(freshet_policy_custom(&functions, &policy, out_error));
  for (int i = 0; i < 2; ++i) {
    source.run({{"state", "s1"}}, Json::object(), policy);
    CHECK(source.listed_since() == "list -");
  }
  freshet_policy_free(policy);
}

TEST_CASE("a handle comes back in a run that lists nothing, as it was said last") {
  ScriptedSource source;
  source.run({{"state", "s1"}});
  source.say(unchanged);
  CHECK(source.asked_in_order() == std::vector<std::string>{"fetch script:/0 h0 1",
                                                            "fetch script:/1 h1 1",
                                                            "fetch script:/2 h2 1", "list s1"});
  source.entries[1]["handle"] = "another";
  source.say(changes, {{"entries", {source.entries[1]}}, {"state", "s2"}});
  source.say(unchanged);
  const auto asked = source.asked();
  CHECK(std::count(asked.begin(), asked.end(), "fetch script:/1 another 1") == 1);
}

TEST_CASE("a document takes what its reader did not find from its content, and then its entry") {
  ScriptedSource source(1);
  source.entries[0]["title"] = "Listed";
  source.entries[0]["metadata"] = {{"author", "Ann"}, {"labels", {"a"}}, {"lang", "en"}};
  source.pages[ScriptedSource::uri_of(0)] = {{"text", "---\nauthor: Bea\n---\n\nOn rivers.\n"},
                                             {"metadata", {{"author", "Cleo"}, {"lang", "fr"}}}};
  source.run();
  const Json metadata = source.metadata_of("rivers");
  CHECK(metadata["author"] == "Bea");
  CHECK(metadata["lang"] == "fr");
  CHECK(metadata["labels"] == Json::array({"a"}));
  CHECK(source.title_of(0) == "Listed");
  source.pages[ScriptedSource::uri_of(0)]["title"] = "Fetched";
  source.run();
  CHECK(source.title_of(0) == "Fetched");
  source.pages[ScriptedSource::uri_of(0)]["text"] = "# Found\n\nOn rivers.\n";
  source.run();
  CHECK(source.title_of(0) == "Found");
  source.site.check();
}

TEST_CASE("metadata that changes alone reaches the store, and nothing is embedded for it") {
  ScriptedSource source;
  source.entries[1]["version"] =
      "1";  // equal to that of the page: it is not fetched for its own sake
  source.run({{"state", "s1"}});
  source.entries[1]["metadata"] = {{"labels", {"new"}}};
  Json report = source.say(changes, {{"entries", {source.entries[1]}}, {"state", "s2"}});
  CHECK(report["refreshed"] == 1);
  CHECK(report["unchanged"] == 2);
  CHECK(report["embedded"]["texts"] == 0);
  CHECK(report["chunks"]["updated"] == 1);
  CHECK(report["delivered"]["upserts"] == 1);
  CHECK(source.metadata_of("number 1")["labels"] == Json::array({"new"}));
  source.site.check();
  // Of the content alone, with the same bytes.
  auto& page = source.pages[ScriptedSource::uri_of(2)];
  page["version"] = "2";
  page["metadata"] = {{"author", "Ann"}};
  report = source.say(unchanged);
  CHECK(report["refreshed"] == 1);
  CHECK(report["embedded"]["texts"] == 0);
  CHECK(source.metadata_of("number 2")["author"] == "Ann");
  CHECK(source.metadata_of("number 1")["labels"] == Json::array({"new"}));
  CHECK(source.say(unchanged)["unchanged"] == 3);
  source.site.check();
}

TEST_CASE("what a listing says of a page that is fresh is there when it is fetched next") {
  ScriptedSource source(2);
  source.list_every = "0s";
  source.run({}, hourly);
  source.entries[0]["metadata"] = {{"labels", {"new"}}};
  source.entries[1]["handle"] = "another";
  CHECK(source.run({}, hourly)["skipped"] == 2);
  source.run({}, {{"only", {{"roots", {"script:/1"}}}}});
  CHECK(source.asked() == std::vector<std::string>{"fetch script:/1 another 1"});
  const Json only = {{"roots", {"script:/0"}}};
  CHECK(source.run({}, {{"only", only}})["refreshed"] == 1);
  CHECK(source.asked() == std::vector<std::string>{"fetch script:/0 h0 -"});
  CHECK(source.metadata_of("number 0")["labels"] == Json::array({"new"}));
}

TEST_CASE("a root that its source lost otherwise than by its listing is listed again") {
  ScriptedSource source(10);
  source.run({{"state", "s1"}});
  REQUIRE_OK(freshet_repository_delete_root_and_descendants(source.site.store.repository,
                                                            "script:/1", nullptr, out_error));
  source.run({{"state", "s2"}});
  CHECK(source.listed_since() == "list -");
  CHECK(source.site.store.exists("script:/1"));
  source.pages[ScriptedSource::uri_of(2)] = {{"gone", true}};
  CHECK(source.run({{"state", "s3"}})["removed"] == 1);
  CHECK(source.listed_since() == "list s2");
  source.run();
  CHECK(source.listed_since() == "list -");
}

TEST_CASE("with another name goes what it alone named, by the next whole listing") {
  ScriptedSource source(10);
  auto& page = source.pages[ScriptedSource::uri_of(1)];
  page["canonical"] = "script:/target";
  source.run({{"state", "s1"}});
  CHECK(source.site.store.exists("script:/target"));
  source.say(changes, {{"gone", {"script:/1"}}, {"state", "s2"}});
  source.entries.erase(1);
  source.run({{"state", "s3"}});
  CHECK(source.listed_since() == "list -");
  CHECK_FALSE(source.site.store.exists("script:/target"));
  source.site.check();
}

}  // namespace freshet::capi_test
