#include "core/read/reader.hpp"

#include <atomic>
#include <thread>

#include "core/read/names.hpp"
#include "core/read/plain.hpp"
#include "tests/core/read/read_support.hpp"

namespace freshet::read {
namespace {

TEST_CASE("plain text is one leaf, as it stands") {
  const auto document =
      read_ok("# not a heading\n\n  key: value\n", "text/plain", "file:///d/a.txt");
  CHECK(document.title == "# not a heading");
  CHECK(document.media_type == "text/plain");
  REQUIRE(document.children.size() == 1);
  CHECK(document.children[0].title.empty());
  CHECK(document.children[0].text == "# not a heading\n\n  key: value");
  CHECK(document.children[0].url == "file:///d/a.txt");
}

TEST_CASE("the title of plain text is its first line, cut to 50 characters") {
  CHECK(read_ok("\n\n  " + repeat("\xE6\x97\xA5", 60) + "\nx", "text/plain").title ==
        repeat("\xE6\x97\xA5", 50));
  CHECK(read_ok("", "text/plain").title == "Empty Document");
  CHECK(read_ok(" \r\n\t", "text/plain").title == "Empty Document");
  CHECK(read_ok(" \n", "text/plain").children.empty());
}

TEST_CASE("plain text keeps the margin of its first line, and has one kind of line ends") {
  CHECK(first_text(read_ok("\n   a\r\nb\rc\n\n", "text/plain")) == "   a\nb\nc");
}

TEST_CASE("empty bytes of any type are a document without sections") {
  for (const char* type :
       {"text/html", "text/markdown", "text/plain", "", "application/pdf", "application/json"})
    CHECK(read_ok("", type).children.empty());
}

TEST_CASE("a document comes finished: URI, media type, ids and spans") {
  const auto document = read_ok("# A\na\n## B\nb\n", "", "file:///d/a.md");
  CHECK(document.uri == "file:///d/a.md");
  CHECK(document.media_type == "text/markdown");
  const auto leaves = model::leaves(document);
  REQUIRE(leaves.size() == 2);
  CHECK(leaves[1]->id.size() == 32);
  CHECK(leaves[1]->span == model::Span{5, 8});
  CHECK(model::to_json(document) ==
        model::to_json(read_ok("# A\na\n## B\nb\n", "", "file:///d/a.md")));
}

TEST_CASE("options are read strictly") {
  const auto off =
      parse_reader_options(base::Json::parse(R"({"html":{"main_only":false}})"), "reader");
  REQUIRE(off);
  CHECK_FALSE(off->html.main_only);
  CHECK(parse_reader_options(base::Json::object(), "reader")->html.main_only);
  CHECK(parse_reader_options(nullptr, "reader")->html.main_only);
  const auto unknown =
      parse_reader_options(base::Json::parse(R"({"html":{"mainonly":true}})"), "reader");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == base::Code::invalid_argument);
  CHECK(unknown.error().subject == "reader.html.mainonly");
}

TEST_CASE("the fingerprint changes with what changes documents") {
  ReaderOptions off;
  off.html.main_only = false;
  CHECK(make_reader()->fingerprint() != make_reader(off)->fingerprint());
  CHECK(make_reader()->fingerprint() == make_reader(ReaderOptions{})->fingerprint());
}

TEST_CASE("names say what the last segment and the extension are") {
  CHECK(last_segment("https://h/a/b%20c.html?x#y") == "b c.html");
  CHECK(last_segment("https://h/a/") == "a");
  CHECK(last_segment("https://h") == "");
  CHECK(last_segment("https://h/%FF") == "");
  CHECK(last_segment("classpath:docs/a.md") == "a.md");
  CHECK(extension("https://example.com") == "");
  CHECK(extension("https://h/A.HTML") == "html");
  CHECK(extension("https://h/.gitignore") == "");
  CHECK(extension("https://h/v1.2/") == "");
  CHECK(with_fragment("https://h/a", "x y\"\xC3\xA9") == "https://h/a#x%20y%22%C3%A9");
  CHECK(with_fragment("https://h/a#b", "c") == "https://h/a#b");
}

TEST_CASE("one reader serves many threads") {
  const auto reader = make_reader();
  const std::string page = repeat("<h2>A</h2><p>a <b>b</b></p><pre>c</pre>", 200);
  const std::string text = repeat("# A\n\n~~a~~ **b** | c |\n\n- d\n", 200);
  const auto expected_page =
      model::content_digest(*reader->read({page, "https://h/", "text/html", ""}));
  const auto expected_text =
      model::content_digest(*reader->read({text, "https://h/", "text/markdown", ""}));
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        wrong += model::content_digest(*reader->read({page, "https://h/", "text/html", ""})) !=
                 expected_page;
        wrong += model::content_digest(*reader->read({text, "https://h/", "text/markdown", ""})) !=
                 expected_text;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace freshet::read
