// Several repositories share the roots of one source.
#include "core/sync/shard.hpp"

#include <algorithm>
#include <filesystem>

#include "core/base/json.hpp"
#include "tests/core/sync/scripted.hpp"

namespace freshet::tests {
namespace {

Json shard(int index, int count) { return {{"shard", {{"index", index}, {"count", count}}}}; }

sync::Shard parsed(int index, int count) {
  return *sync::parse_shard(shard(index, count)["shard"], "shard");
}

}  // namespace

TEST_CASE("every root is in one shard, and the shards are about as large") {
  for (const int count : {1, 2, 4, 7, 65'536}) {
    std::map<std::uint32_t, int> sizes;
    for (int i = 0; i < 1000; ++i) {
      const base::Digest root = model::root_id(uri_of(i));
      std::uint64_t leading = 0;
      for (int at = 0; at < 4; ++at) leading = leading * 256 + root.bytes[std::size_t(at)];
      const auto index = static_cast<int>(leading * std::uint64_t(count) / 4'294'967'296);
      CHECK(parsed(index, count).has(root));
      if (count > 1) CHECK_FALSE(parsed((index + 1) % count, count).has(root));
      ++sizes[std::uint32_t(index)];
    }
    if (count > 7) continue;
    for (const auto& [index, size] : sizes) CHECK(size > 1000 / count / 2);
    CHECK(sizes.size() == std::size_t(count));
  }
}

TEST_CASE("what is no shard is told") {
  const std::pair<Json, const char*> wrong[] = {{{{"index", 4}, {"count", 4}}, "shard.index"},
                                                {{{"index", -1}, {"count", 4}}, "shard.index"},
                                                {{{"index", 0}, {"count", 0}}, "shard.count"},
                                                {{{"index", 0}}, "shard.count"},
                                                {{{"count", 4}}, "shard.index"},
                                                {Json("0/4"), "shard"}};
  for (const auto& [json, subject] : wrong) {
    INFO(json.dump());
    const auto config = sync::parse_run({{"shard", json}});
    REQUIRE_FALSE(config);
    CHECK(config.error().subject == subject);
  }
  for (const auto& [key, value] :
       {std::pair{"owned", Json(true)}, {"rebuild", Json(true)}, {"on_change", Json("reembed")}}) {
    Json all = shard(0, 4);
    all[key] = value;
    const auto config = sync::parse_run(all);
    REQUIRE_FALSE(config);
    CHECK(config.error().subject == key);
  }
}

TEST_CASE("the shards of a source are together what one repository has") {
  Engine whole(60);
  whole.run();
  std::set<std::string> roots;
  std::multiset<std::string> rows;
  for (int index = 0; index < 4; ++index) {
    Engine engine(60);
    const sync::Report report = engine.run(shard(index, 4));
    CHECK(report.counts.listed == engine.stored().size());
    CHECK(engine.fetched().size() == engine.stored().size());
    CHECK(engine.run(shard(index, 4)).counts.refreshed == 0);
    for (const std::string& uri : engine.stored()) CHECK(roots.insert(uri).second);
    for (const std::string& text : engine.server.texts()) rows.insert(text);
  }
  CHECK(roots == whole.stored());
  CHECK(rows == whole.server.texts());
}

TEST_CASE("four shards over one listing are what one repository has, and ask no source") {
  Engine whole(60);
  whole.a().entries[7].handle = "its handle";
  const std::string file = whole.folder / "listing";
  whole.run({{"dry_run", true}, {"listing_out", file}});
  CHECK(whole.stored().empty());
  whole.run();
  std::set<std::string> roots;
  for (int index = 0; index < 4; ++index) {
    Engine engine(60);
    Json all = shard(index, 4);
    all["listing"] = file;
    engine.run(all);
    for (const std::string& line : engine.a().asked) CHECK_FALSE(line.starts_with("list"));
    for (const std::string& uri : engine.stored()) CHECK(roots.insert(uri).second);
  }
  CHECK(roots == whole.stored());

  Engine other(60);
  other.b().list_pages(1);
  const base::Error foreign = other.refused({{"listing", file}});
  CHECK(foreign.message.find("does not list the source \"b\"; it lists: a") != std::string::npos);
  Engine torn(60);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  const base::Error cut = torn.refused({{"listing", file}});
  CHECK(cut.subject == "listing");
  CHECK(cut.message.find("is not whole") != std::string::npos);
  CHECK(torn.stored().empty());
}

TEST_CASE("an old listing is told, and takes nothing away that a newer one has named") {
  Engine engine(3);
  const std::string file = engine.folder / "listing";
  engine.run({{"dry_run", true}, {"listing_out", file}});
  engine.run({{"listing", file}});
  CHECK(engine.stored().size() == 3);
  sync::Report again = engine.run({{"listing", file}});  // another try with the same file
  CHECK(again.sources[0].complete);
  engine.a().pages[uri_of(3)] = page("A new page.");
  engine.a().list_pages(4);
  engine.run();
  CHECK(engine.stored().size() == 4);
  const sync::Report report = engine.run({{"listing", file}, {"accept_shrink", true}});
  CHECK(engine.stored().size() == 4);
  CHECK_FALSE(report.sources[0].complete);
  CHECK(report.sources[0].note.find("older than the last listing") != std::string::npos);
  CHECK(report.sources[0].way.find("from a listing of ") != std::string::npos);

  Engine late(3);
  late.clock.now_ = engine.clock.now_ + base::Millis(30LL * 3'600'000);
  late.run({{"listing", file}});
  CHECK(std::any_of(late.events.begin(), late.events.end(), [](const sync::Event& event) {
    return event.kind == sync::EventKind::log &&
           event.message.find("hours ago") != event.message.npos;
  }));
}

TEST_CASE("a repository stays the shard that it was filled as") {
  Engine engine(20);
  engine.run(shard(1, 2));
  const auto had = engine.stored();
  for (const Json& other : {shard(0, 2), shard(1, 4), Json::object()}) {
    const base::Error error = engine.refused(other);
    CHECK(error.subject == "shard");
    CHECK(error.message.find("shard 1/2") != error.message.npos);
  }
  CHECK(engine.stored() == had);
  CHECK(engine.run(shard(1, 2)).counts.removed == 0);

  // A run that cannot begin, or is dry, makes it none.
  Engine fresh(20);
  Json wrong = shard(0, 4);
  wrong["only"] = {{"sources", {"nobody"}}};
  fresh.refused(wrong);
  Json dry = shard(0, 4);
  dry["dry_run"] = true;
  fresh.run(dry);
  CHECK(fresh.run(shard(0, 2)).counts.refreshed > 0);

  Engine unsharded(20);
  unsharded.run();
  CHECK(unsharded.refused(shard(0, 2)).message.find("shard 0/1") != std::string::npos);
  CHECK(unsharded.run(shard(0, 1)).counts.failed == 0);
}

TEST_CASE("a shard holds what goes where the whole listing shrank") {
  Engine engine(100);
  engine.run(shard(0, 2));
  const auto had = engine.stored();
  // Two of this shard's go, and forty of the other's.
  const auto lose = [&](int own, int others) {
    engine.a().list_pages(100);
    std::erase_if(engine.a().entries, [&](const ports::Entry& entry) {
      return (had.contains(entry.uri) ? own : others)-- > 0;
    });
  };
  lose(2, 40);
  const sync::Report held = engine.run(shard(0, 2));
  CHECK(held.counts.held == 2);
  CHECK(held.sources[0].note.find("from 100 to 58") != std::string::npos);
  CHECK(engine.stored() == had);
  lose(2, 3);
  CHECK(engine.run(shard(0, 2)).counts.removed == 2);

  // Nothing of this shard is named: that is too much, though the listing is not empty.
  lose(100, 0);
  CHECK(engine.run(shard(0, 2)).counts.held == had.size() - 2);
}

TEST_CASE("a page whose other name is another shard's keeps its own") {
  for (int index = 0; index < 2; ++index) {
    Engine engine(20);
    for (int i = 0; i < 20; ++i) {
      const Answer answer = page("Page number " + std::to_string(i) + ".");
      engine.a().pages[uri_of(i)] = [answer, i](const std::string& known) {
        auto fetched = answer(known);
        if (fetched) fetched->canonical_uri = uri_of(i / 2 * 2);
        return fetched;
      };
    }
    const sync::Report report = engine.run(shard(index, 2));
    CHECK(report.counts.failed == 0);
    for (const std::string& uri : engine.stored()) CHECK(parsed(index, 2).has(model::root_id(uri)));
    for (int i = 1; i < 20; i += 2) {
      const bool own = parsed(index, 2).has(model::root_id(uri_of(i)));
      const bool target_here = parsed(index, 2).has(model::root_id(uri_of(i - 1)));
      CHECK(engine.stored().contains(uri_of(i)) == (own && !target_here));
    }
  }
}

}  // namespace freshet::tests
