#include <algorithm>
#include <ctime>

#include "core/base/text.hpp"
#include "core/read/html_depth.hpp"
#include "core/read/html_dom.hpp"
#include "tests/core/read/read_support.hpp"

namespace freshet::read {
namespace {

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

int depth_of(const GumboNode* root) {
  int deepest = 0;
  std::vector<std::pair<const GumboNode*, int>> open{{root, 1}};
  while (!open.empty()) {
    const auto [node, depth] = open.back();
    open.pop_back();
    deepest = std::max(deepest, depth);
    for (const GumboNode* child : children_of(node)) open.push_back({child, depth + 1});
  }
  return deepest;
}

int parsed_depth(const std::string& page) {
  Share memory(default_memory, default_memory);
  const auto tree = HtmlTree::parse(page, "https://h/", memory);
  REQUIRE(tree);
  return depth_of((*tree)->root());
}

TEST_CASE("deep nesting becomes siblings, in linear time, and its text stays") {
  for (const char* level :
       {"<div>x", "<span>x", "<ul><li>x", "<blockquote>x", "<x-y>x", "<dl><dd>x"}) {
    INFO(level);
    const std::size_t times = 200'000;
    const double begin = cpu_seconds();
    const auto document = html(repeat(level, times));
    CHECK(cpu_seconds() - begin < 20);  // gumbo alone needs more than a minute
    const std::string text = model::text_of(document);
    CHECK(static_cast<std::size_t>(std::count(text.begin(), text.end(), 'x')) == times);
    CHECK(parsed_depth(repeat(level, 3000)) <= most_html_depth + 70);
  }
}

TEST_CASE("end tags of what was blanked out close nothing else") {
  const auto document = html("<div role=main>" + repeat("<div>", 2000) + "a" +
                             repeat("</div>", 2000) + "<p>b</p></div><p>outside</p>");
  CHECK(model::text_of(document) == "a\n\nb");
}

TEST_CASE("pages that are not deep come through as they are") {
  std::string storage;
  for (const std::string& page :
       {repeat("<p>never closed", 5000), repeat("<li>a", 5000), repeat("<tr><td>a<td>b", 5000),
        repeat("<dt>a<dd>b", 5000), repeat("<option>a", 5000), repeat("<img src=x><br>", 5000),
        repeat("<svg><path d='x'/><g/></svg>", 5000),
        repeat("<script>if (a<b) '<div>'</script>", 5000), repeat("<!-- <div> -->", 5000),
        repeat("<a title='<div>'>x</a>", 5000), repeat("<h2>a</h2><p>b", 5000)})
    CHECK(cap_depth(page, storage).data() == page.data());
}

TEST_CASE("misnested formatting stays within the depth and the time") {
  const double begin = cpu_seconds();
  const std::string page =
      repeat("<a>", 40000) + repeat("<i>", 40000) + repeat("</a>", 40000) + "text";
  CHECK(model::text_of(html(page)) == "text");
  CHECK(parsed_depth(repeat("<b><div></b>", 20000)) < 700);
  std::string different;
  for (int i = 0; i < 3000; ++i) different += "<i x=" + std::to_string(i) + ">";
  CHECK(parsed_depth(different + "x") < 700);
  CHECK(cpu_seconds() - begin < 5);
}

TEST_CASE("too much memory, too many bytes and too much time are limits") {
  std::string fonts;
  for (int i = 0; i < 60000; ++i) fonts += "<p><font size=" + std::to_string(i) + ">";
  const auto memory = try_read(fonts + "x", "text/html");
  REQUIRE_FALSE(memory);
  CHECK(memory.error().code == base::Code::limit);
#ifndef __SANITIZE_THREAD__  // there the time is over first
  CHECK(has(memory.error().message, "parsing needs more than"));
#endif
  const auto bytes = try_read("<p>" + std::string(33u << 20, 'x'), "text/html");
  REQUIRE_FALSE(bytes);
  CHECK(bytes.error().code == base::Code::limit);
  std::string attributes = "<p ";
  for (int i = 0; i < 300000; ++i) attributes += "a" + std::to_string(i) + "=b ";
  const auto time = try_read(attributes + ">x", "text/html", "https://h/slow");
  REQUIRE_FALSE(time);
  CHECK(time.error().code == base::Code::limit);
  CHECK(has(time.error().message, "parsing takes more than"));
  CHECK(time.error().subject == "https://h/slow");
}

TEST_CASE("spans do not make a table larger than its page") {
  std::string page = "<table>";
  for (int i = 0; i < 500; ++i) page += "<tr>" + repeat("<td colspan=1000 rowspan=1000>x", 20);
  CHECK(model::text_of(html(page)).size() < 3 * page.size());
}

TEST_CASE("one long row does not fill up all others") {
  const std::string page =
      "<table><tr>" + repeat("<td>x", 5000) + repeat("<tr><td>y<td>z", 5000) + "</table>";
  CHECK(model::text_of(html(page)).size() < 3 * page.size());
}

TEST_CASE("broken markup gives deterministic text") {
  for (const std::string& page :
       {std::string("<p>a<!-- never closed"), std::string("<p>a<script>never closed"),
        std::string("<p>a<![CDATA[b]]>c"), std::string("<p>a<b c='d"),
        std::string("<p>a<template>b</template>c"), std::string("<p>a</"),
        std::string("<p>a<svg><p>b"), std::string("<p>a<noscript>b</noscript>"),
        std::string("<p>a<plaintext>b</p>"), std::string("<frameset><frame><p>a")}) {
    INFO(page);
    const auto once = try_read(page, "text/html");
    const auto again = try_read(page, "text/html");
    REQUIRE(once.has_value() == again.has_value());
    if (once) CHECK(model::to_json(*once) == model::to_json(*again));
  }
}

TEST_CASE("links to scripts and data, base and refresh are not followed and leave no trace") {
  const auto document = html(
      "<base href='https://evil/'><meta http-equiv=refresh content='0;url=https://evil/'><p><a "
      "href='javascript:x()'>a</a>"
      "<a href='data:text/html,b'>b</a>");
  CHECK(model::text_of(document) == "ab");
  CHECK(document.children[0].url == "https://h/page");
}

}  // namespace
}  // namespace freshet::read
