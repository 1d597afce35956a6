#include "core/model/limits.hpp"
#include "tests/core/read/read_support.hpp"

namespace freshet::read {
namespace {

const std::string long_text = repeat("A long title ", 8000);

TEST_CASE("a long title, heading or anchor is cut, and no text is lost") {
  const auto page = html("<title>" + long_text + "</title><h1 id='" + repeat("a", 5000) + "'>" +
                         long_text + "</h1><p>text<h2 id=b>B</h2><p>more");
  CHECK(page.title.size() <= model::most_title);
  CHECK(page.title.ends_with("\xE2\x80\xA6"));
  REQUIRE(page.children.size() == 1);
  const model::Section& heading = page.children[0];
  CHECK(heading.title.size() <= model::most_heading);
  CHECK(heading.url.empty());
  REQUIRE(heading.children.size() == 2);
  CHECK(heading.children[0].text == long_text.substr(0, long_text.size() - 1) + "\n\ntext");
  CHECK(heading.children[1].url == "https://h/page#b");

  const auto text = markdown("# " + long_text + "\n\ntext\n");
  CHECK(text.title.size() <= model::most_title);
  CHECK(has(first_text(text), long_text.substr(0, long_text.size() - 1) + "\n\ntext"));
}

TEST_CASE("the front matter's title is cut, its metadata is 64 KiB at most") {
  std::string front = "---\ntitle: " + long_text + "\n";
  for (int i = 0; i < 90; ++i)
    front += "k" + std::to_string(i) + ": [" + repeat(repeat("v", 600) + ", ", 30) + "]\n";
  const auto document = markdown(front.substr(0, 60'000) + "\n---\ntext");
  CHECK(document.title.size() <= model::most_title);
  CHECK(document.metadata.dump().size() <= model::most_metadata);
}

TEST_CASE("the text of a page is never many times its size") {
  const std::string lists = repeat("<ul><li>a", 300) + repeat("<li>b", 20'000);
  const auto text = model::text_of(html(lists));
  CHECK(text.size() < 8 * lists.size());
  std::string spans;
  for (int i = 0; i < 500; ++i) spans += "<table><th colspan=99>a<tr><td>b</table>";
  const auto grown = try_read(spans, "text/html");
  REQUIRE_FALSE(grown);
  CHECK(grown.error().code == base::Code::limit);
  CHECK(has(grown.error().message, "more than 8 times its size"));
}

}  // namespace
}  // namespace freshet::read
