#include "core/chunk/transformer.hpp"

#include "core/base/json.hpp"
#include "tests/core/chunk/support.hpp"
#include "tests/support/catch.hpp"

using namespace freshet;
using namespace freshet::chunk::test;
using base::Json;

namespace {

using ports::Enriched;
using ports::Passage;

// Adds to each text; says no to some.
class Suffix final : public ports::Transformer {
 public:
  explicit Suffix(std::string suffix, std::size_t most = 100)
      : suffix_(std::move(suffix)), most_(most) {}
  const std::string& name() const override { return name_; }
  const std::string& fingerprint() const override { return name_; }
  std::size_t max_chunks() const override { return most_; }
  base::Result<std::vector<Enriched>> transform(std::span<const Passage> passages,
                                                const base::Cancel&) const override {
    requests.push_back(passages.size());
    std::vector<Enriched> made(passages.size());
    for (std::size_t i = 0; i < made.size(); ++i) {
      const std::string& text = passages[i].chunk->text;
      if (text.find("poison") != std::string::npos)
        return base::fail(base::Code::remote, "the model refused");
      if (text.find("sweets") != std::string::npos)
        made[i].rejection = base::make_error(base::Code::limit, "no sweets");
      if (text.find("stay") != std::string::npos) continue;
      made[i].text = text + suffix_;
      made[i].metadata = {{"length", text.size()}};
    }
    return made;
  }
  mutable std::vector<std::size_t> requests;

 private:
  const std::string name_ = "suffix", suffix_;
  const std::size_t most_;
};

using DraftTexts = std::vector<std::vector<std::string>>;

// Documents on their way.
struct Drafts {
  explicit Drafts(const DraftTexts& all) {
    for (const std::vector<std::string>& given : all) {
      std::vector<model::Section> leaves;
      for (const std::string& text : given) leaves.push_back(leaf("", text));
      documents.push_back(document("Doc", leaves));
      chunks.push_back(chunk::chunk(documents.back(), options(7, 0)));
    }
    for (std::size_t i = 0; i < all.size(); ++i) drafts.push_back({&documents[i], &chunks[i]});
  }
  std::vector<model::Document> documents;
  std::vector<std::vector<model::Chunk>> chunks;
  std::vector<chunk::Draft> drafts;
};

}  // namespace

TEST_CASE("add_titles puts the titles and the URI in front", "[CH11]") {
  const auto doc = document("Container Title", {leaf("Leaf Title", "This is the leaf content.")});
  const auto chunks = make_chunks(doc, {}, {chunk::add_titles()});
  REQUIRE(chunks.size() == 1);
  CHECK(chunks[0].text ==
        "# Title: Container Title\n# URI: https://example.org/doc\n# Section: Container Title\n"
        "Leaf Title\nThis is the leaf content.");
  CHECK(chunks[0].urtext == "Leaf Title\nThis is the leaf content.");
  CHECK(chunks[0].metadata == Json{{"source", "test"}, {"transform_add_titles", true}});
}

TEST_CASE("add_titles names the section of a chunk, and leaves out what is not known", "[CH11]") {
  const auto doc = document("", {leaf("A\nB", "One."), leaf("", "Two.")});
  const auto chunks = make_chunks(doc, options(8, 0), {chunk::add_titles()});
  REQUIRE(chunks.size() == 2);
  CHECK(chunks[0].text == "# URI: https://example.org/doc\n# Section: A B\nA\nB\nOne.");
  CHECK(chunks[1].text == "# URI: https://example.org/doc\nTwo.");
}

TEST_CASE("each chunk is transformed once, after splitting", "[CH12]") {
  const auto doc = document("Doc", {leaf("A", sentence("This is", 112))});
  const auto suffix = std::make_shared<Suffix>("!");
  const auto chunks = make_chunks(doc, options(50, 10), {suffix});
  CHECK(suffix->requests == std::vector<std::size_t>{chunks.size()});
  for (const auto& each : chunks) {
    CHECK(each.text == each.urtext + "!");
    CHECK(each.metadata["transform_suffix"] == true);
    CHECK(each.id == model::chunk_id(doc.uri, each.text, 0));  // of the final text
  }
}

TEST_CASE("no transformer leaves no mark", "[CH13]") {
  const auto doc = document("Container Title", {leaf("Leaf Title", "Original content.")});
  const auto chunks = make_chunks(doc, {});
  CHECK(chunks[0].text == "Leaf Title\nOriginal content.");
  CHECK(chunks[0].urtext.empty());
  CHECK(chunks[0].metadata == doc.metadata);
}

TEST_CASE("transformers are applied in their order, and the urtext is the first") {
  const auto doc = document("Doc", {leaf("", "text")});
  const auto chunks =
      make_chunks(doc, {}, {std::make_shared<Suffix>("1"), std::make_shared<Suffix>("2")});
  CHECK(chunks[0].text == "text12");
  CHECK(chunks[0].urtext == "text");
}

TEST_CASE("a request carries the chunks of several documents, and as many as fit") {
  Drafts all(DraftTexts{{"one", "two", "three"}, {"four"}, {"five", "six"}});
  const Suffix suffix("!", 4);
  chunk::transform(suffix, all.drafts, {});
  CHECK(suffix.requests == std::vector<std::size_t>{4, 2});
  for (const chunk::Draft& draft : all.drafts) CHECK(draft.status);
  CHECK(texts(all.chunks[2]) == std::vector<std::string>{"five!", "six!"});
  CHECK(all.chunks[2][1].metadata["length"] == 3);
}

TEST_CASE("the document at fault fails alone, by a failed request as by a rejection") {
  const std::string fault = GENERATE("poison", "sweets");
  Drafts all(DraftTexts{{"one", "two"}, {"three", fault}, {"four"}});
  const Suffix suffix("!");
  chunk::transform(suffix, all.drafts, {});
  CHECK(all.drafts[0].status);
  CHECK(all.drafts[1].status.error().code ==
        (fault == "poison" ? base::Code::remote : base::Code::limit));
  CHECK(all.drafts[2].status);
  CHECK(texts(all.chunks[0]) == std::vector<std::string>{"one!", "two!"});
  CHECK(texts(all.chunks[1]) == std::vector<std::string>{"three", fault});
}

TEST_CASE("a chunk of which nothing is said stays as it is") {
  Drafts all(DraftTexts{{"stay", "one"}});
  chunk::transform(Suffix("!"), all.drafts, {});
  CHECK(all.chunks[0][0].urtext.empty());
  CHECK(all.chunks[0][0].metadata == all.documents[0].metadata);
  CHECK(all.chunks[0][1].text == "one!");
}

TEST_CASE("chunks may not hold many times the text of their document") {
  Drafts all(DraftTexts{{"one"}, {"two"}});
  chunk::transform(Suffix(std::string(std::size_t{1} << 20, '.')), {&all.drafts[0], 1}, {});
  CHECK(all.drafts[0].status);
  chunk::transform(Suffix(std::string((std::size_t{1} << 20) + 100, '.')), {&all.drafts[1], 1}, {});
  CHECK(all.drafts[1].status.error().code == base::Code::limit);
  CHECK(all.drafts[1].status.error().message.find("after the transformer \"suffix\"") !=
        std::string::npos);
}

TEST_CASE("what was cancelled is not tried again") {
  Drafts all(DraftTexts{{"one"}, {"two"}});
  const base::Cancel stop;
  stop.request();
  const Suffix suffix("!");
  chunk::transform(suffix, all.drafts, stop);
  CHECK(suffix.requests.empty());
  CHECK(all.drafts[0].status.error().code == base::Code::cancelled);
}
