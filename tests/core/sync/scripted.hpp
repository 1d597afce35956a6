// tests/core/sync/scripted.hpp - whole runs of the engine on sources, a store and an embedder that a
// test writes out: what is listed, and what every page answers.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "core/policy/policy.hpp"
#include "core/sync/engine.hpp"
#include "tests/core/sync/fake_store.hpp"
#include "tests/core/sync/fixture.hpp"
#include "tests/support/fake_catalog.hpp"

namespace freshet::tests {

using base::Json;
using Strings = std::vector<std::string>;

inline std::string uri_of(int number) { return "test:/" + std::to_string(number); }

// What a page answers, given the version that is known.
using Answer = std::function<base::Result<ports::Fetched>(const std::string& known)>;

// Its version is "v" and the text, and it is not modified where that is known.
inline Answer page(const std::string& text) {
  return [text](const std::string& known) -> base::Result<ports::Fetched> {
    ports::Fetched fetched;
    fetched.version = "v:" + text;
    if (known == fetched.version) fetched.outcome = ports::FetchOutcome::not_modified;
    fetched.bytes = text;
    fetched.media_type = "text/plain";
    return fetched;
  };
}
inline Answer gone(bool confirmed) {
  return [confirmed](const std::string&) -> base::Result<ports::Fetched> {
    ports::Fetched fetched;
    fetched.outcome = ports::FetchOutcome::gone;
    fetched.confirmed = confirmed;
    return fetched;
  };
}
inline Answer refusing(base::Code code, std::int64_t retry_after_ms = -1) {
  return [=](const std::string&) -> base::Result<ports::Fetched> {
    base::Error error = base::make_error(code, "not now");
    error.retry_after_ms = retry_after_ms;
    return base::fail(std::move(error));
  };
}

struct Script {
  std::vector<ports::Entry> entries;
  Strings going;
  ports::ListingKind kind = ports::ListingKind::whole;
  std::string state;
  bool prepares = false;
  ports::EarlierErrors earlier;
  std::function<void()> while_listing = [] {}, while_preparing = [] {};
  std::optional<base::Error> failure;
  std::map<std::string, Answer> pages;

  std::mutex mutex;
  Strings asked;  // "list STATE", "fetch URI VERSION"

  void list_pages(int count) {
    entries.clear();
    for (int i = 0; i < count; ++i) entries.emplace_back().uri = uri_of(i);
  }
  void note(std::string line) {
    const std::lock_guard lock(mutex);
    asked.push_back(std::move(line));
  }
};

class ScriptedLoader : public ports::Loader {
 public:
  explicit ScriptedLoader(Script& script) : script_(script) {}
  base::Result<ports::Listing> list(const std::string& state, const ports::ListingSink& sink,
                                    const base::Cancel&) override {
    script_.note("list " + state);
    script_.while_listing();
    for (const ports::Entry& entry : script_.entries) FRESHET_TRY(sink.entry(entry));
    for (const std::string& uri : script_.going) FRESHET_TRY(sink.gone(uri));
    if (script_.failure) return base::fail(base::Error(*script_.failure));
    return ports::Listing{script_.kind,
                          script_.kind == ports::ListingKind::part ? "a part" : "",
                          script_.state,
                          {},
                          script_.earlier};
  }
  base::Result<ports::Fetched> fetch(const ports::Entry& entry, const std::string& known,
                                     const base::Cancel&) override {
    script_.note("fetch " + entry.uri + " " + known);
    const auto found = script_.pages.find(entry.uri);
    return found == script_.pages.end() ? gone(false)(known) : found->second(known);
  }
  bool prepares() const override { return script_.prepares; }
  void prepare(std::span<const ports::Wanted> wanted, const base::Cancel&) override {
    std::string line = "prepare";
    for (const ports::Wanted& one : wanted) line += " " + one.entry.uri + "=" + one.entry.handle;
    script_.note(std::move(line));
    script_.while_preparing();
  }

 private:
  Script& script_;
};

// A vector of a text's size. "poison" has none, and "outage" fails the request.
class SizeEmbedder : public ports::Embedder {
 public:
  explicit SizeEmbedder(std::string model) {
    info_.model = std::move(model);
    info_.dimension = 2;
    info_.max_inputs = 4;
  }
  const ports::EmbedderInfo& info() const override { return info_; }
  base::Result<ports::Embeddings> embed(std::span<const std::string_view> texts,
                                        const base::Cancel&, ports::Purpose) override {
    ports::Embeddings made;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (texts[i].find("outage") != texts[i].npos)
        return base::fail(base::Code::network, "the embedder is not there");
      const bool poison = texts[i].find("poison") != texts[i].npos;
      made.vectors.push_back(poison ? std::vector<float>()
                                    : std::vector<float>{1, static_cast<float>(texts[i].size())});
      if (poison)
        made.rejections.push_back({i, base::make_error(base::Code::invalid_argument, "poison")});
    }
    return made;
  }

 private:
  ports::EmbedderInfo info_;
};

