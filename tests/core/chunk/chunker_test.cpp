// What the chunker does with each kind of text, and what it says of a chunk's place.
#include "core/chunk/chunker.hpp"

#include <algorithm>

#include "tests/core/chunk/support.hpp"
#include "tests/support/catch.hpp"

using namespace freshet;
using namespace freshet::chunk::test;
using chunk::Grouping;
using Texts = std::vector<std::string>;

namespace {

Texts cut(const std::string& text, std::int64_t size, std::int64_t overlap,
          std::string title = "") {
  const auto doc = document("Doc", {leaf(std::move(title), text)});
  const auto chunks = chunk::chunk(doc, options(size, overlap));
  CHECK(faults(doc, chunks, options(size, overlap)) == "");
  return texts(chunks);
}

}  // namespace

TEST_CASE("leaves keep their order, wherever they stand") {
  const auto doc =
      document("Doc", {container("Chapter", {leaf("One", "First."), leaf("Two", "Second.")}),
                       leaf("Three", "Third.")});
  CHECK(texts(chunk::chunk(doc, options(14, 0))) ==
        Texts{"One\nFirst.", "Two\nSecond.", "Three\nThird."});
}

TEST_CASE("a chunk names the section that holds it, and the way there") {
  model::Section chapter = container("Chapter", {leaf("One", "First."), leaf("Two", "Second.")});
  chapter.url = "https://example.org/doc#chapter";
  chapter.children[1].url = "https://example.org/doc#two";
  chapter.text = "Before.";
  const auto doc = document("Doc", {chapter, leaf("", "Last.")});
  const auto chunks = chunk::chunk(doc, options(16, 0));
  REQUIRE(chunks.size() == 4);
  const model::Section& finished = doc.children[0];
  CHECK(chunks[0].text == "Chapter\nBefore.");
  CHECK(chunks[0].path == Texts{"Chapter"});  // not "Chapter > Chapter"
  CHECK(chunks[0].parent_id == finished.id + "_preamble");
  CHECK(chunks[1].path == Texts{"Chapter", "One"});
  CHECK(chunks[1].url == "https://example.org/doc#chapter");
  CHECK(chunks[1].structure.container_section_id == finished.id);
  CHECK(chunks[1].structure.container_section_title == "Chapter");
  CHECK(chunks[1].structure.container_section_url == "https://example.org/doc#chapter");
  CHECK(chunks[1].structure.leaf_section_id == finished.children[1].id);
  CHECK(chunks[2].url == "https://example.org/doc#two");
  CHECK(chunks[2].structure.leaf_section_title == "Two");
  CHECK(chunks[3].path.empty());
  CHECK(chunks[3].url == doc.uri);
  CHECK(chunks[3].structure.container_section_id == model::root_id(doc.uri).hex());
  CHECK(chunks[3].structure.container_section_title == "Doc");
}

TEST_CASE("a greedy group belongs to the section that its leaves share") {
  const auto doc =
      document("Doc", {container("A", {container("B", {leaf("1", "One."), leaf("2", "Two.")}),
                                       container("C", {leaf("3", "Three."), leaf("4", "Four.")})}),
                       leaf("5", std::string(40, 'x'))});
  const auto narrow = chunk::chunk(doc, options(42, 0, Grouping::greedy));
  REQUIRE(narrow.size() == 2);
  CHECK(narrow[0].text == "A\n\nB\n\n1\nOne.\n\n2\nTwo.\n\nC\n\n3\nThree.\n\n4\nFour.");
  CHECK(narrow[0].parent_id == doc.children[0].id);
  CHECK(narrow[0].path == Texts{"A"});
  CHECK(narrow[0].structure.leaf_section_id.empty());
  const auto pairs = chunk::chunk(doc, options(20, 0, Grouping::greedy));
  CHECK(pairs[0].parent_id == doc.children[0].id);  // its title begins the group
  CHECK(pairs[1].parent_id == doc.children[0].children[2].id);
}

TEST_CASE("a title without text makes no chunk of its own, unless there is nothing else") {
  const auto grouping = GENERATE(Grouping::section, Grouping::greedy);
  const auto doc = document("Doc", {leaf("A", std::string(30, 'a')), leaf("See also", ""),
                                    leaf("B", std::string(30, 'b'))});
  CHECK(chunk::chunk(doc, options(35, 0, grouping)).size() == 2);
  const auto titles = document("Doc", {leaf("First title", ""), leaf("Second title", "")});
  CHECK(texts(chunk::chunk(titles, options(15, 0, grouping))) ==
        Texts{"First title", "Second title"});
}

TEST_CASE("paragraphs are packed whole while they fit") {
  CHECK(cut("aaaa\n\nbbbb\n\ncccc", 10, 0) == Texts{"aaaa\n\nbbbb", "cccc"});
  CHECK(cut("aaaa\n\nbbbb\n\ncccc", 9, 0) == Texts{"aaaa", "bbbb", "cccc"});
}

