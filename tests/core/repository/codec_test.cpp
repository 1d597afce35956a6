// Records to bodies and back.
#include "core/repository/codec.hpp"
#include "tests/support/catch.hpp"

namespace freshet::repository::test {

TEST_CASE("a target's states are those that are known") {
  KnownTarget row, again;
  row.state = TargetState::retired;
  row.newest.number = 3;
  row.newest.fill = Fill::filled;
  row.live.store = "store";
  const auto decoded = [&](const KnownTarget& written) {
    Encoder out;
    encode(out, written);
    return decode(out.body(), again);
  };
  REQUIRE(decoded(row));
  CHECK(again.state == TargetState::retired);
  CHECK(again.newest.number == 3);
  CHECK(again.live.store == "store");
  CHECK(again.replaces == 0);
  row.replaces = 7;
  row.suffix = ".freshet.8";
  REQUIRE(decoded(row));
  CHECK(again.replaces == 7);
  CHECK(again.suffix == ".freshet.8");
  row.replaces = 0;
  row.newest.fill = static_cast<Fill>(4);
  CHECK_FALSE(decoded(row));
  row.newest.fill = Fill::live;
  row.state = static_cast<TargetState>(3);
  CHECK_FALSE(decoded(row));
}

TEST_CASE("a text that stands twice in a record is said once, and read as it was") {
  StoredChunk again;
  model::Chunk chunk;
  const Digest root = base::digest_of("root");
  chunk.text = chunk.structure.root_document_title = "the same";
  chunk.parent_id = chunk.structure.root_document_id = root.hex();
  chunk.url = chunk.structure.leaf_section_url = "https://example.test/page";
  chunk.path = {"the same", "another", "another"};
  Encoder out;
  encode_chunk(out, chunk, 3, root, base::digest_of("record"));
  REQUIRE(decode(out.body(), again));
  CHECK(again.chunk.text == chunk.text);
  CHECK(again.chunk.urtext.empty());
  CHECK(again.chunk.parent_id == chunk.parent_id);
  CHECK(again.chunk.url == chunk.url);
  CHECK(again.chunk.path == chunk.path);
  CHECK(again.chunk.structure.leaf_section_url == chunk.url);
  CHECK(again.chunk.structure.leaf_section_title.empty());
  for (const std::string_view once : {"the same", "https://example.test/page", "another"})
    CHECK(out.body().find(once) == out.body().rfind(once));
  CHECK(out.body().find(root.hex()) == std::string_view::npos);
}

TEST_CASE(
    "a record of schema 5 says each text, and one that names a text that is not there is damaged") {
  const Digest root = base::digest_of("root");
  const auto front = [&] {
    Encoder out;
    out.digest(root).number(std::uint8_t{2}).number(std::int32_t{1}).number(std::uint32_t{0});
    out.number(std::uint64_t{0}).number(std::uint64_t{9});
    return out;
  };
  Element element;
  Encoder older = front();
  for (const std::string& text : {std::string("id"), root.hex(), std::string("id"), std::string(),
                                  std::string("text"), std::string()})
    older.text(text);
  REQUIRE(decode(older.body(), element));
  CHECK(element.id == "id");
  CHECK(element.title == "id");
  CHECK(element.parent_id == root.hex());
  CHECK(element.text == "text");
  Encoder newer, wrong = front();
  encode(newer, element);
  CHECK(newer.body().size() + 2 + 32 == older.body().size());
  Element again;
  REQUIRE(decode(newer.body(), again));
  CHECK(again.parent_id == root.hex());
  CHECK(again.title == "id");
  wrong.text("id").number(std::uint32_t{(1u << 31) | 2}).text("").text("").text("").text("");
  CHECK_FALSE(decode(wrong.body(), again));
}

}  // namespace freshet::repository::test
