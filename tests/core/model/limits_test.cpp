#include "core/model/limits.hpp"

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "tests/support/catch.hpp"

using namespace freshet;
using model::Document;
using model::Section;

namespace {

Section part(std::string title, std::string text, std::vector<Section> children = {}) {
  Section made;
  made.title = std::move(title);
  made.text = std::move(text);
  made.children = std::move(children);
  return made;
}

Document cut(std::vector<Section> children) {
  Document document;
  document.uri = "https://example.org/doc";
  document.children = std::move(children);
  model::cut_to_limits(document);
  return document;
}

std::size_t count(const std::vector<Section>& sections) {
  std::size_t all = sections.size();
  for (const Section& each : sections) all += count(each.children);
  return all;
}

}  // namespace

TEST_CASE("a long text is cut between code points, and says so") {
  CHECK(model::shortened("short", 5) == "short");
  CHECK(model::shortened("shorter", 6) == "sho\xE2\x80\xA6");
  for (std::size_t most = 8; most < 40; ++most) {
    const std::string text = model::shortened(
        "\xE6\xB0\xB4\xE6\xB0\xB4 \xF0\x9F\x98\x80\xC3\xA4 and more than that, and more", most);
    CHECK(text.size() <= most);
    CHECK(base::is_utf8(text));
  }
}

TEST_CASE("the title of a document is cut, that of a section stays whole in its text") {
  const std::string heading(5000, 'h');
  Document document = cut({part(heading, "text", {part("B", "b")}), part(heading, "")});
  CHECK(document.children[0].title.size() == model::most_heading);
  CHECK(document.children[0].text == heading + "\n\ntext");
  CHECK(document.children[1].text == heading);
  document.title = std::string(5000, 't');
  model::cut_to_limits(document);
  CHECK(document.title.size() == model::most_title);
  CHECK(document.children[0].text == heading + "\n\ntext");  // once is enough
}

TEST_CASE("a URL or an anchor that is too long is left out") {
  std::vector<Section> sections(3);
  for (Section& each : sections) each.text = "text";
  sections[0].url = "https://example.org/doc#" + std::string(model::most_anchor, 'a');
  sections[1].url = sections[0].url + "a";
  sections[2].url = "https://example.org/" + std::string(model::most_url, 'a');
  const Document document = cut(sections);
  CHECK_FALSE(document.children[0].url.empty());
  CHECK(document.children[1].url.empty());
  CHECK(document.children[2].url.empty());
}

TEST_CASE("all URLs are left out where they would be most of the document") {
  const auto with_urls = [](std::size_t text, std::size_t anchor) {
    std::vector<Section> sections(500, part("", std::string(text, 'x')));
    for (Section& each : sections) each.url = "https://h/#" + std::string(anchor, 'a');
    return cut(std::move(sections));
  };
  CHECK_FALSE(with_urls(100, 100).children[0].url.empty());
  CHECK_FALSE(with_urls(1, 100).children[0].url.empty());
  CHECK_FALSE(with_urls(200, 1000).children[0].url.empty());
  CHECK(with_urls(1, 1000).children[0].url.empty());
}

TEST_CASE("metadata of sections is cut like what else stands beside the text") {
  const auto with_metadata = [](std::size_t text, std::size_t note) {
    std::vector<Section> sections(100, part("", std::string(text, 'x')));
    for (Section& each : sections) each.metadata = {{"page", 7}, {"note", std::string(note, 'n')}};
    return cut(std::move(sections)).children[99].metadata;
  };
  CHECK(with_metadata(1, 100).size() == 2);
  CHECK(with_metadata(1, model::most_section_metadata) == model::Json{{"page", 7}});
  CHECK(with_metadata(500, 1000).size() == 2);
  CHECK(with_metadata(1, 2000).empty());
}

TEST_CASE("what is more than so many sections is text of the last one") {
  std::vector<Section> sections;
  for (int i = 0; i < 3000; ++i) sections.push_back(part(std::to_string(i), "t"));
  std::string before;
  for (const Section& each : sections) before += each.title + "t";
  Document document = cut(std::move(sections));
  const std::size_t kept = count(document.children);
  model::finish(document);
  CHECK(kept >= 1024);
  CHECK(kept < 1024 + before.size() / 32 + 1);
  std::string after;
  for (const char c : model::text_of(document))
    if (c != '\n') after += c;
  CHECK(after == before);
}

TEST_CASE("what is folded keeps its order and its titles") {
  std::vector<Section> sections(1056, part("", "x"));
  sections.push_back(part("A", "a", {part("B", "b", {part("C", "c")}), part("D", "")}));
  sections.push_back(part("E", "e"));
  const Document document = cut(std::move(sections));
  REQUIRE(count(document.children) == 1057);
  CHECK(document.children.back().title == "A");
  CHECK(document.children.back().text == "a\n\nB\n\nb\n\nC\n\nc\n\nD\n\nE\n\ne");
}

TEST_CASE("metadata is lightened by its longest values") {
  const model::Json metadata = {
      {"a", "short"}, {"b", std::string(600, 'b')}, {"c", {1, 2, 3}}, {"d", std::string(500, 'd')}};
  CHECK(model::lightened(metadata, 4096) == metadata);
  CHECK(model::lightened(metadata, 600) ==
        model::Json{{"a", "short"}, {"c", {1, 2, 3}}, {"d", std::string(500, 'd')}});
  CHECK(model::lightened(metadata, 100) == model::Json{{"a", "short"}, {"c", {1, 2, 3}}});
  CHECK(model::lightened(metadata, 2) == model::Json::object());
}

TEST_CASE("pages stay where they were when a heading or a section becomes text") {
  Section long_one = part(std::string(5000, 'h'), "first second");
  long_one.pages = {{0, 4}, {6, 5}};
  const Document document = cut({std::move(long_one)});
  const Section& section = document.children[0];
  REQUIRE(section.pages.size() == 2);
  CHECK((section.pages[0].at == 0 && section.pages[1].at == 5002 + 6));
  CHECK(section.text.substr(section.pages[1].at) == "second");
}
