#include "core/sync/source_estimate.hpp"

#include "core/base/json.hpp"
#include "core/sync/config.hpp"
#include "core/sync/report.hpp"
#include "core/sync/state.hpp"
#include "tests/core/sync/fixture.hpp"

namespace freshet::sync {
namespace {

const std::string stored_uri = "http://a/stored";

// A source with one stored document of 400 bytes, which bears `chunks` chunks.
struct Stored {
  Stored() : repository(tests::open_repository(folder / "r")) {
    const model::Document page = tests::document(stored_uri, {std::string(350, 'x')});
    tests::put(*repository, page);
    source.record.id = base::digest_of("source");
    const auto root = model::root_id(stored_uri);
    REQUIRE(repository->write([&](repository::Writer& writer) -> base::Status {
      FRESHET_TRY(writer.put_source(source.record));
      return writer.see(source.record.id, 1, {&root, 1}).map([](auto&&) {});
    }));
  }

  Item item(const std::string& uri, bool exists, std::optional<std::uint64_t> size = {}) const {
    Item item;
    item.entry.uri = uri;
    item.entry.size = size;
    item.root = model::root_id(uri);
    item.exists = exists;
    return item;
  }

  Estimate estimate(const OpenSource& of, const std::vector<Item>& items) const {
    const auto snapshot = repository->read();
    SourceEstimate part;
    for (const Item& each : items) part.take(each, *snapshot);
    Estimate all;
    REQUIRE(part.add_to(all, of, *snapshot));
    return all;
  }

