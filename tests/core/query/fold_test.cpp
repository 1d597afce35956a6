// Which hits say nearly the same.
#include "core/query/fold.hpp"
#include "tests/support/catch.hpp"

namespace freshet::query {
namespace {

const std::string prose =
    "The keeper writes the level of the tide into the book at noon and the clerk reads it out at "
    "the "
    "gate so that every skipper who wants to leave before dusk knows how much water there is.";

ports::Hit hit(const std::string& uri, const std::string& text) {
  ports::Hit made;
  made.uri = uri;
  made.text = text;
  return made;
}

}  // namespace

TEST_CASE("of hits that say nearly the same on several pages the best stays") {
  const std::vector<ports::Hit> hits = {hit("u:a", prose), hit("u:b", "Another tide."),
                                        hit("u:c", prose + " Ask."), hit("u:d", prose)};
  CHECK(fold(hits) == std::vector<std::size_t>{0, 0, 1, 1});
}

TEST_CASE("what stays: of one page, of few words, a part of a longer text, another text") {
  CHECK(fold({hit("u:a", prose), hit("u:a", prose)}) == std::vector<std::size_t>{0, 0});
  CHECK(fold({hit("u:a", "The tide is high."), hit("u:b", "The tide is high.")}) ==
        std::vector<std::size_t>{0, 0});
  CHECK(fold({hit("u:a", prose), hit("u:b", prose + " " + std::string(200, 'x') +
                                                " Boats of every kind land at the pier in the "
                                                "north, but none of them in winter.")}) ==
        std::vector<std::size_t>{0, 0});
  std::string other = prose;
  other.replace(other.find("keeper"), 6, "master").replace(other.find("clerk"), 5, "guard");
  other.replace(other.find("skipper"), 7, "captain");
  CHECK(fold({hit("u:a", prose), hit("u:b", other)}) == std::vector<std::size_t>{0, 0});
  CHECK(fold({}).empty());
}

}  // namespace freshet::query
