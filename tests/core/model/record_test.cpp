#include "core/model/record.hpp"

#include <cmath>

#include "tests/support/catch.hpp"

namespace model = freshet::model;

namespace {

model::Chunk chunk() {
  model::Chunk made;
  made.text = "the text";
  made.url = "doc:/a#b";
  made.path = {"One", "Two > Three"};
  made.metadata = {{"lang", "en"}, {"n", 1.5}};
  return made;
}

const model::Record as_given = {
    "the text", "doc:/a", "Title", "doc:/a#b", "One > Two > Three", R"({"lang":"en","n":1.5})"};

bool holds(const model::Record& kept) { return model::holds(kept, chunk(), "doc:/a", "Title"); }

}  // namespace

TEST_CASE("a row that came back as it was given is the same, and any other is not") {
  CHECK(holds(as_given));
  for (const auto field : {&model::Record::text, &model::Record::uri, &model::Record::title,
                           &model::Record::url, &model::Record::path, &model::Record::metadata}) {
    model::Record other = as_given;
    other.*field = "{}";
    CHECK_FALSE(holds(other));
  }
}

TEST_CASE("metadata may be written another way, and NULs come back as plugins take them") {
  model::Record kept = as_given;
  kept.metadata = R"({ "n": 1.50, "lang": "en" })";
  CHECK(holds(kept));
  kept.metadata = "not JSON";
  CHECK_FALSE(holds(kept));
  model::Chunk with_nul = chunk();
  with_nul.text = std::string("the text\0 and more", 18);
  CHECK(model::holds(as_given, with_nul, "doc:/a", "Title"));
  kept = as_given;
  kept.title = "Ti tle";
  CHECK(model::holds(kept, chunk(), "doc:/a", std::string_view("Ti\0tle", 6)));
}

TEST_CASE("vectors are the same when they point the same way") {
  const std::vector<float> vector = {3, 0, -4}, unit = {0.6f, 0, -0.8f};
  CHECK(model::same_direction(vector, unit));
  CHECK(model::same_direction(vector, vector));
  CHECK_FALSE(model::same_direction(vector, std::vector<float>{-0.6f, 0, 0.8f}));
  CHECK_FALSE(model::same_direction(vector, std::vector<float>{0.6f, 0.001f, -0.8f}));
  CHECK_FALSE(model::same_direction(vector, std::vector<float>{0.6f, 0}));
  CHECK_FALSE(model::same_direction(vector, std::vector<float>{0, 0, 0}));
  CHECK_FALSE(model::same_direction(std::vector<float>{NAN, 0, 1}, unit));
}
