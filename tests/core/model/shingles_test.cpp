// How much of one text is in another.
#include "core/model/shingles.hpp"
#include "tests/support/catch.hpp"

namespace freshet::model {
namespace {

Shingles of(std::string_view text) { return shingles_of(words_of(text)); }

}  // namespace

TEST_CASE("words are runs of letters and digits, and each character of a script without spaces") {
  CHECK(words_of("The Pier's 2nd, \u2018Gr\u00f6\u00dfe\u2019.") ==
        std::vector<std::string>{"the", "pier", "s", "2nd", "gr\u00f6\u00dfe"});
  CHECK(words_of("\u63a5\u7d9a pool") == std::vector<std::string>{"\u63a5", "\u7d9a", "pool"});
  CHECK(words_of("").empty());
}

TEST_CASE("a text is contained in one that has it, whatever its case and marks") {
  const auto text = of("one two three four five");
  CHECK(containment(text, of("Zero one, two; three: four five six")) == 1);
  CHECK(containment(text, of("five four three two one")) == 0);
  CHECK(containment(of("one two three four"), of("one two three nine")) == 0.5);
  CHECK(containment({}, text) == 0);
  CHECK(of("one two") == of("One, two."));
}

}  // namespace freshet::model
