#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace base = freshet::base;
using base::Code;
using freshet::testing::fixture;
using freshet::testing::Json;
using freshet::testing::World;

namespace {

struct EmbedderFixture : World {
  EmbedderFixture() : World({fixture("faulty")}) {}
  base::Result<std::vector<std::vector<float>>> embed(const std::string& name,
                                                      std::vector<std::string_view> texts) {
    auto embedder = plugins.open_embedder(name, Json::object());
    if (!embedder) return base::fail(embedder.error());
    return freshet::ports::embed_all(**embedder, texts, {});
  }
  std::string broken(const std::string& name) {
    const auto result = embed(name, {"one", "three"});
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::plugin);
    CHECK(result.error().subject == "faulty");
    return result.error().message;
  }
};

}  // namespace

TEST_CASE_METHOD(EmbedderFixture, "an embedder gives a vector for each text, in their order") {
  const auto vectors = *embed("good", {"one", "three", ""});
  REQUIRE(vectors.size() == 3);
  CHECK(vectors[0][1] == 3);
  CHECK(vectors[1][1] == 5);
  CHECK(vectors[2][1] == 0);
  CHECK(embed("good", {})->empty());
}

TEST_CASE_METHOD(EmbedderFixture, "an embedder is told what the vectors are for") {
  const auto embedder = *plugins.open_embedder("purposeful", Json::object());
  const std::string_view text = "a question";
  CHECK(embedder->embed({&text, 1}, {})->vectors[0][0] == 1);
  CHECK(embedder->embed({&text, 1}, {}, freshet::ports::Purpose::query)->vectors[0][0] == 2);
}

TEST_CASE_METHOD(EmbedderFixture, "one wrong vector fails the whole batch", "[E01][E02]") {
  CHECK(broken("too_few") == "gave neither a vector nor a rejection for 1 of 2 texts");
  CHECK(broken("duplicate") == "gave the text 0 twice");
  CHECK(broken("bad_index") == "gave a vector 2 of 2 texts");
  CHECK(broken("nan") == "the vector 0 is not finite");
  CHECK(broken("infinite") == "the vector 0 is not finite");
  CHECK(broken("zero") == "the vector 0 is all zero");
  CHECK(broken("short_vector") == "the vector 0 has 3 dimensions, not 4");
  CHECK(broken("null_vector") == "the vector 0 is NULL");
  CHECK(broken("throws") == "cannot embed");
}

TEST_CASE_METHOD(EmbedderFixture, "a text that is rejected leaves the others their vectors") {
  const auto embedder = *plugins.open_embedder("rejects", Json::object());
  CHECK(embedder->info().tokenizer == "words");
  CHECK(embedder->info().max_text_tokens == 100);
  CHECK(embedder->info().max_bytes == 1000);
  const std::vector<std::string_view> texts{"one", "poison", "three"};
  const auto made = *embedder->embed(texts, {});
  CHECK(made.vectors[0][1] == 3);
  CHECK(made.vectors[1].empty());
  CHECK(made.vectors[2][1] == 5);
  REQUIRE(made.rejections.size() == 1);
  CHECK(made.rejections[0].index == 1);
  CHECK(made.rejections[0].error.code == Code::limit);
  CHECK(made.rejections[0].error.message == "is poison");
  CHECK(made.rejections[0].error.subject == "faulty");
  CHECK(made.tokens == 15);
}

TEST_CASE_METHOD(EmbedderFixture, "what was given before a failure comes with it") {
  const auto embedder = *plugins.open_embedder("poisoned", Json::object());
  const std::vector<std::string_view> texts{"one", "poison", "three"};
  const auto made = *embedder->embed(texts, {});
  CHECK(made.vectors[0][1] == 3);
  CHECK(made.vectors[1].empty());
  CHECK(made.vectors[2].empty());
  REQUIRE(made.failure);
  CHECK(made.failure->message == "will not embed poison");
  CHECK(freshet::ports::embed_all(*embedder, texts, {}).error().code == Code::invalid_argument);
  const std::string_view alone = "poison";
  CHECK(embedder->embed({&alone, 1}, {}).error().message == "will not embed poison");
}

TEST_CASE_METHOD(EmbedderFixture, "a rejection that makes no sense fails the whole batch") {
  CHECK(broken("rejects_well") == "rejected the text 0 with 0, which is no status of a failure");
  CHECK(broken("rejects_again") == "gave the text 0 twice");
  CHECK(broken("rejects_others") == "gave a rejection 2 of 2 texts");
  CHECK(broken("devours") == "used 18446744073709551615 tokens for a request");
}

TEST_CASE_METHOD(EmbedderFixture, "an embedder without a model or a dimension is refused") {
  CHECK(broken("no_model") == "does not name its model");
  CHECK(broken("no_dimension") == "says that its vectors have 0 dimensions");
}

TEST_CASE_METHOD(EmbedderFixture, "more texts than the embedder takes are not sent", "[E03]") {
  const std::vector<std::string_view> texts(9, "x");
  CHECK(embed("good", texts).error().code == Code::misuse);
}
