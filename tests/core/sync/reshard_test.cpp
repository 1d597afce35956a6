// Another number of shards has the same roots, chunks and rows, and nothing is read or embedded for it.
#include "core/sync/reshard.hpp"

#include <algorithm>
#include <filesystem>

#include "core/model/record.hpp"
#include "core/sync/learn.hpp"
#include "core/sync/shard.hpp"
#include "core/sync/verify.hpp"
#include "tests/core/sync/scripted.hpp"

namespace freshet::tests {
namespace {

using Directories = std::vector<std::string>;
using RepositoryPtr = std::shared_ptr<repository::Repository>;

// Stores that serve one repository each; "fake" stays one for all.
class OwnStores : public ScriptedCatalog {
 public:
  using ScriptedCatalog::ScriptedCatalog;
  base::Result<std::unique_ptr<ports::Store>> open_store(const std::string& name,
                                                         const Json& options,
                                                         const base::Cancel& cancel) override {
    if (name != "other") return ScriptedCatalog::open_store(name, options, cancel);
    auto store = std::make_unique<FakeStore>(servers[options.at("place")]);
    store->info_.claims = true;
    return store;
  }
  std::map<std::string, FakeServer> servers;
};

// Shards of one site, which deliver to one store.
class Shards {
 public:
  explicit Shards(int pages, Json policy = "always") : pages_(pages), policy_(std::move(policy)) {
    scripts["a"].list_pages(pages);
    for (int i = 0; i < pages; ++i) scripts["a"].pages[uri_of(i)] = page(text_of(i));
  }
  static std::string text_of(int i) { return "Page number " + std::to_string(i) + "."; }

