#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace base = freshet::base;
using base::Code;
using freshet::testing::fixture;
using freshet::testing::Json;
using freshet::testing::mentions;
using freshet::testing::World;

namespace {

struct TokenizerFixture : World {
  TokenizerFixture() : World({fixture("faulty")}) {}
  base::Result<std::vector<std::size_t>> split(const std::string& name, std::string_view text) {
    auto tokenizer = plugins.open_tokenizer(name, Json::object());
    if (!tokenizer) return base::fail(tokenizer.error());
    return (*tokenizer)->split(text);
  }
};

}  // namespace

TEST_CASE_METHOD(TokenizerFixture, "a tokenizer counts, and says where tokens end") {
  const auto tokenizer = plugins.open_tokenizer("good", Json::object());
  REQUIRE(tokenizer);
  CHECK((*tokenizer)->name() == "words");
  CHECK((*tokenizer)->count("one  two\n") == 2);
  CHECK((*tokenizer)->split("one  two\n") == std::vector<std::size_t>{3, 8});
  CHECK((*tokenizer)->count("") == 0);
}

TEST_CASE_METHOD(TokenizerFixture, "what a tokenizer gives is checked") {
  const auto backwards = split("backwards", "one two three");
  CHECK(backwards.error().code == Code::plugin);
  CHECK(backwards.error().message == "a token ends at 7, after 13 in a text of 13 bytes");
  CHECK(mentions(split("beyond", "one").error().message, "a token ends at 4"));
  CHECK(split("no_name", "one").error().message == "does not name its tokens");
  CHECK(split("throws", "one").error().message == "cannot split");
}
