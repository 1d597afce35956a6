// The store on the real server that FRESHET_CHROMA_URL names; tests/e2e/test_chroma.py starts one.
#include <cstdlib>

#include "core/conformance/bench.hpp"
#include "core/host/library.hpp"
#include "core/net/client.hpp"
#include "tests/core/host/support.hpp"
#include "tests/plugins/store_sqlite/support.hpp"
#include "tests/support/filter_cases.hpp"

namespace {

using namespace freshet;
using testing::Json;

struct Server {
  Server() {
    const char* url = std::getenv("FRESHET_CHROMA_URL");
    REQUIRE(url != nullptr);
    options["url"] = url;
  }
  base::Result<std::unique_ptr<ports::Store>> open(Json more = Json::object()) {
    more.update(options);
    FRESHET_ASSIGN(const Json all,
                   plugins.complete_options(host::Kind::store, "chroma", more, "store"));
    return plugins.open_store("chroma", all);
  }

  Json options = Json::object();
  std::shared_ptr<ports::Http> http = net::make_client({}, ports::system_clock());
  conformance::Lines lines;
  host::Services services{
      http, ports::system_clock(),
      [this](int, std::string_view, std::string_view line) { lines.add(line); }};
  host::Plugins plugins{{testing::built_plugins()}, services};
};

struct Namespace : Server {
  explicit Namespace(const char* metric = "cosine") {
    auto opened = open({{"metric", metric}});
    INFO((opened ? "" : base::to_string(opened.error())));
    REQUIRE(opened);
    store = *std::move(opened);
    REQUIRE(store->reset("cases", {}));
    REQUIRE(store->ensure({"cases", 2, "m"}, {}));
  }
  ~Namespace() { static_cast<void>(store->reset("cases", {})); }
  Namespace(const Namespace&) = delete;
  Namespace& operator=(const Namespace&) = delete;

  base::Status put(const std::vector<testing::Row>& rows) {
    std::vector<ports::StoreRecord> records;
    for (const testing::Row& each : rows) {
      auto& record = records.emplace_back();
      record.id = each.id;
      record.digest = each.digest;
      record.text = each.text;
      record.uri = each.uri;
      record.title = each.title;
      record.url = each.url;
      record.path = each.path;
      record.metadata = each.metadata;
      record.vector = each.vector;
    }
    return store->upsert("cases", records, [](std::string_view) {}, {});
  }
  std::string found(ports::SearchMode mode, const std::string& text,
                    const std::string& filter = "") {
    ports::Search search;
    search.mode = mode;
    search.text = text;
    search.vector = direction;
    search.filter = filter;
    const auto hits = store->search("cases", search, {});
    INFO((hits ? "" : base::to_string(hits.error())));
    REQUIRE(hits);
    std::string all;
    for (const auto& hit : *hits) all += (all.empty() ? "" : "|") + hit.text;
    return all;
  }

  std::unique_ptr<ports::Store> store;
  std::vector<float> direction = {1, 0};
};

testing::Row row(const std::string& name, const std::string& text, std::vector<float> vector) {
  testing::Row made = testing::row(name, text);
  made.vector = std::move(vector);
  return made;
}

}  // namespace

TEST_CASE_METHOD(Server, "the cases of plugins check", "[.server]") {
  const auto manifest =
      host::read_manifest(host::manifest_path(testing::built_plugins() + "/store_chroma.so"));
  REQUIRE(manifest);
  const auto library = host::Library::load(*manifest);
  REQUIRE(library);
  const conformance::Subject subject{*library, *manifest, &manifest->provides.front()};
  for (const char* metric : {"cosine", "l2"}) {
    options["metric"] = metric;
    const auto all = plugins.complete_options(host::Kind::store, "chroma", options, "store");
    REQUIRE(all);
    for (const conformance::Check& check : conformance::store_checks()) {
      conformance::Bench bench(subject, *all, "", services, lines);
      check.run(bench);
      INFO(metric << ": " << check.name << ": " << bench.finding().detail);
      CHECK(bench.finding().verdict != host::Verdict::fail);
      const std::string name = check.name;
      const bool optional =
          name == "heeds_claims" || name == "replaces_namespaces" || name == "finds_no_damage";
      CHECK((bench.finding().verdict == host::Verdict::skip) == optional);
    }
  }
}

