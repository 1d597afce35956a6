#include "core/chunk/measure.hpp"

#include "tests/support/catch.hpp"

using freshet::chunk::Measure;

namespace {

const std::string text = "one two, drei \u20AC";  // the last is three bytes, and three tokens
const std::vector<std::size_t> ends = {3, 7, 8, 13, 15, 16, 17};

}  // namespace

TEST_CASE("tokens of a slice are counted, and those of which a part is in it") {
  const Measure measure(text, &ends);
  CHECK(measure.count(0, text.size()) == 7);
  CHECK(measure.count(0, 3) == 1);
  CHECK(measure.count(0, 4) == 2);  // with the space of the next one
  CHECK(measure.count(1, 5) == 2);  // the end of one, the beginning of another
  CHECK(measure.count(5, 5) == 0);
  CHECK(measure.count(8, 13) == 1);
}

TEST_CASE("a way of so many tokens ends at the start of a character") {
  const Measure measure(text, &ends);
  CHECK(measure.forward(0, 2, text.size()) == 7);
  CHECK(measure.forward(0, 100, text.size()) == text.size());
  CHECK(measure.forward(0, 3, 7) == 7);
  CHECK(measure.forward(13, 1, text.size()) == 14);  // not inside of the last one
  CHECK(measure.back(text.size(), 3, 0) == 13);
  CHECK(measure.back(8, 2, 0) == 3);
  CHECK(measure.back(5, 1, 0) == 3);  // the part of one
  CHECK(measure.back(8, 100, 4) == 4);
}

TEST_CASE("without tokens a way is of code points") {
  const Measure measure(text);
  CHECK(measure.count(0, text.size()) == 15);
  CHECK(measure.forward(13, 2, text.size()) == text.size());
  CHECK(measure.back(text.size(), 1, 0) == 14);
  CHECK(measure.previous(14, 0) == 13);
}