  Directories directories(const std::string& name, int count) const {
    Directories all;
    for (int i = 0; i < count; ++i) all.push_back(folder / (name + std::to_string(i)));
    return all;
  }
  // Eleven are open at once, for which ThreadSanitizer has no room otherwise.
  static repository::OpenOptions small(const std::string& space = "default") {
    repository::OpenOptions options;
    options.map_size = std::uint64_t{1} << 30;
    options.name_space = space;
    return options;
  }
  RepositoryPtr open(const std::string& directory) const {
    auto opened = repository::Repository::open(directory, small(space), clock);
    if (!opened) FAIL(base::to_string(opened.error()));
    return *opened;
  }
  Json store_of(const std::string& directory) const {
    if (!stores_of_their_own) return "fake";
    return {{"name", "other"}, {"options", {{"place", directory}}}};
  }
  sync::RunConfig config(int index, int count, const std::string& directory = "") const {
    auto parsed = sync::parse_run({{"sources",
                                    {{{"loader", "script"},
                                      {"name", "a"},
                                      {"options", {{"name", "a"}}},
                                      {"list_every", "1s"}}}},
                                   {"store", store_of(directory)},
                                   {"embedder", "size"},
                                   {"policy", policy_},
                                   {"shard", {{"index", index}, {"count", count}}}});
    if (!parsed) FAIL(base::to_string(parsed.error()));
    return *parsed;
  }
  // Runs each shard once; what all of them did.
  sync::Counts run(const Directories& shards) {
    sync::Counts sum;
    clock.now_ = clock.now_ + base::Millis(3'600'000);
    scripts["a"].asked.clear();
    for (std::size_t i = 0; i < shards.size(); ++i) {
      const RepositoryPtr repository = open(shards[i]);
      const auto report = sync::run({*repository, catalog, http},
                                    config(int(i), int(shards.size()), shards[i]), {}, {});
      if (!report) FAIL(base::to_string(report.error()));
      sum.embedded_texts += report->counts.embedded_texts;
      sum.upserts += report->counts.upserts;
      sum.removals += report->counts.removals;
      sum.failed += report->counts.failed;
    }
    return sum;
  }
  base::Result<sync::ReshardReport> move(const Directories& from, const Directories& to) {
    return sync::reshard({from, to, small()}, catalog, {}, clock);
  }
  sync::ReshardReport moved(const Directories& from, const Directories& to) {
    auto report = move(from, to);
    if (!report) FAIL(base::to_string(report.error()));
    return *report;
  }
  std::size_t fetched() {
    const Strings& asked = scripts["a"].asked;
    return std::size_t(std::count_if(asked.begin(), asked.end(), [](const std::string& line) {
      return line.starts_with("fetch");
    }));
  }
  // {uri: what is known of it}; each is checked to be whole, and to be in the shard that it belongs to.
  std::map<std::string, std::string> known(const Directories& shards) const {
    std::map<std::string, std::string> all;
    for (std::size_t i = 0; i < shards.size(); ++i) {
      const RepositoryPtr repository = open(shards[i]);
      const auto report = repository->check();
      REQUIRE(report);
      for (const std::string& problem : report->problems) FAIL_CHECK(shards[i] + ": " + problem);
      const auto snapshot = repository->read();
      const auto roots = snapshot->list_roots({}, 100'000);
      for (const repository::Root& root : *roots) {
        CHECK(sync::Shard::index_of(root.id, std::uint32_t(shards.size())) == i);
        std::string line = std::to_string(root.ingested.ms) + " " +
                           std::to_string(root.checked.ms) + " " + std::to_string(root.changed.ms) +
                           " " + std::to_string(root.ask_again.ms) + " " + root.version + " " +
                           root.flags + " " + root.error + root.bytes_digest.hex() +
                           root.fingerprint.hex();
        const auto chunks = snapshot->chunks_of(root.id);
        for (const auto& chunk : *chunks)
          line += chunk.chunk.id.hex() + chunk.record_digest.hex() + chunk.chunk.text;
        CHECK(all.emplace(root.uri, line).second);
      }
    }
    return all;
  }

  int pages_;
  Json policy_;
  std::string space = "default";     // that is run and looked at
  bool stores_of_their_own = false;  // each shard has one
  Folder folder;
  SetClock clock;
  std::map<std::string, Script> scripts;
  FakeServer server;
  OwnStores catalog{scripts, server};
  NoHttp http;
};

// What is learnt of each page: its own numbers, and how far its source and its folder have gone on since.
std::map<std::string, std::vector<double>> learnt(const Shards& shards,
                                                  const Directories& directories) {
  std::map<std::string, std::vector<double>> all;
  for (const std::string& directory : directories) {
    const auto snapshot = shards.open(directory)->read();
    const base::Digest source = snapshot->sources()->front().id;
    for (int i = 0; i < shards.pages_; ++i) {
      const auto found = sync::learnt_member(*snapshot, source, uri_of(i));
      REQUIRE(found);
      if (!*found) continue;
      const sync::LearntMember& member = **found;
      const policy::Tally &folder = member.folder, &of = member.of_source.pages.tally;
      const sync::LearntPage& page = member.page;
      all[uri_of(i)] = {page.found,
                        page.expected,
                        double(page.said),
                        double(page.says),
                        double(std::int32_t(folder.found - page.folder.found)),
                        double(std::int32_t(folder.expected - page.folder.expected)),
                        double(std::int32_t(of.found - page.source.found)),
                        double(std::int32_t(of.expected - page.source.expected))};
    }
  }
  return all;
}

}  // namespace

TEST_CASE("four shards become seven and four again: nothing is read, embedded or sent") {
  Shards shards(80);
  Directories now = shards.directories("first", 4);
  CHECK(shards.run(now).upserts == 80);
  const auto known = shards.known(now);
  const auto rows = shards.server.texts();
  for (const int count : {7, 4, 1}) {
    const Directories next = shards.directories("with" + std::to_string(count) + "-", count);
    const sync::ReshardReport report = shards.moved(now, next);
    CHECK(report.roots == 80);
    CHECK(report.pending == 0);
    CHECK(report.to_fill.empty());
    CHECK(shards.known(next) == known);
    now = next;
  }
  CHECK(shards.server.texts() == rows);
  const sync::Counts counts = shards.run(now);
  for (const auto& line : shards.scripts["a"].asked)  // what is known is asked for with its version
    if (line.starts_with("fetch")) CHECK(line.find(" v:") != line.npos);
  CHECK(counts.embedded_texts == 0);
  CHECK(counts.upserts + counts.removals == 0);
}

TEST_CASE("what is pending, excluded, triggered, flagged and failing goes along") {
  Shards shards(40);
  const Directories old = shards.directories("old", 2), next = shards.directories("new", 3);
  shards.run(old);
  const auto in_old = [&](int number) {
    return shards.open(old[sync::Shard::index_of(model::root_id(uri_of(number)), 2)]);
  };
  const auto in_new = [&](int number) {
    return shards.open(next[sync::Shard::index_of(model::root_id(uri_of(number)), 3)]);
  };
  shards.scripts["a"].pages[uri_of(3)] = refusing(base::Code::network);
  shards.scripts["a"].pages[uri_of(4)] = page("Another text.");
  shards.server.refuses = true;
  CHECK(shards.run(old).failed == 1);
  shards.server.refuses = false;
  REQUIRE(in_old(5)->write([](repository::Writer& writer) {
    return writer.exclude({uri_of(5), {1}, "not wanted"}).map([](auto&&) {});
  }));
  REQUIRE(in_old(6)->write(
      [](repository::Writer& writer) { return writer.put_trigger(uri_of(6), "now"); }));
  REQUIRE(in_old(7)->write(
      [](repository::Writer& writer) { return writer.set_flags(uri_of(7), R"({"owner":"me"})"); }));
  const sync::ReshardReport report = shards.moved(old, next);
  CHECK(report.roots == 39);
  CHECK(report.pending == 3);  // the new text, the old one's removal, the excluded one's
  CHECK(in_new(5)->read()->exclusion(model::root_id(uri_of(5))).value()->why == "not wanted");
  CHECK(in_new(6)->read()->trigger(model::root_id(uri_of(6))).value()->why == "now");
  CHECK(in_new(7)->read()->root(model::root_id(uri_of(7))).value()->flags == R"({"owner":"me"})");
  CHECK(in_new(3)->read()->root(model::root_id(uri_of(3))).value()->failures == 1);
  const sync::Counts counts = shards.run(next);
  CHECK(counts.upserts == 1);
  CHECK(counts.removals == 2);
  CHECK(counts.embedded_texts == 0);
  CHECK(shards.server.texts().size() == 39);
}

TEST_CASE("what was left is written to no more, and says where it went") {
  Shards shards(10);
  const Directories old = shards.directories("old", 2), next = shards.directories("new", 1);
  shards.run(old);
  shards.moved(old, next);
  const RepositoryPtr left = shards.open(old[0]);
  const auto written =
      left->write([](repository::Writer& writer) { return writer.put_trigger(uri_of(1), ""); });
  REQUIRE_FALSE(written);
  CHECK(written.error().message.find(next[0]) != std::string::npos);
  const auto run = sync::run({*left, shards.catalog, shards.http}, shards.config(0, 2), {}, {});
  REQUIRE_FALSE(run);
  CHECK(run.error().message.find("left by freshet reshard") != std::string::npos);
  const auto again = shards.move(old, shards.directories("other", 3));
  REQUIRE_FALSE(again);
  CHECK(again.error().message.find(next[0]) != std::string::npos);
  CHECK(shards.moved(old, next).roots == 10);  // the same call once more says the same
}

TEST_CASE("directories that cannot be moved or filled are refused, and all stays as it was") {
  Shards shards(10);
  const Directories old = shards.directories("old", 2), next = shards.directories("new", 3);
  shards.run(old);
  const auto why = [&](const Directories& from, const Directories& to) {
    const auto report = shards.move(from, to);
    return report ? std::string("it moved") : base::to_string(report.error());
  };
  CHECK(why({old[0]}, next).find("lacks shard 1/2") != std::string::npos);
  CHECK(why({old[0], old[0]}, next).find("is named twice") != std::string::npos);
  CHECK(why({}, next).find("from: is empty") != std::string::npos);
  CHECK(why({old[0], shards.folder / "none"}, next).find("none") != std::string::npos);
  const Directories whole = shards.directories("whole", 1);
  shards.run(whole);
  CHECK(why({old[0], whole[0]}, next).find("is one of 2") != std::string::npos);
  CHECK(why(old, whole).find("is a repository of its own") != std::string::npos);
  REQUIRE(shards.open(old[1])->write([](repository::Writer& writer) {
    const base::Digest root = model::root_id(uri_of(1));
    return writer
        .lease(std::span(&root, 1), base::digest_of("a run"), base::Millis(60'000), base::never)
        .map([](auto&&) {});
  }));
  CHECK(why(old, next).find("a run works on it") != std::string::npos);
  CHECK(shards.known(old).size() == 10);
  CHECK_FALSE(std::filesystem::exists(next[0] + "/data.mdb"));
}

TEST_CASE("another name of a page that falls to another shard is read by itself") {
  Shards shards(30);
  const Directories old = shards.directories("old", 1), next = shards.directories("new", 5);
  for (int i = 0; i < 10; ++i)
    shards.scripts["a"].pages[uri_of(i)] = [i](const std::string& known) {
      auto fetched = page(Shards::text_of(i + 10))(known);
      fetched->canonical_uri = uri_of(i + 10);
      return fetched;
    };
  shards.run(old);
  const sync::ReshardReport report = shards.moved(old, next);
  CHECK(report.parted > 0);
  CHECK(report.roots + report.parted == 30);
  shards.run(next);
  CHECK(shards.known(next).size() == 30);
}

TEST_CASE("what an adaptive policy has learnt of a page goes where the page goes") {
  Shards shards(
      24, {{"adaptive", {{"budget", "48/d"}, {"max_staleness", "30d"}, {"min_interval", "1h"}}}});
  const Directories old = shards.directories("old", 2), next = shards.directories("new", 3);
  for (int round = 0; round < 30; ++round) {
    for (int i = 0; i < 3; ++i)
      shards.scripts["a"].pages[uri_of(i)] = page("Edition " + std::to_string(round) + ".");
    shards.run(old);
  }
  const auto known = learnt(shards, old);
  REQUIRE(known.size() == 24);
  CHECK(known.at(uri_of(0))[0] > 0);   // it was found changed,
  CHECK(known.at(uri_of(9))[0] == 0);  // this one never
  shards.moved(old, next);
  CHECK(learnt(shards, next) == known);
  // It is believed, too: what changes is asked for sooner than what never did.
  std::map<std::string, int> asked;
  for (int round = 30; round < 60; ++round) {
    shards.scripts["a"].pages[uri_of(0)] = page("Edition " + std::to_string(round) + ".");
    shards.run(next);
    for (const std::string& line : shards.scripts["a"].asked)
      if (line.starts_with("fetch")) ++asked[line.substr(6, line.find(' ', 6) - 6)];
  }
  CHECK(asked[uri_of(0)] > asked[uri_of(9)]);
}

TEST_CASE("all namespaces are moved, each with its own") {
  Shards shards(30);
  const Directories old = shards.directories("old", 2), next = shards.directories("new", 3);
  shards.run(old);
  const auto first = shards.known(old);
  shards.space = "second";
  shards.scripts["a"].list_pages(20);
  shards.scripts["a"].pages[uri_of(7)] = page("Of the second alone.");
  shards.run(old);
  const auto second = shards.known(old);
  REQUIRE(second.size() == 20);
  REQUIRE(second.at(uri_of(7)) != first.at(uri_of(7)));
  const auto rows = shards.server.spaces;
  const sync::ReshardReport report = shards.moved(old, next);
  CHECK(report.roots == 50);
  CHECK(report.to_fill.empty());
  CHECK(shards.known(next) == second);
  const sync::Counts counts = shards.run(next);
  CHECK(counts.embedded_texts + counts.upserts + counts.removals == 0);
  shards.space = "default";
  CHECK(shards.known(next) == first);
  CHECK(shards.server.spaces == rows);
}

TEST_CASE(
    "stores that serve one repository each are filled from what came along, and that is told") {
  Shards shards(30);
  shards.stores_of_their_own = true;
  const Directories old = shards.directories("old", 2), next = shards.directories("new", 3);
  shards.run(old);
  shards.space = "second";
  shards.stores_of_their_own = false;
  shards.run(old);
  const sync::ReshardReport report = shards.moved(old, next);
  CHECK(report.to_fill == Strings{"default"});
  shards.space = "default";
  shards.stores_of_their_own = true;
  const sync::Counts counts = shards.run(next);
  CHECK(counts.embedded_texts == 0);
  CHECK(counts.upserts == 30);
  std::size_t rows = 0;
  for (const std::string& directory : next) rows += shards.catalog.servers[directory].rows().size();
  CHECK(rows == 30);
}

}  // namespace freshet::tests
