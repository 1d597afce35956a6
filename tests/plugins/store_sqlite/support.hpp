// tests/plugins/store_sqlite/support.hpp - the store as the stages see it, on a file of its own.
#pragma once

#include <cmath>
#include <random>

#include "core/base/digest.hpp"
#include "core/query/filter.hpp"
#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace freshet::testing {

// A row that owns its texts.
struct Row {
  std::string id, text;
  std::string title = "Title", path = "Path", uri = "doc:/a", url = "doc:/a#x", metadata = "{}",
              digest = "d1";
  std::vector<float> vector = {};
};

inline std::string id_of(std::string_view name) { return base::digest_of(name).hex(); }

inline Row row(const std::string& name, const std::string& text) {
  Row made;
  made.id = id_of(name);
  made.text = text;
  return made;
}

inline double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double dot = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    dot += double(a[i]) * double(b[i]);
    aa += double(a[i]) * double(a[i]);
    bb += double(b[i]) * double(b[i]);
  }
  return dot / std::sqrt(aa) / std::sqrt(bb);
}

// What vectors may look like: near each other, of one large number, huge or tiny.
enum class Shape { normal, near, single, huge, tiny, steps };
inline constexpr Shape shapes[] = {Shape::normal, Shape::near, Shape::single,
                                   Shape::huge,   Shape::tiny, Shape::steps};

inline std::vector<float> drawn_vector(std::mt19937& random, Shape shape, std::size_t dimension) {
  std::normal_distribution<float> normal;
  std::vector<float> vector(dimension);
  for (std::size_t i = 0; i < dimension; ++i) {
    const float drawn = normal(random);
    switch (shape) {
      case Shape::normal:
        vector[i] = drawn;
        break;
      case Shape::near:
        vector[i] = static_cast<float>(i % 10) - 4.4f + drawn * 1e-3f;
        break;
      case Shape::single:
        vector[i] = drawn * 1e-4f;
        break;
      case Shape::huge:
        vector[i] = drawn * 1e37f;
        break;
      case Shape::tiny:
        vector[i] = drawn * 1e-37f;
        break;
      case Shape::steps:
        vector[i] = drawn < 0 ? -1.0f : 1.0f;
        break;
    }
  }
  if (shape == Shape::single) vector[random() % dimension] = 1;
  return vector;
}

// A filter as the store is given it.
inline std::string filter_text(const std::string& filter) {
  if (filter.empty()) return {};
  const auto parsed = query::Filter::parse(Json::parse(filter));
  REQUIRE(parsed);
  return parsed->text();
}

struct StoreFixture {
  StoreFixture() : world({built_plugins()}) { open(); }

  base::Result<std::unique_ptr<ports::Store>> try_open(const std::string& path,
                                                       bool allow_shared = false) {
    FRESHET_ASSIGN(
        const Json options,
        world.plugins.complete_options(
            host::Kind::store, "sqlite",
            {{"path", path}, {"busy_timeout", "20s"}, {"allow_shared", allow_shared}}, "store"));
    return world.plugins.open_store("sqlite", options);
  }
  void open() {
    open_again();
    REQUIRE(store->ensure({"ns", 0, ""}, {}));
  }
  void open_again() {
    store.reset();
    auto opened = try_open(path());
    INFO((opened ? "" : base::to_string(opened.error())));
    REQUIRE(opened);
    store = *std::move(opened);
  }
  std::string path() const { return folder.file("store.sqlite"); }

  base::Status put(const std::vector<Row>& rows, const std::string& ns = "ns") {
    std::vector<ports::StoreRecord> records;
    for (const Row& each : rows) {
      ports::StoreRecord record;
      record.id = each.id;
      record.digest = each.digest;
      record.text = each.text;
      record.uri = each.uri;
      record.title = each.title;
      record.url = each.url;
      record.path = each.path;
      record.metadata = each.metadata;
      record.vector = each.vector;
      records.push_back(record);
    }
    confirmed.clear();
    return store->upsert(ns, records, [&](std::string_view id) { confirmed.emplace_back(id); }, {});
  }
  base::Status remove(const std::vector<std::string>& ids, const std::string& ns = "ns") {
    confirmed.clear();
    return store->remove(ns, ids, [&](std::string_view id) { confirmed.emplace_back(id); }, {});
  }
  base::Result<std::vector<ports::Hit>> hits(const std::string& text,
                                             const std::string& filter = "",
                                             const std::string& ns = "ns",
                                             std::uint32_t limit = 10) {
    ports::Search search;
    search.text = text;
    search.filter = filter_text(filter);
    search.limit = limit;
    return store->search(ns, search, {});
  }
  base::Result<std::vector<ports::Hit>> near(const std::vector<float>& vector,
                                             std::uint32_t limit = 10, const std::string& text = "",
                                             const std::string& filter = "") {
    ports::Search search;
    search.mode = text.empty() ? ports::SearchMode::vector : ports::SearchMode::hybrid;
    search.text = text;
    search.vector = vector;
    search.limit = limit;
    search.filter = filter_text(filter);
    return store->search("ns", search, {});
  }
  // The texts found, best first, joined by "|".
  static std::string texts(const base::Result<std::vector<ports::Hit>>& found) {
    INFO((found ? "" : base::to_string(found.error())));
    REQUIRE(found);
    std::string all;
    for (const auto& hit : *found) all += (all.empty() ? "" : "|") + hit.text;
    return all;
  }
  std::uint64_t count(const std::string& ns = "ns") { return *store->count(ns, {}); }

  Folder folder;
  World world;
  std::unique_ptr<ports::Store> store;
  std::vector<std::string> confirmed;
};

}  // namespace freshet::testing
