#include "core/read/markdown.hpp"

#include <ctime>

#include "core/read/front_matter.hpp"
#include "core/read/slug.hpp"
#include "tests/core/read/read_support.hpp"

namespace freshet::read {
namespace {

TEST_CASE("sections nest as their headings do, and a container keeps its text as a preamble") {
  CHECK(descendants(markdown("# A\na\n## B\nb\n### C\nc\n## D\nd\n").children) == 6);
  CHECK(descendants(
            markdown("# A\na\n## B\nb\n### C\nc\n#### D\nd\n## E\ne\n### F\nf\n").children) == 10);
  const auto chain = markdown("# A\na\n## B\nb\n### C\nc\n#### D\nd\n");
  CHECK(descendants(chain.children) == 7);
  CHECK(model::text_of(chain) == "A\na\n\nB\nb\n\nC\nc\n\nD\nd");
  CHECK(descendants(markdown("# A\na\n## B\nb\n### C\nc\n").children) == 5);
}

TEST_CASE("two chapters with nested sections") {
  const auto document = markdown(
      "# Chapter 1\nIntro 1.\n## Section 1.1\nText 1.1.\n### 1.1.1\nText 1.1.1.\n## Section "
      "1.2\nText 1.2.\n"
      "# Chapter 2\nText 2.\n");
  CHECK(shape(document.children) ==
        "Chapter 1(Chapter 1, Section 1.1(Section 1.1, 1.1.1), Section 1.2), Chapter 2");
  CHECK(document.children[0].children[0].text == "Intro 1.");
  CHECK(markdown("# A\na\n# B\nb\n# C\nc\n").children.size() == 3);
  CHECK(model::leaves(markdown("# Top\n## Mid1\n### Deep1\nx\n## Mid2\ny\n")).size() == 4);
}

TEST_CASE("a heading without text is kept for its title") {
  CHECK(model::leaves(markdown("# Top\n# Other\n")).size() == 2);
}

TEST_CASE("no heading: one leaf without a title of its own, the text as it was") {
  const auto document = markdown("This is just content.\nNo headings.");
  CHECK(document.title == "This is just content.");
  REQUIRE(document.children.size() == 1);
  CHECK(document.children[0].title.empty());
  CHECK(document.children[0].text == "This is just content.\nNo headings.");
}

TEST_CASE("Markdown before the first heading is kept") {
  const auto document = markdown("Before.\n\n# A\na\n");
  REQUIRE(document.children.size() == 2);
  CHECK(document.children[0].text == "Before.");
}

TEST_CASE("nothing is a document without sections") {
  CHECK(markdown("").children.empty());
  CHECK(markdown(" \n\n").children.empty());
  CHECK(read_ok("", "", "file:///d/empty.md").title == "empty.md");
}

TEST_CASE("headings in fences are code, in quotes and lists they are lines") {
  const auto document =
      markdown("# A\n```kotlin\n# no\n\nfun x()\n```\n> # q\n\n- # l\n\nSetext\n===\ns\n");
  CHECK(shape(document.children) == "A, Setext");
  CHECK(document.children[0].text == "```kotlin\n# no\n\nfun x()\n```\n\nq\n\n- l");
  CHECK(descendants(markdown("# A\npre\n```kotlin\n# no\n```\n## B\nb").children) == 3);
  CHECK(markdown("#tag is no heading").children[0].level == 0);
}

TEST_CASE("fences keep their marks, also when they are never closed") {
  CHECK(first_text(markdown("~~~~ py x\na\n\n\n  b\n~~~~\n")) == "~~~~py x\na\n\n\n  b\n~~~~");
  CHECK(first_text(markdown("```\nopen\n# still code\n")) == "```\nopen\n# still code\n```");
  CHECK(first_text(markdown("    indented\n\n      code\n")) == "```\nindented\n\n  code\n```");
}

TEST_CASE("tables stay tables, lists stay lists") {
  CHECK(first_text(markdown("| A | B |\n|:--|--:|\n| `x\\|y` | **b** |\n| c |\n")) ==
        "| A | B |\n| --- | --- |\n| x\\|y | b |\n| c | |");
  CHECK(first_text(markdown("- a\n- b\n  1. c\n  2. d\n\n     e\n- [x] f\n- [ ] g\n")) ==
        "- a\n- b\n  1. c\n  2. d\n\n     e\n- [x] f\n- [ ] g");
}

TEST_CASE("links and images are their text, raw HTML is stripped to its text") {
  CHECK(first_text(markdown(
            "[a](https://x) ![b](y.png) *c* `d` ~~e~~ <b>f</b> https://g<br>h &amp; \\*i\n")) ==
        "a b c d ~~e~~ f https://g\nh & *i");
  CHECK(first_text(markdown("<p align=center>\n<img alt='Logo text' src=x></p>\n<!-- no "
                            "-->\n\n<details><summary>S</summary>In &lt;</details>\n")) ==
        "Logo text\n\nS\nIn <");
}

TEST_CASE("the title is the front matter's, else the first heading or line, else the name") {
  CHECK(markdown("---\ntitle: 'T: x'\n---\n# A\n").title == "T: x");
  CHECK(markdown("\n# A `b`\ntext\n").title == "A b");
  CHECK(markdown("First line here\n\n# A\n").title == "First line here");
  CHECK(markdown(std::string(60, 'x') + "\n").title == std::string(50, 'x'));
  CHECK(markdown(repeat("\xC3\xA9", 60)).title == repeat("\xC3\xA9", 50));
}

TEST_CASE("sections have GitHub's anchors") {
  Slugs slugs;
  CHECK(slugs.next("What's new? (v1.2)") == "whats-new-v12");
  CHECK(slugs.next("A & B_c") == "a--b_c");
  CHECK(slugs.next("A & B_c") == "a--b_c-1");
  CHECK(slugs.next("a--b_c-1") == "a--b_c-1-1");
  CHECK(slugs.next("\xC3\x89t\xC3\xA9 \xE2\x80\x94 x") == "\xC3\xA9t\xC3\xA9--x");
  CHECK(markdown("# One Two\nx\n").children[0].url == "https://h/page#one-two");
}

TEST_CASE("front matter becomes typed metadata") {
  const auto document = markdown(
      "---\ntitle: \"A \\\"b\\\"\"\ntags: [x, 'y, z', 3]\nlist:\n  - one\n  - \"two\"\ndraft: "
      "true\nweight: 12\nversion: 1.10\n"
      "empty:\nabout: >\n  two\n  lines\nnested:\n  a: b\ncomment: x # not this\nalias: "
      "*a\n---\ntext\n");
  CHECK(document.metadata == model::Json{{"title", "A \"b\""},
                                         {"tags", {"x", "y, z", 3}},
                                         {"list", {"one", "two"}},
                                         {"draft", true},
                                         {"weight", 12},
                                         {"version", "1.10"},
                                         {"about", "two lines"},
                                         {"nested", {{"a", "b"}}},
                                         {"comment", "x"},
                                         {"alias", "*a"}});
  CHECK(model::text_of(document) == "text");
}

TEST_CASE("TOML front matter becomes typed metadata") {
  const auto document = markdown(
      "+++\ntitle = \"T\"\nn = 3\ntags = [\"a\", 'b']\ndate = 2026-11-20T16:00:00Z\n[params]\nx = "
      "1.5\n"
      "+++\ntext\n");
  CHECK(document.title == "T");
  CHECK(document.metadata == model::Json{{"title", "T"},
                                         {"n", 3},
                                         {"tags", {"a", "b"}},
                                         {"date", "2026-11-20T16:00:00Z"},
                                         {"params", {{"x", 1.5}}}});
  CHECK(model::text_of(document) == "text");
}

TEST_CASE("what only looks like front matter is text") {
  CHECK(take_front_matter("---\na: b\nno end\n").rest == "---\na: b\nno end\n");
  CHECK(take_front_matter("---\nSome words here.\n---\nx").rest.starts_with("---"));
  CHECK(take_front_matter("text\n---\na: b\n---\n").metadata.empty());
  CHECK(take_front_matter("---\na: " + std::string(70000, 'x') + "\n---\n").metadata.empty());
}

TEST_CASE("of YAML with a mistake in it the keys before it are kept") {
  const auto found = take_front_matter("---\ntitle: A\nwhat: b: c\nmore: d\n---\ntext\n");
  CHECK(found.metadata == model::Json{{"title", "A"}});
  CHECK(found.rest == "text\n");
  CHECK(take_front_matter("---\nwhat: b: c\n---\ntext\n").rest.starts_with("---"));
  CHECK(take_front_matter("+++\nno = toml = here\n+++\ntext\n").rest.starts_with("+++"));
}

TEST_CASE("YAML is read as YAML is written") {
  const auto metadata =
      take_front_matter(
          "---\nlong: \"two\n  lines\"\nflow: {a: [1, {b: c}]}\nfold: >-\n  x\n  y\n"
          "bar: |\n  x\n    y\n? [a, b]\n: c\n\"quoted key\": '12'\n---\n")
          .metadata;
  CHECK(metadata == model::Json{{"long", "two lines"},
                                {"flow", {{"a", {1, {{"b", "c"}}}}}},
                                {"fold", "x y"},
                                {"bar", "x\n  y"},
                                {"quoted key", "12"}});
}

TEST_CASE("front matter does not unfold, and goes 8 deep") {
  std::string text = "---\na: &a [x, x, x]\n";
  for (char c = 'b'; c < 'z'; ++c)
    text += std::string(1, c) + ": &" + c + " [" +
            repeat(std::string("*") + char(c - 1) + ", ", 9) + "]\n";
  CHECK(take_front_matter(text + "---\n").metadata.dump().size() < 4096);
  for (const auto& [open, close] : {std::pair("[", "]"), std::pair("{a: ", "}")}) {
    const auto deep =
        take_front_matter("---\nk: v\nd: " + repeat(open, 500) + repeat(close, 500) + "\n---\n");
    CHECK(deep.metadata.dump().size() < 100);
    CHECK(deep.metadata["k"] == "v");
  }
  for (const char* hostile : {"[", "{", "- ", "? ", "&a ", "!!x ", "\"", "|", "%"})
    (void)take_front_matter("---\nk: v\n" + repeat(hostile, 30'000) + "\n---\n");
}

TEST_CASE("front matter is capped") {
  std::string text = "---\n";
  for (int i = 0; i < 300; ++i) text += "k" + std::to_string(i) + ": &a [*a, *a]\n";
  CHECK(take_front_matter(text + "---\n").metadata.size() == 100);
  const auto big = take_front_matter("---\nv: " + repeat("\xC3\xA9", 10000) + "\n---\n").metadata;
  CHECK(big["v"].get<std::string>().size() <= 4096);
}

TEST_CASE("line ends of all kinds are one kind") {
  CHECK(model::text_of(markdown("# A\r\na\rb\r\n")) == "A\na\nb");
}

TEST_CASE("hostile Markdown is read, or given up, in bounded time") {
  const std::size_t n = 50'000;
  const std::vector<std::string> texts = {
      repeat("[", n),
      repeat("***", n),
      repeat("`", n),
      repeat("`a``b", n),
      repeat("<![CDATA[", n),
      repeat("]([", n),
      repeat("](", n),
      repeat("> ", 10'000) + "x",
      "|" + repeat("x|", 100'000) + "\n|" + repeat("-|", 100'000) + "\n",
      repeat("![[]()", n),
      repeat("www.a_", n),
      repeat("https://a?<", n),
      repeat("*a **a ", n),
      repeat("* ", n) + "x",
      repeat("<a href=\"", n)};
  for (const std::string& text : texts) {
    INFO(text.substr(0, 20));
    const std::clock_t begin = std::clock();
    const auto document = try_read(text, "text/markdown");
    CHECK(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC < 12);
    if (!document) CHECK(document.error().code == base::Code::limit);
  }
}

TEST_CASE("many references stay linear, too many bytes are a limit") {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "[r" + std::to_string(i) + "]: /u\n";
  CHECK(markdown(text + "\n" + repeat("[r1] ", 50'000)).children.size() == 1);
  const auto big = try_read(std::string((16u << 20) + 1, 'x'), "text/markdown");
  REQUIRE_FALSE(big);
  CHECK(big.error().code == base::Code::limit);
}

TEST_CASE("deeply nested quotes keep their text") {
  CHECK(model::text_of(markdown(repeat(">", 200'000) + "deeper")) == "deeper");
  CHECK(model::text_of(markdown(repeat("> ", 10'000) + "deep")) == "deep");
}

}  // namespace
}  // namespace freshet::read