  tests::Folder folder;
  std::shared_ptr<repository::Repository> repository;
  OpenSource source, stranger;
};

}  // namespace

TEST_CASE("what samples lead to expect is a range, and nothing without any") {
  Samples samples;
  CHECK_FALSE(samples.expect(3));
  CHECK(samples.expect(0) == Range{0, 0});
  samples.add(100);
  CHECK(samples.expect(3) == Range{150, 600});  // one says little
  for (int i = 0; i < 99; ++i) samples.add(100);
  CHECK(samples.expect(10) == Range{909, 1100});
  Samples empty;
  empty.add(0);
  CHECK_FALSE(empty.expect(1));
}

TEST_CASE("new roots of a source that nothing is known of are unknown, and not 0") {
  const Stored stored;
  const Estimate estimate = stored.estimate(stored.stranger, {stored.item("http://b/1", false)});
  CHECK(estimate.fetch == 1);
  CHECK(estimate.new_roots == 1);
  CHECK_FALSE(estimate.new_tokens);
  CHECK_FALSE(estimate.new_chunks);
  CHECK_FALSE(estimate.tokens());
}

TEST_CASE("new roots are taken to be like the stored ones of their source") {
  const Stored stored;
  const Estimate estimate = stored.estimate(
      stored.source, {stored.item("http://a/1", false), stored.item(stored_uri, true)});
  CHECK(estimate.fetch == 2);
  CHECK(estimate.new_roots == 1);
  CHECK(estimate.known_chunks == 1);
  CHECK(estimate.known_tokens > 80);
  REQUIRE(estimate.new_tokens);
  CHECK(estimate.new_tokens->low == estimate.known_tokens / 2);
  CHECK(estimate.new_tokens->high == estimate.known_tokens * 2);
  CHECK(estimate.tokens() ==
        Range{estimate.new_tokens->low, estimate.new_tokens->high + estimate.known_tokens});
}

TEST_CASE("a listed size says how much a new root has, from a tenth to all of it") {
  const Stored stored;
  const Estimate estimate =
      stored.estimate(stored.stranger, {stored.item("http://b/1", false, 4000)});
  CHECK(estimate.new_tokens == Range{100, 1000});
  CHECK_FALSE(estimate.new_chunks);
}

TEST_CASE("a report says null for what is unknown, and the cost where there is a price") {
  Report report;
  report.dry_run = true;
  report.estimate.new_tokens.reset();
  report.estimate.price_per_million_tokens = 0.5;
  const auto plan = [&] { return base::Json::parse(report.summary_json())["plan"]; };
  CHECK(plan()["new_tokens"].is_null());
  CHECK(plan()["tokens"].is_null());
  CHECK(plan()["cost"].is_null());
  report.estimate.new_tokens = Range{1'000'000, 4'000'000};
  CHECK(plan()["tokens"]["high"] == 4'000'000);
  CHECK(plan()["cost"]["low"] == 0.5);
  CHECK(plan()["cost"]["high"] == 2.0);
  report.estimate.price_per_million_tokens.reset();
  CHECK(plan()["cost"].is_null());
}

TEST_CASE("tokens are as the tokenizer counts them in what is stored, and estimated without any") {
  const Stored stored;
  const auto snapshot = stored.repository->read();
  const tests::FakeTokenizer tokenizer(2);
  const auto counted = measure_rate(&tokenizer, 0, stored.source, *snapshot);
  REQUIRE(counted);
  CHECK(counted->of(1000) == 2000);
  const auto common = measure_rate(nullptr, 0, stored.source, *snapshot);
  CHECK(common->of(1000) >= 250);
  CHECK(common->of(1000) < 260);
  CHECK(measure_rate(&tokenizer, 0, stored.stranger, *snapshot)->of(1001) == 251);  // holds nothing
  SourceEstimate part(*counted);
  part.take(stored.item("http://a/new", false, 1000), *snapshot);
  Estimate all;
  REQUIRE(part.add_to(all, stored.source, *snapshot));
  CHECK(all.new_tokens->high == 2000);
}

// Three sections of a page, of which each chunk repeats the half of the one before.
TEST_CASE("a plan's most has what chunks repeat of each other, and what was added to them") {
  Stored stored;
  const std::string uri = "http://a/overlapping";
  const model::Document page = tests::document(uri, {std::string(300, 'x')});
  std::vector<model::Chunk> chunks = tests::chunks_of(page);
  const model::Chunk one = chunks[0];
  std::uint64_t embedded = 0;
  chunks.clear();
  for (const std::size_t size : {100u, 150u, 150u}) {
    chunks.push_back(one);
    chunks.back().text = std::string(size, static_cast<char>('a' + chunks.size()));
    embedded += (size + 3) / 4;
  }
  model::set_ids(uri, chunks);
  const base::Digest root = model::root_id(uri);
  const auto plan = [&](double repeats) {
    REQUIRE(stored.repository->write([&](repository::Writer& writer) -> base::Status {
      repository::DocumentWrite write;
      write.document = &page;
      write.chunks = &chunks;
      write.now = stored.repository->clock().now();
      FRESHET_TRY(writer.put_document(write).map([](auto&&) {}));
      return writer.see(stored.source.record.id, 1, {&root, 1}).map([](auto&&) {});
    }));
    const auto snapshot = stored.repository->read();
    SourceEstimate part(*measure_rate(nullptr, repeats, stored.source, *snapshot));
    part.take(stored.item(uri, true), *snapshot);
    part.take(stored.item("http://a/listed", false, 300), *snapshot);
    Estimate all;
    REQUIRE(part.add_to(all, stored.source, *snapshot));
    return all;
  };
  const Estimate estimate = plan(0.5);
  CHECK(estimate.known_tokens >= embedded);
  CHECK(estimate.known_tokens < embedded * 3 / 2);
  CHECK(estimate.new_tokens->high >= embedded);
  embedded = 0;
  for (model::Chunk& chunk : chunks) {  // as a transformer does
    chunk.text += std::string(500, 'y');
    embedded += (chunk.text.size() + 3) / 4;
  }
  model::set_ids(uri, chunks);
  CHECK(plan(0.5).known_tokens >= embedded / 2);
}

TEST_CASE("a price belongs to an embedder and is not below 0") {
  const auto parsed = [](const char* text) { return parse_run(*base::parse_json(text, "test")); };
  const auto config = parsed(R"({"embedder":{"name":"hash","price_per_million_tokens":0.02}})");
  REQUIRE(config);
  CHECK(config->price_per_million_tokens == 0.02);
  CHECK_FALSE(parsed(R"({"embedder":"hash"})")->price_per_million_tokens);
  for (const char* wrong : {R"({"embedder":{"name":"hash","price_per_million_tokens":-1}})",
                            R"({"embedder":{"name":"hash","price_per_million_tokens":"2"}})"})
    CHECK(parsed(wrong).error().subject == "embedder.price_per_million_tokens");
  CHECK(parsed(R"({"store":{"name":"sqlite","price_per_million_tokens":1}})").error().subject ==
        "store.price_per_million_tokens");
}

}  // namespace freshet::sync
