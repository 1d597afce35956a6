#include "core/model/chunk.hpp"

#include "tests/support/catch.hpp"

using namespace freshet;
using model::Chunk;

namespace {

std::vector<Chunk> chunks(std::initializer_list<const char*> texts) {
  std::vector<Chunk> made;
  for (const char* text : texts) made.emplace_back().text = text;
  model::set_ids("https://example.org/doc", made);
  return made;
}

}  // namespace

TEST_CASE("a chunk's id is of its root, its text and its ordinal among equals") {
  const auto made = chunks({"a", "b", "a"});
  CHECK(made[0].id == model::chunk_id("https://example.org/doc", "a", 0));
  CHECK(made[2].id == model::chunk_id("https://example.org/doc", "a", 1));
  CHECK(made[0].id != made[2].id);
  CHECK(made[0].id != model::chunk_id("https://example.org/other", "a", 0));
}

TEST_CASE("a chunk's id begins as its root's does, and lies in the root's range") {
  const std::string uri = "https://example.org/doc";
  const base::Digest root = model::root_id(uri);
  const model::IdRange range = model::id_range(root);
  CHECK(range.first.hex() == root.hex().substr(0, 12) + "00000000000000000000");
  CHECK(range.last.hex() == root.hex().substr(0, 12) + "ffffffffffffffffffff");
  for (const Chunk& chunk : chunks({"a", "b", "a"})) {
    CHECK(chunk.id.hex().substr(0, 12) == root.hex().substr(0, 12));
    CHECK(range.first < chunk.id);
    CHECK(chunk.id < range.last);
  }
  // Another root whose id begins alike has other ids all the same.
  const base::Digest a = model::chunk_id("https://example.org/a", "text", 0),
                     b = model::chunk_id("https://example.org/b", "text", 0);
  CHECK(model::of_root(root, a) != model::of_root(root, b));
}

TEST_CASE("an id follows its text wherever it moves") {
  const auto before = chunks({"a", "b", "c"});
  const auto after = chunks({"x", "c", "a", "b"});
  CHECK(before[0].id == after[2].id);
  CHECK(before[1].id == after[3].id);
  CHECK(before[2].id == after[1].id);
}

TEST_CASE("the record's digest notices what a store is given, and nothing else") {
  const auto digest = [](auto change) {
    Chunk chunk;
    chunk.text = "text";
    chunk.path = {"A", "B"};
    chunk.url = "https://example.org/doc#b";
    change(chunk);
    return model::record_digest(chunk, "https://example.org/doc", "Doc");
  };
  const base::Digest usual = digest([](Chunk&) {});
  CHECK(usual != digest([](Chunk& c) { c.text = "other"; }));
  CHECK(usual != digest([](Chunk& c) { c.path = {"A B"}; }));
  CHECK(usual != digest([](Chunk& c) { c.path = {"A"}; }));
  CHECK(usual != digest([](Chunk& c) { c.url = "x"; }));
  CHECK(usual != digest([](Chunk& c) { c.metadata["k"] = 1; }));
  CHECK(usual == digest([](Chunk& c) { c.structure.sequence_number = 9; }));
  CHECK(usual == digest([](Chunk& c) { c.span = {5, 9}; }));
  CHECK(usual != model::record_digest(Chunk{}, "https://example.org/doc", "Doc"));
}