class ScriptedCatalog : public FakeCatalog {
 public:
  ScriptedCatalog(std::map<std::string, Script>& scripts, FakeServer& server)
      : FakeCatalog({{ports::Kind::loader, "script"},
                     {ports::Kind::store, "fake"},
                     {ports::Kind::store, "other"},
                     {ports::Kind::embedder, "size"}}),
        scripts_(scripts),
        server_(server) {}
  base::Result<std::unique_ptr<ports::Loader>> open_loader(const std::string&, const Json& options,
                                                           const base::Cancel&,
                                                           const ports::RequesterPtr&) override {
    return std::make_unique<ScriptedLoader>(scripts_[options.at("name")]);
  }
  base::Result<std::unique_ptr<ports::Embedder>> open_embedder(const std::string&,
                                                               const Json& options,
                                                               const base::Cancel&) override {
    return std::make_unique<SizeEmbedder>(options.value("model", "one"));
  }
  base::Result<std::unique_ptr<ports::Store>> open_store(const std::string&, const Json&,
                                                         const base::Cancel&) override {
    return std::make_unique<FakeStore>(server_);
  }

 private:
  std::map<std::string, Script>& scripts_;
  FakeServer& server_;
};

// A knowledge base of the source "a", which lists `count` pages; and of "b", where a test says so.
class Engine {
 public:
  explicit Engine(int count = 3) : repository(open(folder, clock)) {
    for (int i = 0; i < count; ++i)
      a().pages[uri_of(i)] = page("Page number " + std::to_string(i) + ".");
    a().list_pages(count);
  }
  Script& a() { return scripts["a"]; }
  Script& b() { return scripts["b"]; }

  // A run an hour after the last one. Every run lists, unless `more` says otherwise.
  sync::Report run(Json more = Json::object(), policy::PolicyPtr policy = nullptr) {
    clock.now_ = clock.now_ + base::Millis(3'600'000);
    events.clear();
    for (auto& [name, script] : scripts) script.asked.clear();
    const Json all = completed(std::move(more), policy != nullptr);
    const auto config = sync::parse_run(all, std::move(policy));
    if (!config) FAIL(base::to_string(config.error()));
    auto report = sync::run({*repository, catalog, http}, *config,
                            [this](sync::Event event) { events.push_back(std::move(event)); }, {});
    if (!report) FAIL(base::to_string(report.error()));
    return *std::move(report);
  }
  // Why a run could not be.
  base::Error refused(Json more) {
    const auto config = sync::parse_run(completed(std::move(more), false));
    if (!config) return config.error();
    const auto report = sync::run({*repository, catalog, http}, *config, {}, {});
    if (report) FAIL("it ran: " + report->summary_json());
    return report.error();
  }

  // Of the last run, by URI: "refreshed", or "failed: network".
  std::map<std::string, std::string> outcomes() const {
    std::map<std::string, std::string> all;
    for (const sync::Event& event : events)
      if (event.kind == sync::EventKind::root_done)
        all[event.uri] =
            std::string(sync::outcome_name(event.outcome)) +
            (event.status == base::Code::ok ? ""
                                            : ": " + std::string(base::code_name(event.status)));
    return all;
  }
  std::string outcome(int number) const {
    const auto all = outcomes();
    const auto found = all.find(uri_of(number));
    return found == all.end() ? "" : found->second;
  }
  // What the last run fetched: its URIs, with the versions that were known.
  Strings fetched() {
    Strings all;
    for (const auto& [name, script] : scripts)
      for (const std::string& line : script.asked)
        if (line.starts_with("fetch ")) all.push_back(line.substr(6));
    std::sort(all.begin(), all.end());
    return all;
  }
  std::set<std::string> stored() {
    std::set<std::string> uris;
    const auto roots = repository->read()->list_roots({}, 1000);
    for (const repository::Root& root : *roots)
      if (root.exists()) uris.insert(root.uri);
    return uris;
  }
  repository::Root root(int number) {
    const auto root = repository->read()->root(model::root_id(uri_of(number)));
    if (!root || !*root) FAIL("there is no root " + uri_of(number));
    return owned(**root);
  }
  bool holds(const std::string& text) {
    const std::multiset<std::string> rows = server.texts();
    return std::any_of(rows.begin(), rows.end(),
                       [&](const std::string& row) { return row.find(text) != std::string::npos; });
  }
  void trigger(int number) {
    REQUIRE(repository->write([&](repository::Writer& writer) {
      return writer.put_trigger(uri_of(number), "asked for");
    }));
  }

  Folder folder;
  SetClock clock;
  std::map<std::string, Script> scripts;
  FakeServer server;
  ScriptedCatalog catalog{scripts, server};
  NoHttp http;
  std::shared_ptr<repository::Repository> repository;
  std::vector<sync::Event> events;

 private:
  static std::shared_ptr<repository::Repository> open(const Folder& folder, const SetClock& clock) {
    auto opened = repository::Repository::open(folder / "repository", {}, clock);
    if (!opened) FAIL(base::to_string(opened.error()));
    return *opened;
  }
  Json completed(Json config, bool has_policy) const {
    if (!config.contains("store")) config["store"] = "fake";
    if (!config.contains("policy") && !has_policy) config["policy"] = "always";
    if (config.contains("sources")) return config;
    for (const auto& [name, script] : scripts) {
      Json source = {{"loader", "script"}, {"name", name}, {"options", {{"name", name}}}};
      if (!config.contains("list_every")) source["list_every"] = "1s";
      config["sources"].push_back(std::move(source));
    }
    config.erase("list_every");
    return config;
  }
};

}  // namespace freshet::tests
