#include <cmath>

#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace base = freshet::base;
namespace ports = freshet::ports;
using freshet::testing::built_plugins;
using freshet::testing::Json;
using freshet::testing::World;

namespace {

struct Fixture : World {
  Fixture() : World({built_plugins()}) { open(Json::object()); }
  void open(const Json& given) {
    const auto options =
        plugins.complete_options(freshet::host::Kind::embedder, "hash", given, "embedder");
    REQUIRE(options);
    auto opened = plugins.open_embedder("hash", *options);
    REQUIRE(opened);
    embedder = *std::move(opened);
  }
  std::vector<float> embed(std::string_view text) {
    return embedder->embed(std::vector{text}, {})->vectors[0];
  }
  double near(std::string_view a, std::string_view b) {
    const auto left = embed(a);
    const auto right = embed(b);
    double dot = 0;
    for (std::size_t i = 0; i < left.size(); ++i) dot += double(left[i]) * double(right[i]);
    return dot;
  }
  std::unique_ptr<ports::Embedder> embedder;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "the model's name says what makes its vectors") {
  CHECK(embedder->info().model == "hash-256-v1");
  CHECK(embedder->info().dimension == 256);
  open({{"dimension", 64}});
  CHECK(embedder->info().model == "hash-64-v1");
  CHECK(embed("x").size() == 64);
  CHECK(plugins.complete_options(freshet::host::Kind::embedder, "hash", {{"dimension", 8}}, "e")
            .error()
            .subject == "e.dimension");
}

TEST_CASE_METHOD(Fixture, "every vector has length 1, whatever the text") {
  for (const std::string_view text :
       {"", " ", "!!!", "a", "one two three", "東京 タワー", "\xFF\xFE\x80", "\xF0\x9F"}) {
    double square = 0;
    for (const float each : embed(text)) square += double(each) * double(each);
    CHECK(square == Approx(1.0));
  }
}

TEST_CASE_METHOD(Fixture, "the same text gives the same vector, on every machine and for good") {
  CHECK(embed("the quick brown fox") == embed("the quick brown fox"));
  // Kept from when the model was made: where this fails, the model needs another version.
  const auto vector = embed("Freshet keeps 2 Straßen fresh");
  std::string nonzero;
  for (std::size_t i = 0; i < vector.size(); ++i)
    if (vector[i] != 0.0f) nonzero += std::to_string(i) + (vector[i] > 0 ? "+" : "-");
  CHECK(nonzero == "35-49+86-99+159-167-191+210-");
}

TEST_CASE_METHOD(Fixture, "texts are near when they share words") {
  CHECK(near("the event loop runs tasks", "tasks run in the event loop") >
        near("the event loop runs tasks", "a recipe for apple pie"));
  CHECK(near("Event LOOP", "event loop") == Approx(1.0));
  CHECK(near("Ärger ÉTÉ ΑΒΓ ПРИВЕТ", "ärger été αβγ привет") == Approx(1.0));
  CHECK(near("dog bites man", "man bites dog") < 0.99);  // pairs tell the order
  CHECK(near("event, loop!", "event loop") == Approx(1.0));
}

TEST_CASE_METHOD(Fixture, "many texts come back in their order") {
  std::vector<std::string> texts;
  for (int i = 0; i < 1000; ++i) texts.push_back("text number " + std::to_string(i));
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const auto vectors = embedder->embed(views, {})->vectors;
  REQUIRE(vectors.size() == 1000);
  for (const int i : {0, 1, 63, 64, 999})
    CHECK(vectors[static_cast<std::size_t>(i)] == embed(texts[static_cast<std::size_t>(i)]));
}

TEST_CASE_METHOD(Fixture, "a cancelled call ends") {
  const base::Cancel cancel;
  cancel.request();
  CHECK(embedder->embed(std::vector<std::string_view>{"x"}, cancel).error().code ==
        base::Code::cancelled);
}
