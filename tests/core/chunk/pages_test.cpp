// Pages: which of them a chunk says it stands on.
#include "tests/core/chunk/support.hpp"
#include "tests/support/catch.hpp"

using namespace freshet;
using namespace freshet::chunk::test;
using chunk::ChunkerOptions;

namespace {

model::Section paged(std::string title, std::string text, std::vector<model::PageMark> pages) {
  model::Section section;
  section.title = std::move(title);
  section.level = 1;
  section.text = std::move(text);
  section.pages = std::move(pages);
  return section;
}

std::string words(std::size_t bytes) {
  std::string text;
  while (text.size() + 5 < bytes) text += "word ";
  return text + "end.";
}

}  // namespace

TEST_CASE("a chunk bears the first and the last page that it stands on") {
  const std::string first = words(300), second = words(300), third = words(300);
  const model::Document document = chunk::test::document(
      "Doc", {paged("A", first + "\n\n" + second + "\n\n" + third,
                    {{0, 3}, {first.size() + 2, 4}, {first.size() + second.size() + 4, 7}}),
              paged("B", words(400), {{0, 7}})});
  const auto chunks = chunk::chunk(document, options(320, 0));
  REQUIRE(chunks.size() >= 4);
  CHECK((chunks[0].metadata["page"] == 3 && chunks[0].metadata["page_end"] == 3));
  CHECK((chunks[1].metadata["page"] == 4 && chunks[1].metadata["page_end"] == 4));
  CHECK((chunks[2].metadata["page"] == 7 && chunks[2].metadata["page_end"] == 7));
  CHECK(chunks.back().metadata["page"] == 7);
  const auto whole = chunk::chunk(document, ChunkerOptions{});  // all of A in one
  CHECK((whole[0].metadata["page"] == 3 && whole[0].metadata["page_end"] == 7));
}

TEST_CASE("a document without pages says nothing of them, and another page is another content") {
  model::Document document = chunk::test::document("Doc", {paged("A", words(100), {})});
  CHECK_FALSE(chunk::chunk(document, ChunkerOptions{})[0].metadata.contains("page"));
  const base::Digest before = model::content_digest(document);
  document.children[0].pages = {{0, 2}};
  CHECK(model::content_digest(document) != before);
}

TEST_CASE("the text before a container's first heading keeps its pages") {
  model::Section outer = paged("Outer", words(600), {{0, 1}, {300, 2}});
  outer.children.push_back(paged("Inner", words(600), {{0, 2}, {300, 3}}));
  const model::Document document = chunk::test::document("Doc", {std::move(outer)});
  const auto chunks = chunk::chunk(document, options(700, 0));
  REQUIRE(chunks.size() == 2);
  CHECK((chunks[0].metadata["page"] == 1 && chunks[0].metadata["page_end"] == 2));
  CHECK((chunks[1].metadata["page"] == 2 && chunks[1].metadata["page_end"] == 3));
}
