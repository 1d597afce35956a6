// How a site's answer for a page that it does not have is told from a page.
#include "core/sync/absent.hpp"
#include "tests/support/catch.hpp"

namespace freshet::sync {
namespace {

model::Document page(const std::string& title, const std::string& text) {
  model::Document document;
  document.uri = "u:a";
  document.title = title;
  document.children.emplace_back().text = text;
  model::finish(document);
  return document;
}

const std::string absent = absent_address("https://a.example/docs/a.html");

std::string apology(const std::string& address) {
  return "We looked for " + address + " and there is nothing here. Ask the keeper of the harbour.";
}

bool are_alike(const std::string& text, const std::string& answer) {
  return is_like(text_without_address(page("", text), "https://a.example/docs/a.html"),
                 text_without_address(page("", answer), absent));
}

}  // namespace

TEST_CASE("an address that cannot exist lies beside the page, and a front page has none") {
  CHECK(absent.starts_with("https://a.example/docs/no-such-page-"));
  CHECK(absent_address("https://a.example/docs/b.html?x=1") == absent);
  CHECK(absent_address("https://a.example/a").starts_with("https://a.example/no-such-page-"));
  for (const char* none : {"https://a.example/", "https://a.example",
                           "https://a.example/index.html", "file:///tmp/a.html", "u:a"})
    CHECK(absent_address(none).empty());
}

TEST_CASE("an answer that repeats what it was asked for is like itself") {
  CHECK(are_alike(apology("/docs/a.html"), apology(absent)));
  CHECK(are_alike(apology("a.html"), apology(absent.substr(absent.find_last_of('/') + 1))));
  CHECK(are_alike(apology("it"), apology("it")));
}

TEST_CASE("a short answer that counts, and names its request, is like itself") {
  CHECK(are_alike("Nothing is moored here. Request 8f3a21, visitor 1041.",
                  "Nothing is moored here. Request 07bc9e, visitor 1042."));
  CHECK_FALSE(are_alike("Nothing is moored at pier north. Request 8f3a21, visitor 1041.",
                        "Nothing is moored here. Request 07bc9e, visitor 1042."));
}

TEST_CASE("a page that is not the answer is not like it") {
  const std::string boilerplate =
      "The harbour of the north is open from dawn to dusk for boats of every kind, says the "
      "keeper, "
      "and the clerk reads the level of the tide out at the gate at noon. ";
  CHECK_FALSE(
      are_alike("Pier A is for ferries, and nothing else may land there.", apology(absent)));
  CHECK_FALSE(are_alike(boilerplate + "Pier A is for ferries, and yachts go to Pier B beside it.",
                        boilerplate + "There is nothing here for you."));
  CHECK_FALSE(are_alike("", ""));  // nothing says nothing
  CHECK_FALSE(are_alike("Pier A", "Pier A"));
}

TEST_CASE("a page that is new gives cause by its title, or by a short text") {
  CHECK(sounds_absent(page("404", "Boats.")));
  CHECK(sounds_absent(page("Harbour", "Oops, wrong pier.")));
  CHECK(sounds_absent(page("Hafen", "Diese Seite wurde nicht gefunden.")));
  CHECK_FALSE(sounds_absent(page("Harbour", "Boats.")));
  CHECK_FALSE(sounds_absent(page("Harbour", "not found" + std::string(2000, '.'))));
}

}  // namespace freshet::sync
