#include "core/read/html.hpp"

#include "core/base/text.hpp"
#include "tests/core/read/read_support.hpp"

namespace freshet::read {
namespace {

TEST_CASE("headings become a tree: the parent is the nearest open lower level") {
  const auto document = html(
      "<h1>Chapter 1</h1><p>a</p><h2>Section 1.1</h2><p>b</p><h3>Section 1.1.1</h3><p>c</p>"
      "<h2>Section 1.2</h2><p>d</p><h1>Chapter 2</h1><p>e</p>");
  CHECK(shape(document.children) ==
        "Chapter 1(Chapter 1, Section 1.1(Section 1.1, Section 1.1.1), Section 1.2), Chapter 2");
  CHECK(document.children[0].children[0].id == document.children[0].id + "_preamble");
}

TEST_CASE("HTML without a hint: one heading in another gives three descendants") {
  CHECK(descendants(read_ok("<h1>A</h1><p>a</p><h2>B</h2><p>b</p>", "", "file:///x").children) ==
        3);
  const auto four =
      read_ok("<h1>A</h1><p>a<h2>B</h2><p>b<h2>C</h2><p>c<h3>D</h3><p>d", "", "file:///x");
  CHECK(descendants(four.children) == 6);
  const auto chain = html("<h1>A</h1><p>a<h2>B</h2><p>b<h3>C</h3><p>c");
  CHECK(descendants(chain.children) == 5);
  CHECK(model::leaves(chain).size() == 3);
  for (const auto* leaf : model::leaves(four))
    CHECK(leaf->text.find_first_of("<>") == std::string::npos);
}

TEST_CASE("HTML before the first heading is kept") {
  const auto document = html("<p>Before.</p><h1>A</h1><p>a</p>");
  REQUIRE(document.children.size() == 2);
  CHECK(document.children[0].title.empty());
  CHECK(document.children[0].text == "Before.");
}

TEST_CASE("the title is <title>, else og:title, else the first h1, else the name, else Document") {
  CHECK(html("<title> A \n b</title><h1>H</h1>").title == "A b");
  CHECK(html("<meta property=og:title content=Og><h1>H</h1>").title == "Og");
  CHECK(html("<p>x</p><h1>H <b>1</b></h1>").title == "H 1");
  CHECK(read_ok("<p>x", "text/html", "https://h/docs/a%20b.html?x=1").title == "a b.html");
  CHECK(read_ok("<p>x", "text/html", "https://h/").title == "Document");
}

TEST_CASE("metadata comes from the page") {
  const auto document = html(
      "<html lang=de><meta name=Description content=' what  it is '><meta name=author content=Ann>"
      "<meta name=keywords content='a, b'><meta name=generator content=x><meta name=viewport "
      "content=y><p>t");
  CHECK(document.metadata == model::Json{{"language", "de"},
                                         {"description", "what it is"},
                                         {"author", "Ann"},
                                         {"keywords", "a, b"}});
}

TEST_CASE("a section's URL bears the heading's anchor") {
  const auto document = html(
      "<h1 id=top>A</h1><p>a</p><section id=sec><h2>B</h2><p>b</p></section><div class=section "
      "id=old><h2>C</h2>c</div>"
      "<h2><a name=inner></a>D</h2>d<a id=before></a><h2>E</h2>e<h2 id='a b'>F</h2>f<h2>G</h2>g");
  std::vector<std::string> urls;
  for (const auto* leaf : model::leaves(document)) urls.push_back(leaf->url);
  CHECK(urls == std::vector<std::string>{"https://h/page#top", "https://h/page#sec",
                                         "https://h/page#old", "https://h/page#inner",
                                         "https://h/page#before", "https://h/page#a%20b",
                                         "https://h/page"});
}

TEST_CASE("paragraphs stand apart, inline blanks collapse, entities are characters") {
  CHECK(first_text(html("<p>a\n  <b>b</b>&nbsp;&amp; c&eacute;</p>\n<p>d<br>e</p>f")) ==
        "a b & c\xC3\xA9\n\nd\ne\n\nf");
}

TEST_CASE("the site around the content is left out") {
  const auto document = html(
      "<body><a class=skip-link href=#c>Skip to "
      "content</a><header><a>Site</a></header><nav>Menu</nav>"
      "<div class=sidebar>Side</div><div "
      "role=navigation>Nav</div><form><label>Search</label><input></form><script>var x</script>"
      "<style>p{}</style><template>T</template><div hidden>H</div><p style='display: "
      "none'>N</p><div aria-hidden=true>Ar</div>"
      "<h1>A<a class=headerlink "
      "href=#a>\xC2\xB6</a></h1><p>text</p><aside>Aside</aside><footer>Foot</footer>");
  CHECK(shape(document.children) == "A");
  CHECK(first_text(document) == "text");
}

TEST_CASE("a section is not taken for a part of the site by its id") {
  CHECK(model::text_of(
            html("<main><div class=section id=pagination><h2>Pagination</h2><p>p</p></div>"
                 "<section id=feedback><h2>Feedback</h2>f</section><div id=toc>no</div></main>")) ==
        "Pagination\np\n\nFeedback\nf");
}

TEST_CASE(
    "a section is not taken for something beside the text by its id, nor a box by a part of a "
    "word") {
  const std::string sections =
      "<main><h1>Language</h1><section id='comments'><h2>Comments</h2><p>begin with a hash</p>"
      "</section><section id='related-functions'><h2>Related functions</h2><p>of signals</p>"
      "</section><div class='section' id='promoted'><h2>Promoted</h2><p>to double</p></div>"
      "<div id='corresponding-tools'><h2>Tools</h2><p>of the shell</p></div>"
      "<div class='shared-memory unrelated'><p>is mapped</p></div>" +
      std::string(40 * 80, 'x') + "</main>";
  const std::string kept = model::text_of(html(sections));
  for (const char* text :
       {"begin with a hash", "of signals", "to double", "of the shell", "is mapped"})
    CHECK(has(kept, text));
  const std::string beside =
      "<main><h1>Post</h1><p>" + std::string(40 * 80, 'x') +
      "</p><div class='postComments'><p>first!</p></div><div id='share_bar'><p>tell "
      "others</p></div>"
      "<div class='jp-relatedposts'><p>another post</p></div><div class='sharedaddy'><p>by mail</p>"
      "</div></main>";
  const std::string post = model::text_of(html(beside));
  for (const char* text : {"first!", "tell others", "another post", "by mail"})
    CHECK_FALSE(has(post, text));
}

TEST_CASE("main content is preferred to what is beside it") {
  for (const char* open : {"<main>", "<div role=main>", "<article>", "<div id=content>",
                           "<div class='x markdown-body'>"}) {
    INFO(open);
    const auto document =
        html(std::string("<body><div>Beside</div>") + open + "<h1>A</h1><p>a</p>");
    CHECK(model::text_of(document) == "A\na");
  }
}

TEST_CASE("headed text around the page's heading belongs to a content that lacks it") {
  const std::string usage =
      "quack [--loud] the names of the ducks, one after the other, or none at all for all of them; "
      "a duck that is named twice is called twice";
  const auto document = html(
      "<body><div id=header><h1>quack(1)</h1><h2>NAME</h2><div class=sectionbody>"
      "<p>quack - call the ducks</p></div></div><div id=content><div "
      "class=sect1><h2>SYNOPSIS</h2><p>" +
      usage + "</p></div></div><div id=footer>Updated</div>");
  CHECK(model::text_of(document) ==
        "quack(1)\n\nNAME\nquack - call the ducks\n\nSYNOPSIS\n" + usage);
}

TEST_CASE("the only article of main is the page, its header and notes included") {
  const auto document = html(
      "<main><div>Toolbar</div><article><header><h1>A</h1></header><aside "
      "class=note>Mind.</aside><p>a</p>"
      "<nav>Previous</nav></article></main>");
  CHECK(model::text_of(document) == "A\nMind.\n\na");
}

TEST_CASE("empty main content falls back to the body") {
  CHECK(model::text_of(html("<main></main><p>There</p>")) == "There");
  CHECK(model::text_of(html("<nav>All there is</nav>")) == "All there is");
}

TEST_CASE("main_only false keeps the site, and still leaves out what is hidden") {
  ReaderOptions options;
  options.html.main_only = false;
  const auto document =
      make_reader(options)->read({"<nav>Menu</nav><main>m</main><script>s</script><p hidden>h</p>",
                                  "https://h/", "text/html", ""});
  REQUIRE(document);
  CHECK(model::text_of(*document) == "Menu\n\nm");
}

TEST_CASE("formatting keeps Markdown's marks, right at the words, where it is asked for") {
  const auto read = [](bool formatting, std::string_view page) {
    ReaderOptions options;
    options.html.formatting = formatting;
    const auto document = make_reader(options)->read({page, "https://h/", "text/html", ""});
    REQUIRE(document);
    return model::text_of(*document);
  };
  constexpr std::string_view page =
      "<h1>A <b>title</b></h1><p>It is <strong>new</strong>, <em>so <b>very</b></em> "
      "<code>new()</code>"
      "<b> </b><b></b><i> apart </i></p><b><p>block</p></b><p><b>a*b</b> "
      "<code>x<code>y</code></code></p>";
  CHECK(read(false, page) == "A title\nIt is new, so very new() apart\n\nblock\n\na*b xy");
  CHECK(read(true, page) ==
        "A title\nIt is **new**, *so **very*** `new()` apart\n\nblock\n\na*b x`y`");
}

TEST_CASE("code is verbatim in a fence, with its language") {
  CHECK(first_text(html("<pre><code class=language-rust>fn a() {\n\n    b();\n}\n</code></pre>")) ==
        "```rust\nfn a() {\n\n    b();\n}\n```");
  CHECK(first_text(html("<div class='highlight-python3 notranslate'><div "
                        "class=highlight><pre><span></span>x = <b>1</b>\n</pre></div></div>")) ==
        "```python3\nx = 1\n```");
  CHECK(first_text(html("<pre>a\n\n\nb</pre>after")) == "```\na\n\n\nb\n```\n\nafter");
  CHECK(first_text(html("<pre>a ``` b</pre>")) == "````\na ``` b\n````");
}

TEST_CASE("line numbers and copy buttons are not code") {
  CHECK(first_text(html(
            "<table class=highlighttable><tr><td class=linenos><pre>1\n2</pre></td><td class=code>"
            "<pre>a\nb</pre></td></tr></table>")) == "```\na\nb\n```");
  CHECK(first_text(html("<pre><button>Copy</button><span class=linenos>1</span>a</pre>")) ==
        "```\na\n```");
}

TEST_CASE("blanks of code are plain, and two codes in one box are apart") {
  CHECK(first_text(html("<pre>a&nbsp;\xC3\xA9&#13;b</pre>")) == "```\na \xC3\xA9\nb\n```");
  CHECK(first_text(html("<pre><code>a</code><code>b</code></pre>")) == "```\na\nb\n```");
}

TEST_CASE("a link of a heading to itself is not its text, whatever its class") {
  CHECK(shape(html("<h2>C# a<a class=mark href=#x>#</a></h2>t<h2>B<a href='#y'>\xC2\xA7</a></h2>t")
                  .children) == "C# a, B");
}

TEST_CASE("tables are Markdown tables") {
  CHECK(first_text(html("<table><caption>Cap</caption><thead><tr><th>A<th>B</"
                        "thead><tr><td>1|2<td>x<br>y<tr><td>3</table>")) ==
        "Cap\n\n| A | B |\n| --- | --- |\n| 1\\|2 | x y |\n| 3 | |");
  CHECK(
      first_text(html(
          "<table><tr><th colspan=2>A<th>B<tr><td rowspan=2>1<td>2<td>3<tr><td>4<td>5</table>")) ==
      "| A | | B |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n| 1 | 4 | 5 |");
}

TEST_CASE("a table that is only a layout is read as the blocks in it") {
  const auto document = html("<table><tr><td>Menu<td><h1>A</h1><p>a</p><pre>c</pre></table>");
  CHECK(shape(document.children) == "-, A");
  CHECK(has(model::text_of(document), "A\na\n\n```\nc\n```"));
}

TEST_CASE("lists have markers and margins") {
  CHECK(first_text(html(
            "<p>x<ul><li>a<li><p>b</p><ol start=3><li>c<li>d</ol><li>e<pre>f\n\ng</pre></ul>y")) ==
        "x\n\n- a\n- b\n  3. c\n  4. d\n- e\n\n  ```\n  f\n\n  g\n  ```\n\ny");
}

TEST_CASE("a definition is its term's line and then its text") {
  CHECK(first_text(html("<dl><dt>f(a)<dt>g(b)<dd><p>Does.</p><p>More.</p><dt>h<dd>x</dl>")) ==
        "f(a)\ng(b)\nDoes.\n\nMore.\n\nh\nx");
}

TEST_CASE("deep lists share a margin, so that a page of lists is not mostly margin") {
  const std::string page = repeat("<ul><li>a", 400) + repeat("<li>b", 5000);
  CHECK(model::text_of(html(page)).size() < 100 * 5400);
}

TEST_CASE("images are their alternative text, equations their TeX, drawings nothing") {
  CHECK(first_text(html("<p>a <img src=x alt='A chart'> <img alt=''><img alt=_images/x.png> b "
                        "<svg><text>no</text></svg>"
                        "<math alttext='x^2'><mi>x</mi></math></p>")) == "a A chart b x^2");
  CHECK(first_text(html("<math><semantics><mi>x</mi><annotation "
                        "encoding='application/x-tex'>\\alpha</annotation></semantics></math>")) ==
        "\\alpha");
}

TEST_CASE("headings where they do not belong break nothing") {
  const auto quote = html("<h1>A</h1><blockquote><h2>Q</h2><p>q</p></blockquote><p>after</p>");
  CHECK(shape(quote.children) == "A");
  CHECK(first_text(quote) == "Q\n\nq\n\nafter");
  CHECK(first_text(html("<table><tr><th><h2>T</h2><th>U<tr><td>1<td>2</table>")) ==
        "| T | U |\n| --- | --- |\n| 1 | 2 |");
  CHECK(shape(html("<ul><li><h2>A</h2><p>a</p><li><h3>B</h3>b</ul>").children) == "A(A, B)");
  CHECK(shape(html("<h2></h2><h3>A</h3>a").children) == "A");
}

TEST_CASE("invisible and bidi control characters are stripped") {
  CHECK(first_text(html("<p>a\xE2\x80\x8B"
                        "b\xE2\x80\xAE"
                        "c&#xE0041;d&#x2066;e\xC2\xAD"
                        "f")) == "abcdef");
}

TEST_CASE("empty bytes are a document without sections, a page without text is an error") {
  CHECK(html("").children.empty());
  const auto blank = try_read("<html><script>x()</script></html>", "text/html", "https://h/app");
  REQUIRE_FALSE(blank);
  CHECK(blank.error().code == base::Code::parse);
  CHECK(blank.error().message == "no text in the page");
  const auto titled =
      try_read("<title>Only a title</title><div id=app></div>", "text/html", "https://h/app");
  REQUIRE_FALSE(titled);
  CHECK(titled.error().message == "no text in the page");
}

TEST_CASE("every section bears the URI as it was given") {
  for (const char* uri : {"file:///d/a.html", "classpath:docs/a.html", "https://h/a?b=c"}) {
    const auto document = read_ok("<h1>A</h1>a<h2>B</h2>b", "text/html", uri);
    CHECK(document.uri == uri);
    for (const auto* leaf : model::leaves(document)) CHECK(leaf->url == uri);
  }
}

TEST_CASE("the same bytes give the same document") {
  const std::string page =
      "<h1>A</h1><p>a\x01<svg><title>t</title></svg><!--[if "
      "IE]>x<![endif]--><![CDATA[y]]><h2>A</h2>b";
  CHECK(model::to_json(html(page)) == model::to_json(html(page)));
}

}  // namespace
}  // namespace freshet::read