TEST_CASE("an exact fit does not overflow into a shard") {
  const std::string a(100, 'a');
  CHECK(cut(a + "\n\n" + a, 100, 20) == Texts{a, a});
  for (const std::size_t extra : {1u, 2u, 3u}) {
    const Texts found = cut(std::string(100 + extra, 'a'), 100, 0);
    REQUIRE(found.size() == 2);
    CHECK(found[1].size() > 10);
  }
}

TEST_CASE("a short rest takes words from the chunk before it") {
  std::string text = "w0";
  for (int i = 1; i < 50; ++i) text += " w" + std::to_string(i % 10);
  const Texts found = cut(text + " z", 149, 0);
  REQUIRE(found.size() == 2);
  CHECK(found[1] == "w9 z");
}

TEST_CASE("the overlap begins at a sentence, else at a word") {
  CHECK(cut("Alpha beta gamma. Delta eps. Zeta eta theta iota.", 31, 15) ==
        Texts{"Alpha beta gamma. Delta eps.", "Delta eps. Zeta eta theta iota."});
  CHECK(cut("one two three four five six seven", 20, 10) ==
        Texts{"one two three four", "four five six seven"});
}

TEST_CASE("a short chunk is not repeated") {
  CHECK(cut("short\n\n" + sentence("Long", 45), 50, 10)[1].starts_with("Long"));
}

TEST_CASE("a list is cut between its items") {
  const Texts found =
      cut("- first item of some length\n- second item of some length\n- third item", 40, 0);
  CHECK(found ==
        Texts{"- first item of some length", "- second item of some length", "- third item"});
}

TEST_CASE("a list item of two lines stays together") {
  CHECK(cut("- aaaa aaaa\n  bbbb bbbb\n- cccc cccc\n  dddd dddd", 36, 0) ==
        Texts{"- aaaa aaaa\n  bbbb bbbb", "- cccc cccc\n  dddd dddd"});
}

TEST_CASE("a stop inside a number or an address ends no sentence") {
  const Texts found = cut("Version 3.14 of example.org is here. The next one is not.", 40, 0);
  CHECK(found == Texts{"Version 3.14 of example.org is here.", "The next one is not."});
}

TEST_CASE("full-width stops end sentences") {
  CHECK(cut("水は流れる。海へ行く。", 8, 0) == Texts{"水は流れる。", "海へ行く。"});
}

TEST_CASE("no character is cut in two") {
  const std::string family = "👩‍👩‍👧‍👦";  // seven code points
  const Texts found = cut(repeat(family, 20), 50, 0);
  for (const std::string& each : found) {
    CHECK(each.size() % family.size() == 0);
    CHECK(base::is_utf8(each));
  }
  for (const std::string& each : cut(repeat("e\u0301", 100), 15, 0)) CHECK(each.starts_with("e"));
}

TEST_CASE("a code block that fits stays whole") {
  const std::string code = "```\nint a;\n\nint b;\n```";
  CHECK(cut(sentence("Text", 30) + "\n" + code + "\n" + sentence("More", 30), 40, 0) ==
        Texts{sentence("Text", 30), code, sentence("More", 30)});
}

TEST_CASE("a long code block is cut at blank lines, then at line ends") {
  const std::string code = "```\nint first;\nint second;\n\nint third;\nint fourth;\n```";
  CHECK(cut(code, 30, 0) == Texts{"```\nint first;\nint second;", "int third;\nint fourth;\n```"});
  CHECK(cut(code, 25, 0) ==
        Texts{"```\nint first;", "int second;\n\nint third;", "int fourth;\n```"});
}

TEST_CASE("an overlap in code takes whole lines") {
  std::string code = "```";
  for (int i = 10; i < 20; ++i) code += "\nlet v" + std::to_string(i) + " = 1;";
  for (const std::string& each : cut(code + "\n```", 60, 20))
    CHECK((each.starts_with("let v") || each.starts_with("```\nlet")));
}

TEST_CASE("the closing line of a code block is not repeated alone") {
  const Texts found =
      cut("```\n" + std::string(40, 'c') + "\n```\n\n" + sentence("After", 40), 55, 12);
  REQUIRE(found.size() == 2);
  CHECK(found[1] == sentence("After", 40));
}

TEST_CASE("an overlap of an overlap in a table still brings the table's own header") {
  const std::string header = "| k | v |\n|---|---|\n";
  std::string table = header;
  for (int i = 10; i < 17; ++i) table += "| " + std::to_string(i) + " | x |\n";
  const Texts found = cut(table + "\nA few more.\n\n" + sentence("Then", 30), 100, 50);
  REQUIRE(found.size() == 3);
  CHECK(found[1].starts_with(header + "| 13 | x |\n"));
  CHECK(found[2].starts_with(header + "| 14 | x |\n"));
}

