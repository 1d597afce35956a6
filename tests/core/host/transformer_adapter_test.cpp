#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace base = freshet::base;
using base::Code;
using freshet::testing::fixture;
using freshet::testing::Json;
using freshet::testing::mentions;
using freshet::testing::World;
namespace model = freshet::model;
namespace ports = freshet::ports;

namespace {

struct TransformerFixture : World {
  TransformerFixture() : World({fixture("faulty")}) {
    for (const char* text : {"one", "two"}) {
      model::Section section;
      section.text = text;
      section.level = 1;
      section.title = "Part";
      document.children.push_back(section);
      model::Chunk chunk;
      chunk.text = text;
      chunks.push_back(chunk);
    }
    document.uri = "doc:/a";
    document.title = "Title";
    model::finish(document);
  }
  base::Result<std::vector<ports::Enriched>> transform(const std::string& name) {
    auto transformer = plugins.open_transformer(name, Json::object());
    if (!transformer) return base::fail(transformer.error());
    std::vector<ports::Passage> passages;
    for (const model::Chunk& chunk : chunks) passages.push_back({&document, &chunk});
    return (*transformer)->transform(passages, {});
  }
  std::string broken(const std::string& name) {
    const auto result = transform(name);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::plugin);
    CHECK(result.error().subject == "faulty");
    return result.error().message;
  }

  model::Document document;
  std::vector<model::Chunk> chunks;
};

}  // namespace

TEST_CASE_METHOD(TransformerFixture, "a transformer sees the chunks with their document") {
  const auto made = transform("good");
  REQUIRE(made);
  CHECK((*made)[1].text == "From Title: two");
  CHECK((*made)[1].metadata == Json{{"from", "doc:/a"}});
}

TEST_CASE_METHOD(TransformerFixture, "what a transformer gives is checked") {
  CHECK(broken("bad_index") == "gave a chunk 64 of 2");
  CHECK(broken("bad_text") == "the text of the chunk 0 is not UTF-8");
  CHECK(broken("empties") == "left no text of the chunk 0");
  CHECK(broken("twice") == "gave the text of the chunk 0 twice");
  CHECK(broken("bad_metadata") == "the metadata of the chunk 0 is no JSON object");
  CHECK(broken("no_chunks") == "says that it takes no chunks");
}

TEST_CASE_METHOD(TransformerFixture, "a chunk that is rejected says why") {
  chunks[0].text = "poison";
  const auto made = transform("rejects");
  REQUIRE(made);
  CHECK((*made)[0].rejection->code == Code::limit);
  CHECK((*made)[0].rejection->message == "no poison, please");
  CHECK_FALSE((*made)[1].rejection);
}

TEST_CASE_METHOD(TransformerFixture, "a fingerprint has the plugin, its options and its own word") {
  const auto one = plugins.open_transformer("good", Json::object());
  const auto other = plugins.open_transformer("small", Json::object());
  REQUIRE(one);
  REQUIRE(other);
  CHECK((*one)->fingerprint().starts_with("faulty/1.0/good/"));
  CHECK((*one)->fingerprint().ends_with("/fixture 1"));
  CHECK((*one)->fingerprint() != (*other)->fingerprint());
  CHECK((*other)->max_chunks() == 2);
}
