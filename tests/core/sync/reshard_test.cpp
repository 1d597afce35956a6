// Another number of shards has the same roots, chunks and rows, and nothing is read or embedded for it.
#include "core/sync/reshard.hpp"

#include <algorithm>
#include <filesystem>

#include "core/model/record.hpp"
#include "core/sync/shard.hpp"
#include "core/sync/verify.hpp"
#include "tests/core/sync/scripted.hpp"

namespace freshet::tests {
namespace {

using Directories = std::vector<std::string>;
using RepositoryPtr = std::shared_ptr<repository::Repository>;

// Shards of one site, which deliver to one store.
class Shards {
 public:
  explicit Shards(int pages) : pages_(pages) {
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
  static repository::OpenOptions small() {
    repository::OpenOptions options;
    options.map_size = std::uint64_t{1} << 30;
    return options;
  }
  RepositoryPtr open(const std::string& directory) const {
    auto opened = repository::Repository::open(directory, small(), clock);
    if (!opened) FAIL(base::to_string(opened.error()));
    return *opened;
  }
  sync::RunConfig config(int index, int count) const {
    auto parsed = sync::parse_run({{"sources",
                                    {{{"loader", "script"},
                                      {"name", "a"},
                                      {"options", {{"name", "a"}}},
                                      {"list_every", "1s"}}}},
                                   {"store", "fake"},
                                   {"embedder", "size"},
                                   {"policy", "always"},
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
      const auto report =
          sync::run({*repository, catalog, http}, config(int(i), int(shards.size())), {}, {});
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
  Folder folder;
  SetClock clock;
  std::map<std::string, Script> scripts;
  FakeServer server;
  ScriptedCatalog catalog{scripts, server};
  NoHttp http;
};

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

}  // namespace freshet::tests