TEST_CASE("what is too long for one chunk begins a new one, unless little stands before it") {
  const std::string before = sentence("Before", 30);
  const std::string once = sentence("Long", 20);
  CHECK(cut(before + "\n\n" + repeat(once + " ", 4), 70, 0)[0] == before);
  CHECK(cut("See:\n\n" + repeat(once + " ", 4), 70, 5)[0] ==
        "See:\n\n" + once + " " + once + " " + once);
}

TEST_CASE("a code span of three back quotes opens no code block") {
  std::string text = "```span``` in prose.\n\n| k |\n|---|";
  for (int i = 10; i < 40; ++i) text += "\n| " + std::to_string(i) + " |";
  const Texts found = cut(text, 60, 0);
  for (std::size_t i = 1; i < found.size(); ++i) CHECK(found[i].starts_with("| k |\n|---|\n"));
}

TEST_CASE("lines in code that look like tables or headings are code") {
  std::string code = "```\n| not | a table |";
  for (int i = 0; i < 10; ++i) code += "\n| row | " + std::to_string(i) + " |";
  for (const std::string& each : cut(code + "\n```", 60, 0))
    CHECK((each.find("not") == std::string::npos || each.starts_with("```")));
}

TEST_CASE("a long table goes with the title of its section") {
  std::string table = "| k | v |\n|---|---|";
  for (int i = 10; i < 30; ++i) table += "\n| " + std::to_string(i) + " | x |";
  const Texts found = cut(table, 80, 20, "Numbers");
  CHECK(found[0].starts_with("Numbers\n| k | v |\n|---|---|\n| 10 | x |"));
  for (std::size_t i = 1; i < found.size(); ++i)
    CHECK(found[i].starts_with("| k | v |\n|---|---|\n| "));
}

TEST_CASE("a table of a header and no rows is not dropped") {
  const std::string header = "| " + repeat("column | ", 30);
  const Texts found = cut(header + "\n|" + repeat("---|", 30), 100, 0);
  CHECK(found.size() == 4);
  CHECK(found[0].starts_with("| column |"));
  CHECK(found.back().ends_with("---|"));
}

TEST_CASE("one long line that begins with a bar is cut at words") {
  for (const std::string& each : cut("| " + repeat("word ", 100), 50, 0)) CHECK(each.size() <= 50);
}

TEST_CASE("a row longer than a chunk is cut at words, its neighbours keep their header") {
  const Texts found = cut("| k |\n|---|\n| " + repeat("word ", 40) + "|\n| last |", 60, 0);
  CHECK(found.front() == "| k |\n|---|");
  CHECK(found.back() == "| k |\n|---|\n| last |");
}

TEST_CASE("what stands after a table does not overlap with it") {
  std::string table = "| k |\n|---|";
  for (int i = 10; i < 45; ++i) table += "\n| " + std::to_string(i) + " |";
  const Texts found = cut(table + "\n\nAfter.", 60, 30);
  CHECK(found.back() == "After.");
}

TEST_CASE("metadata with marks of transformers is the document's own otherwise") {
  const auto doc = document("Doc", {leaf("A", "One."), leaf("B", "Two.")});
  for (const auto& each : chunk::chunk(doc, options(7, 0))) CHECK(each.metadata == doc.metadata);
}

TEST_CASE("small sections below one heading share a chunk, which an edit changes alone") {
  std::vector<model::Section> sections;
  for (int i = 0; i < 40; ++i)
    sections.push_back(leaf("Section " + std::to_string(i),
                            "A line or two of text, number " + std::to_string(i) + "."));
  sections.push_back(leaf("Large", repeat("It goes on and on. ", 60)));
  const auto before = chunk::chunk(document("Doc", {container("All", sections)}), {});
  CHECK(before.size() < 15);
  for (const auto& each : before) CHECK(each.text.size() <= 1500);
  CHECK(before.back().text.starts_with("Large\n"));
  CHECK(before.front().text.starts_with("All\n\nSection 0\nA line"));
  sections[20].text = "A line that is another one.";
  const auto after = chunk::chunk(document("Doc", {container("All", sections)}), {});
  const auto old = texts(before);
  std::size_t changed = 0;
  for (const std::string& text : texts(after))
    changed += std::find(old.begin(), old.end(), text) == old.end();
  CHECK(changed == 1);
}

TEST_CASE("code that is cut goes on as code") {
  std::string code = "```python\n";
  for (int i = 0; i < 200; ++i)
    code += "value_" + std::to_string(i) + " = " + std::to_string(i) + "\n";
  const auto chunks = chunk::chunk(document("Doc", {leaf("Code", code + "```\nThe end.")}), {});
  REQUIRE(chunks.size() > 2);
  for (std::size_t i = 1; i + 1 < chunks.size(); ++i) {
    CHECK(chunks[i].text.starts_with("```python\nvalue_"));
    CHECK(chunks[i].text.ends_with("\n```"));
    CHECK(chunks[i].text.size() <= 1500);
  }
}
