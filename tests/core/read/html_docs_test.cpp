// Pages as documentation generators make them.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/base/text.hpp"
#include "tests/core/read/read_support.hpp"
#include "tests/support/places.hpp"

namespace freshet::read {
namespace {

std::string file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string text_of(const std::string& body) { return model::text_of(html(body)); }

TEST_CASE("a Sphinx page is its body, its API and its code") {
  const auto document = read_ok(file(testing::source_path("tests/fixtures/read/sphinx.html")),
                                "text/html", "https://pond.example/ducks.html");
  CHECK(document.title ==
        "ducks \xE2\x80\x94 Keeping of ducks \xE2\x80\x94 Pond 1.0 documentation");
  CHECK(document.metadata ==
        model::Json{{"language", "en"}, {"description", "How to keep a pond of ducks."}});
  const auto leaves = model::leaves(document);
  REQUIRE(leaves.size() == 3);
  CHECK(leaves[0]->title == "ducks \xE2\x80\x94 Keeping of ducks");
  CHECK(leaves[0]->url == "https://pond.example/ducks.html#module-ducks");
  CHECK(leaves[0]->text == "Source code: ducks.py\n\nDucks are kept in a pond.[1]");
  CHECK(leaves[1]->title == "ducks.feed(duck, bread=None)");
  CHECK(leaves[1]->url == "https://pond.example/ducks.html#ducks.feed");
  CHECK(
      leaves[1]->text ==
      "Feeds a duck.\n\n"
      "Parameters\n- duck \xE2\x80\x93 whom\n- bread \xE2\x80\x93 what\n\nWarning\nNot too much.");
  CHECK(leaves[2]->url == "https://pond.example/ducks.html#example");
  CHECK(leaves[2]->text ==
        "```python3\n>>> import ducks\n\n>>> ducks.feed('anna')\nquack\n```\n\n"
        "| Duck | Sound |\n| --- | --- |\n| anna | a\\|b |\n\n[1] Or on a lake.");
}

TEST_CASE("a Docusaurus page is its article without breadcrumbs and pagination") {
  const auto document = html(
      "<div id=__docusaurus><a class=skipToContent_x href=#x>Skip</a><nav "
      "class=navbar>N</nav><main class=docMainContainer>"
      "<div class=row><div class=col><article><nav class=theme-doc-breadcrumbs>B</nav><div "
      "class='theme-doc-toc-mobile'>T</div>"
      "<div class='theme-doc-markdown markdown'><header><h1>Intro</h1></header><p>Hi.</p><h2 "
      "class=anchor id=use>Use"
      "<a class=hash-link href=#use>\xE2\x80\x8B</a></h2><div class='language-bash "
      "codeBlockContainer'><pre class='prism-code language-bash'>"
      "<code><span class=token-line>npm i<br></span></code></pre><button>Copy</button></div></div>"
      "<footer class=theme-doc-footer>Edit this page</footer></article><nav "
      "class=pagination-nav>Next</nav></div></div></main></div>");
  CHECK(model::text_of(document) == "Intro\nHi.\n\nUse\n```bash\nnpm i\n```");
  CHECK(model::leaves(document)[1]->url == "https://h/page#use");
}

TEST_CASE("an MkDocs Material page is its article") {
  const auto document = html(
      "<body><header class=md-header>H</header><div class=md-container><main class=md-main><div "
      "class='md-sidebar'>S</div>"
      "<div class=md-content><article class='md-content__inner md-typeset'><a "
      "class='md-content__button' href=x>Edit</a>"
      "<h1 id=a>A<a class=headerlink href=#a>\xC2\xB6</a></h1><p>a</p><div class='admonition "
      "note'><p class=admonition-title>Note</p>"
      "<p>n</p></div></article></div></main><footer class=md-footer>F</footer></div>");
  CHECK(model::text_of(document) == "A\na\n\nNote\nn");
}

TEST_CASE("a page of the Python documentation, where it is installed") {
  const std::string path = "/usr/share/doc/python3.11/html/library/bisect.html";
  if (!std::filesystem::exists(path)) {
    WARN("not installed: " + path + " (package python3-doc)");
    return;
  }
  const auto document = read_ok(file(path), "text/html", "https://docs/bisect.html");
  CHECK(document.title ==
        "bisect \xE2\x80\x94 Array bisection algorithm \xE2\x80\x94 Python 3.11.2 documentation");
  REQUIRE(document.children.size() == 1);
  CHECK(shape(document.children[0].children) ==
        "bisect \xE2\x80\x94 Array bisection algorithm, "
        "bisect.bisect_left(a, x, lo=0, hi=len(a), *, key=None), "
        "bisect.bisect_right(a, x, lo=0, hi=len(a), *, key=None), "
        "bisect.insort_left(a, x, lo=0, hi=len(a), *, key=None), "
        "bisect.insort_right(a, x, lo=0, hi=len(a), *, key=None), Performance Notes, "
        "Searching Sorted Lists, Examples");
  CHECK(document.children[0].children[1].url == "https://docs/bisect.html#bisect.bisect_left");
  CHECK(document.children[0].children[5].url == "https://docs/bisect.html#performance-notes");
  const std::string text = model::text_of(document);
  CHECK(has(
      text,
      "\n\nbisect.bisect_left(a, x, lo=0, hi=len(a), *, key=None)\nLocate the insertion point"));
  CHECK(has(text, "```python3\ndef index(a, x):\n"));
  CHECK_FALSE(has(text, "\xC2\xB6"));
  CHECK_FALSE(has(text, "Report a Bug"));
  CHECK_FALSE(has(text, "Copyright"));
}

TEST_CASE("lines of code without a <pre> are code") {
  CHECK(text_of(
            "<main><div class=fragment><div class=line><span class=keyword>def </span>f():</div>"
            "<div class=line>&nbsp;   <span>return</span> 1</div></div><!-- fragment --></main>") ==
        "```\ndef f():\n    return 1\n```");
  // Lines of a poem are no code.
  CHECK(text_of("<main><div class=verse><div class=line>Ducks</div><div "
                "class=line>swim</div></div></main>") == "Ducks\n\nswim");
}

TEST_CASE("the language over a code is the fence's") {
  CHECK(text_of("<main><div class=language-sh><button>Copy</button><span class=lang>sh</span>"
                "<pre><code>ls</code></pre></div></main>") == "```sh\nls\n```");
  CHECK(text_of("<main><p>In <span class=lang>French</span>: canard.</p></main>") ==
        "In French: canard.");
}

TEST_CASE("the way from node to node of a manual is not its text") {
  const std::string way =
      "<div class=header><p>Next: <a href=b.html rel=next>B</a>, Previous: <a href=a.html "
      "rel=prev>A</a>, Up: <a href=index.html rel=up>Top</a> &nbsp; </p></div>";
  const std::string text =
      "<h2>2 Ducks</h2><p>A duck is kept in a pond, and a pond has a shore with reeds in it, says "
      "the book.</p>";
  CHECK(
      text_of("<body><div class=chapter>" + way + text + "</div></body>") ==
      "2 Ducks\nA duck is kept in a pond, and a pond has a shore with reeds in it, says the book.");
  // A short section that leads on is a section.
  CHECK(text_of("<body>" + text +
                "<div class=section><h3>More</h3><p>See <a href=b.html "
                "rel=next>B</a>.</p></div></body>")
            .ends_with("More\nSee B."));
}

TEST_CASE("marks of notes, and a picture that is there twice") {
  CHECK(text_of("<main><p>Ducks.<a href=n.html#FOOT1><sup>2</sup></a></p></main>") == "Ducks.[2]");
  CHECK(text_of("<main><p>Twice a day. <a href=#fr-1>\xE2\x86\xA9</a></p></main>") ==
        "Twice a day.");
  CHECK(text_of(
            "<main><aside class=footnote role=doc-footnote><span class=label><span>[</span>1<span>]"
            "</span></span><p>Or on a lake.</p></aside></main>") == "[1] Or on a lake.");
  CHECK(text_of("<main><p><label><input type=checkbox><img src=d.png alt='a duck'><span><img "
                "src=d.png alt='a duck'></span></label></p></main>") == "a duck");
  CHECK(text_of(
            "<main><p><img src=d.png alt='a duck'> and <img src=d.png alt='a duck'></p></main>") ==
        "a duck and a duck");
}

}  // namespace
}  // namespace freshet::read
