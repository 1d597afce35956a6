#include "core/chunk/transformer.hpp"

#include "core/base/json.hpp"
#include "tests/core/chunk/support.hpp"
#include "tests/support/catch.hpp"

using namespace freshet;
using namespace freshet::chunk::test;
using base::Json;

namespace {

class Suffix final : public chunk::TextTransformer {
 public:
  explicit Suffix(std::string suffix) : suffix_(std::move(suffix)) {}
  std::string_view name() const override { return "suffix"; }
  mutable int calls = 0;

 protected:
  std::string transform(const model::Chunk& chunk, const model::Document&) const override {
    ++calls;
    return chunk.text + suffix_;
  }

 private:
  std::string suffix_;
};

}  // namespace

TEST_CASE("add_titles puts the titles and the URI in front", "[CH11]") {
  const auto doc = document("Container Title", {leaf("Leaf Title", "This is the leaf content.")});
  const auto chunks = chunk::make_chunks(doc, {}, *chunk::add_titles());
  REQUIRE(chunks.size() == 1);
  CHECK(chunks[0].text ==
        "# Title: Container Title\n# URI: https://example.org/doc\n# Section: Container Title\n"
        "Leaf Title\nThis is the leaf content.");
  CHECK(chunks[0].urtext == "Leaf Title\nThis is the leaf content.");
  CHECK(chunks[0].metadata == Json{{"source", "test"}, {"transform_add_titles", true}});
}

TEST_CASE("add_titles names the section of a chunk, and leaves out what is not known", "[CH11]") {
  const auto doc = document("", {leaf("A\nB", "One."), leaf("", "Two.")});
  const auto chunks = chunk::make_chunks(doc, options(8, 0), *chunk::add_titles());
  REQUIRE(chunks.size() == 2);
  CHECK(chunks[0].text == "# URI: https://example.org/doc\n# Section: A B\nA\nB\nOne.");
  CHECK(chunks[1].text == "# URI: https://example.org/doc\nTwo.");
}

TEST_CASE("each chunk is transformed once, after splitting", "[CH12]") {
  const auto doc = document("Doc", {leaf("A", sentence("This is", 112))});
  const Suffix suffix("!");
  const auto chunks = chunk::make_chunks(doc, options(50, 10), suffix);
  CHECK(suffix.calls == static_cast<int>(chunks.size()));
  for (const auto& each : chunks) {
    CHECK(each.text == each.urtext + "!");
    CHECK(each.metadata["transform_suffix"] == true);
    CHECK(each.id == model::chunk_id(doc.uri, each.text, 0));  // of the final text
  }
}

TEST_CASE("no transformer leaves no mark", "[CH13]") {
  const auto doc = document("Container Title", {leaf("Leaf Title", "Original content.")});
  const auto chunks = chunk::make_chunks(doc, {}, *chunk::no_op());
  CHECK(chunks[0].text == "Leaf Title\nOriginal content.");
  CHECK(chunks[0].urtext.empty());
  CHECK(chunks[0].metadata == doc.metadata);
}

TEST_CASE("transformers are applied in their order, and the urtext is the first") {
  const auto doc = document("Doc", {leaf("", "text")});
  const auto chain = chunk::chained(
      {std::make_shared<Suffix>("1"), chunk::no_op(), std::make_shared<Suffix>("2")});
  const auto chunks = chunk::make_chunks(doc, {}, *chain);
  CHECK(chunks[0].text == "text12");
  CHECK(chunks[0].urtext == "text");
}

TEST_CASE("transformers are read from JSON") {
  CHECK(*chunk::parse_transformer("none", "t") == chunk::no_op());
  CHECK(*chunk::parse_transformer("add_titles", "t") == chunk::add_titles());
  CHECK(*chunk::parse_transformer(Json::array({"add_titles"}), "t") == chunk::add_titles());
  CHECK(*chunk::parse_transformer(Json::array(), "t") == chunk::no_op());
  const auto near = chunk::parse_transformer("add_title", "t");
  CHECK(near.error().message == R"("add_title" is not a transformer; did you mean "add_titles"?)");
  CHECK(chunk::parse_transformer(Json::array({"none", 3}), "t").error().subject == "t[1]");
  CHECK(chunk::parse_transformer(Json::array({Json::array()}), "t").error().subject == "t[0]");
}