TEST_CASE_METHOD(Namespace, "the rows that pass a filter are found, whoever tests it",
                 "[.server]") {
  std::vector<testing::Row> rows;
  for (const auto& each : testing::filtered_rows) {
    rows.push_back(row(each.name, std::string("row ") + each.name, {1, 1}));
    rows.back().uri = each.uri;
    rows.back().title = each.title;
    rows.back().metadata = each.metadata;
  }
  REQUIRE(put(rows));
  int asked = 0;
  for (const auto& each : testing::filter_cases) {
    const auto filter = query::Filter::parse(Json::parse(each.filter));
    REQUIRE(filter);
    const auto [ours, rest] = filter->split(store->info().filter_operators);
    if (!rest.is_empty()) continue;  // the host's own
    ++asked;
    for (const auto mode : {ports::SearchMode::vector, ports::SearchMode::text}) {
      const std::string texts = found(mode, "row", ours.is_empty() ? "" : ours.text());
      std::string names;
      for (const auto& each_row : testing::filtered_rows)
        if (testing::mentions(texts, std::string("row ") + each_row.name)) names += each_row.name;
      INFO(each.filter);
      CHECK(names == each.passes);
    }
  }
  CHECK(asked > 20);
}

TEST_CASE_METHOD(Namespace, "a row that is written again keeps nothing of what it was",
                 "[.server]") {
  testing::Row one = row("a", "before", {1, 0});
  for (const char* metadata : {R"({"a":"x","b":["x","y"],"c":1,"d":{"e":1}})",
                               R"({"a":["x"],"b":"y","c":"1"})", R"({"a":true})", "{}"}) {
    one.metadata = metadata;
    one.text = std::string("now ") + metadata;
    one.title = metadata;
    REQUIRE(put({one}));
    const std::vector<std::string> ids = {one.id};
    const auto rows = store->get("cases", ids, {});
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    CHECK(rows->front().metadata == metadata);
    CHECK(rows->front().text == one.text);
  }
  CHECK(found(ports::SearchMode::vector, "", R"(["ne","a",true])") == "now {}");
  CHECK(found(ports::SearchMode::vector, "", R"(["eq","a",true])").empty());
  CHECK(found(ports::SearchMode::vector, "", R"(["nin","b",["x","y"]])") == "now {}");
}

TEST_CASE_METHOD(Namespace, "words are found whatever their case and end, and ranked",
                 "[.server]") {
  REQUIRE(put({row("a", "Decorators wrap functions; a decorator is a function", {1, 0}),
               row("b", "Functions, and nothing but functions", {0, 1}),
               row("c", "snake_case .* ( [ é", {1, 1})}));
  using enum ports::SearchMode;
  CHECK(
      found(text, "how to decorate a function") ==
      "Decorators wrap functions; a decorator is a function|Functions, and nothing but functions");
  CHECK(found(text, "é") == "snake_case .* ( [ é");
  CHECK(found(text, "snake_case").starts_with("snake_case"));
  CHECK(found(text, "absent").empty());
  CHECK(found(text, ".* ( [").empty());
  CHECK(found(vector, "") ==
        "Decorators wrap functions; a decorator is a function|snake_case .* ( [ é|"
        "Functions, and nothing but functions");
  direction = {0, 1};
  CHECK(found(hybrid, "functions").starts_with("Functions, and nothing"));
}

TEST_CASE("a score is the cosine, whatever the metric", "[.server]") {
  for (const char* metric : {"cosine", "l2", "ip"}) {
    INFO(metric);
    Namespace ns(metric);
    REQUIRE(
        ns.put({row("a", "same", {3, 0}), row("b", "across", {0, 2}), row("c", "away", {-1, 0})}));
    ports::Search search;
    search.mode = ports::SearchMode::vector;
    search.vector = ns.direction;
    const auto hits = ns.store->search("cases", search, {});
    REQUIRE(hits);
    REQUIRE(hits->size() == 3);
    CHECK((*hits)[0].score == Approx(1).margin(1e-5));
    CHECK((*hits)[1].score == Approx(0).margin(1e-5));
    CHECK((*hits)[2].score == Approx(-1).margin(1e-5));
  }
}

TEST_CASE_METHOD(Namespace, "a listing of many rows has each once", "[.server]") {
  std::vector<testing::Row> rows;
  for (int i = 0; i < 101; ++i) rows.push_back(row(std::to_string(i), "text", {1, 1}));
  REQUIRE(put(rows));
  rows.resize(50);
  REQUIRE(put(rows));  // again: they keep their places
  std::set<std::string> ids;
  for (const auto listing = store->list("cases", 10);;) {
    const auto page = listing->next({});
    REQUIRE(page);
    if (page->empty()) break;
    for (const auto& each : *page) CHECK(ids.insert(each.id).second);
  }
  CHECK(ids.size() == 101);
  CHECK(*store->count("cases", {}) == 101);
}
