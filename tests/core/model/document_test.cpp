#include "core/model/document.hpp"

#include <set>

#include "tests/support/catch.hpp"

using namespace freshet;
using model::Document;
using model::Section;

namespace {

Section section(std::string title, std::string text, std::vector<Section> children = {}) {
  Section made;
  made.title = std::move(title);
  made.text = std::move(text);
  made.children = std::move(children);
  return made;
}

Document finished(std::vector<Section> children) {
  Document document;
  document.uri = "https://example.org/doc";
  document.title = "Doc";
  document.children = std::move(children);
  model::finish(document);
  return document;
}

void check_spans(const Document& document, const std::vector<Section>& sections) {
  const std::string text = model::text_of(document);
  for (const Section& each : sections) {
    const std::string slice = text.substr(each.span.begin, each.span.end - each.span.begin);
    if (each.is_leaf()) CHECK(slice == model::render(each));
    if (!each.is_leaf()) {
      CHECK(each.span.begin == each.children.front().span.begin);
      CHECK(each.span.end == each.children.back().span.end);
    }
    check_spans(document, each.children);
  }
}

}  // namespace

TEST_CASE("the text of a container becomes its first leaf", "[TK1]") {
  const Document document = finished({section("A", "before", {section("B", "text")})});
  const Section& a = document.children[0];
  REQUIRE(a.children.size() == 2);
  CHECK(a.text.empty());
  CHECK(a.children[0].id == a.id + "_preamble");
  CHECK(a.children[0].title == "A");
  CHECK(a.children[0].text == "before");
  CHECK(model::text_of(document) == "A\nbefore\n\nB\ntext");
}

TEST_CASE("what is empty is dropped, a title alone is kept") {
  const Document document =
      finished({section("", " \n"), section("Title", ""),
                section("Empty", "", {section(" ", "\t")}), section("", "text")});
  REQUIRE(document.children.size() == 3);
  CHECK(document.children[0].title == "Title");
  CHECK(document.children[1].is_leaf());
  CHECK(model::text_of(document) == "Title\n\nEmpty\n\ntext");
  CHECK(model::text_of(finished({})).empty());
}

TEST_CASE("blank text is no text") {
  const Document document =
      finished({section("A", " \n "), section("B", " ", {section("C", "c")})});
  CHECK(model::text_of(document) == "A\n\nB\n\nC\nc");
  check_spans(document, document.children);
}

TEST_CASE("spans are the places of the sections in the text") {
  const Document document = finished(
      {section("", "intro"), section("A", "Größe\n", {section("B", "水"), section("C", "")}),
       section("D", "", {section("E", "", {section("", "deep")})}), section(" ", "blank title")});
  check_spans(document, document.children);
}

TEST_CASE("ids hold as long as the titles above them do") {
  const Document before =
      finished({section("A", "one", {section("B", "two")}), section("C", "three")});
  const Document edited =
      finished({section("New", "0"), section("A", "1", {section("B", "2"), section("X", "")}),
                section("C", "3")});
  CHECK(before.children[0].id == edited.children[1].id);
  CHECK(before.children[0].children[1].id == edited.children[1].children[1].id);
  CHECK(before.children[1].id == edited.children[2].id);
  CHECK(before.children[0].id.size() == 32);
}

TEST_CASE("ids, and what stands for them in keys, begin as the root's does") {
  const Document document =
      finished({section("One", "text", {section("Two", "more")}), section("Three", "end")});
  const base::Digest root = model::root_id(document.uri);
  const std::string begins = root.hex().substr(0, 2 * model::root_bytes);
  std::vector<std::string> keys;
  for (const Section* leaf : model::leaves(document)) {
    CHECK(leaf->id.starts_with(begins));
    keys.push_back(model::section_key(leaf->id).hex());
    CHECK(keys.back().starts_with(begins));
    CHECK(keys.back().substr(begins.size()) ==
          base::digest_of(leaf->id).hex().substr(begins.size()));
  }
  CHECK(std::set<std::string>(keys.begin(), keys.end()).size() == 3);
  for (const std::string other :
       {"", "chapter-1", "0123456789abcdef", "not 32 hexadecimal digits, but text"})
    CHECK(model::section_key(other) == base::digest_of(other));
}

TEST_CASE("equal titles are told apart, under one parent and under two") {
  const Document document =
      finished({section("A", "1"), section("A", "2"), section("B", "", {section("A", "3")})});
  CHECK(document.children[0].id != document.children[1].id);
  CHECK(document.children[0].id != document.children[2].children[0].id);
  Document other = document;
  other.uri = "https://example.org/other";
  model::finish(other);
  CHECK(other.children[0].id != document.children[0].id);
}

TEST_CASE("finishing twice changes nothing") {
  Document document = finished({section("A", "before", {section("A", "x"), section("B", "y")})});
  const model::Json once = model::to_json(document);
  model::finish(document);
  CHECK(model::to_json(document) == once);
}

TEST_CASE("leaves come in document order, however deep") {
  const Document document =
      finished({section("A", "a", {section("B", "", {section("C", "c")})}), section("D", "d")});
  std::string titles;
  for (const Section* leaf : model::leaves(document)) titles += leaf->title;
  CHECK(titles == "ABCD");
  CHECK(model::leaves(document.children[0]).size() == 3);
  CHECK(model::leaves(document.children[1]).size() == 1);
}

TEST_CASE("the content digest notices all that chunks are made from") {
  const auto digest = [](auto change) {
    Document document = finished({section("A", "a"), section("B", "b", {section("C", "c")})});
    change(document);
    return model::content_digest(document);
  };
  const base::Digest usual = digest([](Document&) {});
  CHECK(usual == digest([](Document& d) { d.media_type = "text/html"; }));
  CHECK(usual != digest([](Document& d) { d.title = "Other"; }));
  CHECK(usual != digest([](Document& d) { d.metadata["author"] = "someone"; }));
  CHECK(usual != digest([](Document& d) { d.children[0].text = "x"; }));
  CHECK(usual != digest([](Document& d) { d.children[0].title = "x"; }));
  CHECK(usual != digest([](Document& d) { d.children[0].url = "x"; }));
  CHECK(usual != digest([](Document& d) { d.children[0].metadata["page"] = 3; }));
  CHECK(usual == digest([](Document& d) { d.children[0].metadata = model::Json::object(); }));
  CHECK(usual != digest([](Document& d) { std::swap(d.children[0], d.children[1]); }));
  CHECK(usual != digest([](Document& d) {  // the same leaves, in another tree
          d.children.push_back(d.children[1].children.back());
          d.children[1].children.pop_back();
        }));
}

TEST_CASE("a document is shown as JSON with text on its leaves only") {
  const model::Json json = model::to_json(finished({section("A", "a", {section("B", "b")})}));
  CHECK(json["sections"][0]["title"] == "A");
  CHECK_FALSE(json["sections"][0].contains("text"));
  CHECK(json["sections"][0]["sections"][1]["text"] == "b");
  CHECK(json["sections"][0]["sections"][1]["span"] == model::Json{5, 8});
}
