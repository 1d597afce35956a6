// tests/support/store_on_server.hpp - a store that is on a server which an end-to-end test has started: opened,
// with a namespace of its own, and what holds for every such store.
#pragma once

#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/conformance/bench.hpp"
#include "core/host/check.hpp"
#include "core/host/library.hpp"
#include "core/net/client.hpp"
#include "core/query/filter.hpp"
#include "tests/core/host/support.hpp"
#include "tests/plugins/store_sqlite/support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/filter_cases.hpp"

namespace freshet::testing {

struct OnServer {
  // `variable` of the environment has the URL, which goes into `option`.
  OnServer(std::string name, const char* variable, const char* option)
      : store_name(std::move(name)) {
    const char* url = std::getenv(variable);
    REQUIRE(url != nullptr);
    options[option] = url;
  }
  base::Result<Json> complete(Json more = Json::object()) const {
    more.update(options);
    return plugins.complete_options(host::Kind::store, store_name, more, "store");
  }
  base::Result<std::unique_ptr<ports::Store>> open(Json more = Json::object()) {
    FRESHET_ASSIGN(const Json all, complete(std::move(more)));
    return plugins.open_store(store_name, all);
  }

  // The cases of `plugins check`; `not_offered` are those that the store skips.
  void check_contract(const Json& more, const std::set<std::string>& not_offered) {
    const auto all = complete(more);
    REQUIRE(all);
    const std::string plugin = built_plugins() + "/store_" + store_name + ".so";
    const auto manifest = host::read_manifest(host::manifest_path(plugin));
    REQUIRE(manifest);
    const auto library = host::Library::load(*manifest);
    REQUIRE(library);
    const conformance::Subject subject{*library, *manifest, &manifest->provides.front()};
    for (const conformance::Check& check : conformance::store_checks()) {
      conformance::Bench bench(subject, *all, "", services, lines);
      check.run(bench);
      INFO(more.dump() << ": " << check.name << ": " << bench.finding().detail);
      CHECK(bench.finding().verdict != host::Verdict::fail);
      CHECK((bench.finding().verdict == host::Verdict::skip) == not_offered.contains(check.name));
    }
  }

  std::string store_name;
  Json options = Json::object();
  std::shared_ptr<ports::Http> http = net::make_client({}, ports::system_clock());
  conformance::Lines lines;
  host::Services services{
      http, ports::system_clock(),
      [this](int, std::string_view, std::string_view line) { lines.add(line); }};
  host::Plugins plugins{{built_plugins()}, services};
};

// The namespace "cases" on `server`, of vectors of two numbers.
class NamespaceOnServer {
 public:
  explicit NamespaceOnServer(OnServer& server, const Json& more = Json::object()) {
    auto opened = server.open(more);
    INFO((opened ? "" : base::to_string(opened.error())));
    REQUIRE(opened);
    store = *std::move(opened);
    REQUIRE(store->reset("cases", {}));
    REQUIRE(store->ensure({"cases", 2, "m"}, {}));
  }
  ~NamespaceOnServer() { static_cast<void>(store->reset("cases", {})); }
  NamespaceOnServer(const NamespaceOnServer&) = delete;
  NamespaceOnServer& operator=(const NamespaceOnServer&) = delete;

  base::Status put(const std::vector<Row>& rows) {
    std::vector<ports::StoreRecord> records;
    for (const Row& each : rows) {
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
  std::vector<ports::Hit> search(ports::SearchMode mode, const std::string& text,
                                 const std::string& filter = "") {
    ports::Search search;
    search.mode = mode;
    search.text = text;
    search.vector = direction;
    search.filter = filter;
    const auto hits = store->search("cases", search, {});
    INFO((hits ? "" : base::to_string(hits.error())));
    REQUIRE(hits);
    return *hits;
  }
  // Texts, joined by "|".
  std::string found(ports::SearchMode mode, const std::string& text,
                    const std::string& filter = "") {
    std::string all;
    for (const auto& hit : search(mode, text, filter)) all += (all.empty() ? "" : "|") + hit.text;
    return all;
  }
  // The part of a filter of docs/filters.md that the store tests; empty where it tests not all of it.
  std::string tested(const char* filter) {
    const auto parsed = query::Filter::parse(Json::parse(filter));
    REQUIRE(parsed);
    const auto [ours, rest] = parsed->split(store->info().filter_operators);
    return rest.is_empty() && !ours.is_empty() ? ours.text() : "";
  }
  // How many of the cases that all stores share it tests itself.
  int check_filters() {
    std::vector<Row> rows;
    for (const auto& each : filtered_rows) {
      rows.push_back(row_of(each.name, std::string("row ") + each.name, {1, 1}));
      rows.back().uri = each.uri;
      rows.back().title = each.title;
      rows.back().metadata = each.metadata;
    }
    REQUIRE(put(rows));
    int asked = 0;
    for (const auto& each : filter_cases) {
      const std::string filter = tested(each.filter);
      if (filter.empty()) continue;
      ++asked;
      for (const auto mode : {ports::SearchMode::vector, ports::SearchMode::text}) {
        const std::string texts = found(mode, "row", filter);
        std::string names;
        for (const auto& row : filtered_rows)
          if (mentions(texts, std::string("row ") + row.name)) names += row.name;
        INFO(each.filter);
        CHECK(names == each.passes);
      }
    }
    return asked;
  }
  void check_listing() {
    std::vector<Row> rows;
    for (int i = 0; i < 101; ++i) rows.push_back(row_of(std::to_string(i), "text", {1, 1}));
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
  void check_scores() {
    REQUIRE(put({row_of("a", "same", {3, 0}), row_of("b", "across", {0, 2}),
                 row_of("c", "away", {-1, 0})}));
    const auto hits = search(ports::SearchMode::vector, "");
    REQUIRE(hits.size() == 3);
    CHECK(hits[0].score == Approx(1).margin(1e-5));
    CHECK(hits[1].score == Approx(0).margin(1e-5));
    CHECK(hits[2].score == Approx(-1).margin(1e-5));
  }

  static Row row_of(const std::string& name, const std::string& text, std::vector<float> vector) {
    Row made = row(name, text);
    made.vector = std::move(vector);
    return made;
  }

  std::unique_ptr<ports::Store> store;
  std::vector<float> direction = {1, 0};
};

}  // namespace freshet::testing
