// The rules of a source, through the plugin's table, and the selectors by themselves.
#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_web/selection.hpp"
#include "tests/plugins/loader_web/fake_host.hpp"
#include "tests/support/catch.hpp"

namespace freshet::rules_test {
namespace {

using namespace test;
using Json = nlohmann::json;
using loader_web::select_parts;
using loader_web::Selectors;

const std::string kHead = "<html><head><title>T</title></head><body>";
const std::string kEnd = "</body></html>";

std::optional<std::string> parts(const std::string& body, std::vector<std::string> keep,
                                 std::vector<std::string> drop = {}) {
  return select_parts(kHead + body + kEnd, Selectors(keep, "keep"), Selectors(drop, "drop"));
}
std::string kept(const std::string& body, const std::string& selector) {
  const auto page = parts(body, {selector});
  if (!page) return "nothing";
  const std::string begin = kHead + "<main>", end = "</main>" + kEnd;
  REQUIRE(page->starts_with(begin));
  REQUIRE(page->ends_with(end));
  return page->substr(begin.size(), page->size() - begin.size() - end.size());
}
std::string left(const std::string& body, const std::string& selector) {
  const auto page = parts(body, {}, {selector});
  REQUIRE(page);
  return page->substr(kHead.size(), page->size() - kHead.size() - kEnd.size());
}
std::string refusal(const std::string& selector) {
  try {
    Selectors({selector}, "rules[0].keep");
  } catch (const sdk::Failure& failure) {
    CHECK(failure.subject == "rules[0].keep[0]");
    return failure.message;
  }
  return {};
}

const std::string kPage = "https://a.example/docs/page";

struct RuledSite {
  FakeHost host;
  Json options = {{"url", kPage}};
  explicit RuledSite(Json rules) { options["rules"] = std::move(rules); }
  FetchResult fetch(const std::optional<std::string>& known = std::nullopt) {
    return Driver(host, "url", options).fetch(kPage, known);
  }
};

}  // namespace

TEST_CASE("selectors keep what they name", "[rules]") {
  const std::string body =
      "<nav>n</nav><div class='a b' id=x><p>one</p><p "
      "lang=en>two</p></div><section><p>three</p></section>";
  CHECK(kept(body, "nav") == "<nav>n</nav>");
  CHECK(kept(body, ".b") == "<div class='a b' id=x><p>one</p><p lang=en>two</p></div>");
  CHECK(kept(body, "#x > p") == "<p>one</p><p lang=en>two</p>");
  CHECK(kept(body, "div.a.b [lang]") == "<p lang=en>two</p>");
  CHECK(kept(body, "p[lang='en'], nav") == "<nav>n</nav><p lang=en>two</p>");
  CHECK(kept(body, "body > p") == "nothing");
  CHECK(kept(body, "body p") == "<p>one</p><p lang=en>two</p><p>three</p>");
  CHECK(kept(body, "P") == "<p>one</p><p lang=en>two</p><p>three</p>");
  CHECK(kept(body, ".A") == "nothing");
  CHECK(kept(body, "* > section > *") == "<p>three</p>");
  CHECK(kept("<p class=md:flex>x</p>", ".md\\:flex") == "<p class=md:flex>x</p>");
  CHECK(kept("<i><b><i><b>x</b></i></b></i>", "i > b > i b") == "<b>x</b>");
}

TEST_CASE("what is dropped goes, also out of what is kept", "[rules]") {
  CHECK(left("<p>a</p><aside><p>b</p></aside><p>c</p>", "aside") == "<p>a</p><p>c</p>");
  const auto page = parts("<main><p>a</p><aside>b</aside></main><p>c</p>", {"main"}, {"aside"});
  CHECK(page == kHead + "<main><main><p>a</p></main></main>" + kEnd);
  CHECK(left("<p>a<script>if (a < b) {'</p>'}</script></p>b", "script") == "<p>a</p>b");
  CHECK(left("<svg><path/><path class=x /><g>y</g></svg>z", ".x") == "<svg><path/><g>y</g></svg>z");
  CHECK(left("<!-- <aside> --><p>a</p>", "aside") == "<!-- <aside> --><p>a</p>");
}

TEST_CASE("an element that is not closed ends where HTML ends it", "[rules]") {
  CHECK(left("<p class=x>a<p>b<div>c</div>", ".x") == "<p>b<div>c</div>");
  CHECK(left("<ul><li class=x>a<ul><li>b</ul><li>c</ul>", ".x") == "<ul><li>c</ul>");
  CHECK(left("<dl><dt>a<dd class=x>b<dt>c</dl>d", ".x") == "<dl><dt>a<dt>c</dl>d");
  CHECK(left("<table><tr><td class=x>a<td>b<tr><td>c</table>d", ".x") ==
        "<table><tr><td>b<tr><td>c</table>d");
  CHECK(left("<div><p class=x>a</div>b", ".x") == "<div></div>b");
  CHECK(left("<div class=x><td></div>a", ".x")
            .empty());  // a stray end tag closes nothing beyond a cell
  CHECK(left("a<img class=x>b<br class=x>c", ".x") == "abc");
}

TEST_CASE("a selector that is not understood is refused, naming what there is", "[rules]") {
  CHECK(refusal("p:first-child").find("\":\" is not understood") == 0);
  CHECK(refusal("a + b").find("\"+\" is not understood") == 0);
  CHECK(refusal("[href^='x']").find("\"^\" is not understood") == 0);
  CHECK(refusal("p >").find("ends too soon") != std::string::npos);
  CHECK(refusal("").find("ends too soon") != std::string::npos);
  CHECK(refusal("a,,b").find("\",\" is not understood") == 0);
  CHECK(refusal("[a='b").find("is not closed") != std::string::npos);
  std::string many = "a";
  for (int i = 0; i < 64; ++i) many += " a";
  CHECK(refusal(many).find("more than 64 parts") != std::string::npos);
}

TEST_CASE("a page is cut in time that its length bounds", "[rules]") {
  std::string page = kHead;
  for (int i = 0; i < 500; ++i) page += "<b>";
  for (int i = 0; i < 200'000; ++i) page += "<td></b></i></td>";
  CHECK(select_parts(page, {}, Selectors({"b b b td > i"}, "drop")) == page);
  std::string deep = kHead;
  for (int i = 0; i < 600; ++i) deep += "<div>";
  CHECK_THROWS_AS(select_parts(deep, {}, Selectors({"p"}, "drop")), sdk::Failure);
}

TEST_CASE("the first rule that matches is the only one that counts", "[rules]") {
  RuledSite site(
      Json::array({{{"match", {{"glob", "https://*.example/other/**"}}}, {"read_as", "text/plain"}},
                   {{"match", {{"regex", "/docs/"}}},
                    {"headers", {{"X-One", "1"}}},
                    {"pace", "2s"},
                    {"accept_markdown", true},
                    {"keep", {"main"}},
                    {"read_as", "text/html"}},
                   {{"match", "/docs/page"}, {"headers", {{"X-Two", "2"}}}, {"drop", {"p"}}}}));
  site.options["headers"] = {{"X-One", "0"}, {"X-All", "all"}};
  site.host.web[kPage] =
      page(kHead + "<nav>n</nav><main><p>text</p></main>" + kEnd, "application/xhtml+xml");
  const FetchResult got = site.fetch();
  CHECK(got.outcome == "content");
  CHECK(got.body == kHead + "<main><main><p>text</p></main></main>" + kEnd);
  CHECK(got.media_type == "text/html");
  CHECK(site.host.asked[0].header("X-One") == "1");
  CHECK(site.host.asked[0].header("X-All") == "all");
  CHECK(site.host.asked[0].header("X-Two").empty());
  CHECK(site.host.asked[0].header("Accept").find("text/markdown") == 0);
  CHECK(site.host.asked[0].pace_ms == 2000);
}

TEST_CASE("RT1: which rule a URL has", "[rules]") {
  const auto read_as = [](const Json& rules, const std::string& url) {
    FakeHost host;
    host.web[url] = page("<p>text</p>");
    return *Driver(host, "url", {{"url", url}, {"rules", rules}}).fetch(url).media_type;
  };
  const auto rule = [](const std::string& glob, const std::string& type) {
    return Json{{"match", {{"glob", glob}}}, {"read_as", type}};
  };
  const Json rules = Json::array(
      {rule("https://medium.com/**", "text/a"), rule("https://medium.com/special/**", "text/b"),
       rule("https://*.substack.com/**", "text/c"), rule("**/api/v2/**", "text/d")});
  CHECK(read_as(rules, "https://medium.com/x/y") == "text/a");
  CHECK(read_as(rules, "https://medium.com/special/y") == "text/a");  // the first wins
  CHECK(read_as(rules, "https://ann.substack.com/p/x") == "text/c");
  CHECK(read_as(rules, "https://a.example/api/v2/x") == "text/d");
  CHECK(read_as(rules, "https://a.example/api/v1/x") == "text/html");
  CHECK(read_as(Json::array(), "https://medium.com/x/y") == "text/html");
}

TEST_CASE("MP1: keep comes before drop, in it, and a rule without either leaves the page as it is",
          "[rules]") {
  const std::string body = "<nav>n</nav><main><h1>a</h1><p class=x>b</p></main><p class=x>c</p>";
  const auto main = parts(body, {"main"}, {".x"});
  CHECK(main == kHead + "<main><main><h1>a</h1></main></main>" + kEnd);
  CHECK(parts(body, {".x"}, {"main"}) == kHead + "<main><p class=x>c</p></main>" + kEnd);
  RuledSite site(Json::array({{{"match", "/docs/"}, {"pace", "1s"}}}));
  site.host.web[kPage] = page(body);
  CHECK(site.fetch().body == body);
}

TEST_CASE("a page without anything that the rule keeps fails, and names the rule", "[rules]") {
  RuledSite site(Json::array({{{"match", "/docs/"}, {"keep", {".content"}}}}));
  site.host.web[kPage] = page("<p>text</p>");
  const FetchResult got = site.fetch();
  CHECK(got.status == FRESHET_E_PARSE);
  CHECK(got.failed.message == "has nothing that rules[0].keep selects");
}

TEST_CASE("a changed rule asks for the page without conditions, the same one with them",
          "[rules]") {
  Json rules = Json::array({{{"match", "/docs/"}, {"drop", {"nav"}}}});
  RuledSite site(rules);
  Answer answer = page("<nav>n</nav><p>text</p>");
  answer.headers.emplace_back("etag", "\"1\"");
  site.host.web[kPage] = answer;
  const FetchResult first = site.fetch();
  REQUIRE(first.version);
  CHECK(site.fetch(first.version).outcome == "not modified");
  site.options["rules"][0]["drop"] = {"p"};
  CHECK(site.fetch(first.version).outcome == "content");
  site.options["rules"] = Json::array();
  CHECK(site.fetch(first.version).outcome == "content");
  site.options["rules"] = rules;
  site.options["rules"][0]["pace"] = "1s";  // makes no other content
  CHECK(site.fetch(first.version).outcome == "not modified");
}

TEST_CASE("a page that a rule skips is not listed", "[rules]") {
  FakeHost host;
  const Json options = {
      {"urls", {"https://a.example/a", "https://a.example/old/b", "https://a.example/old/keep"}},
      {"rules", Json::array({{{"match", "/old/keep"}, {"pace", "1s"}},
                             {{"match", "/old/"}, {"skip", true}}})}};
  CHECK(Driver(host, "url", options).list().uris() ==
        std::vector<std::string>{"https://a.example/a", "https://a.example/old/keep"});
}

}  // namespace freshet::rules_test
