// Feeds: what is read in them, and how their items are listed and fetched.
#include "loader_web/feed.hpp"

#include "tests/plugins/loader_web/fake_host.hpp"
#include "tests/support/catch.hpp"

namespace freshet::test {
namespace {

using Json = nlohmann::json;
using loader_web::Feed;
using loader_web::FeedItem;
using loader_web::parse_feed_date;
using loader_web::read_feed;

const std::string kBlog = "https://a.example/blog/feed.xml";

FeedItem only(const std::string& feed) {
  const Feed read = read_feed(feed);
  INFO(read.problem);
  REQUIRE(read.items.size() == 1);
  return read.items.front();
}

struct Blog {
  FakeHost host;
  Json options = {{"url", kBlog}};
  std::unique_ptr<Driver> driver;

  Listed list(const std::string& feed, const std::string& state = "") {
    host.web[kBlog] = page(feed, "application/xml");
    return again(state);
  }
  Listed again(const std::string& state) {
    driver = std::make_unique<Driver>(host, "feed", options);
    REQUIRE(driver->opened());
    host.asked.clear();
    return driver->list(SIZE_MAX, {}, state);
  }
  FetchResult fetch(const std::string& uri,
                    const std::optional<std::string>& known = std::nullopt) {
    return driver->fetch(uri, known, kBlog);
  }
};

std::string rss(const std::string& items) {
  return R"(<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Tides &amp; Ebbs</title><link>https://a.example/</link>)" +
         items + "</channel></rss>";
}

// -- Ten odd feeds --------------------------------------------------------------------------------

TEST_CASE("feed 1: RSS 2.0 with its content in CDATA, categories and an author") {
  const FeedItem item = only(
      rss("<item><title>A &lt;b&gt;bold&lt;/b&gt; claim</title><link> https://a.example/1 </link>"
          "<guid isPermaLink=\"false\">tag:1</guid><category>x</category><category "
          "domain=\"d\">y</category>"
          "<dc:creator>Ann</dc:creator><pubDate>Wed, 02 Oct 2002 13:00:00 +0200</pubDate>"
          "<description>short</description><content:encoded><![CDATA[<p>whole & "
          "true</p>]]></content:encoded></item>"));
  CHECK(item.title == "A bold claim");
  CHECK(item.url == "https://a.example/1");
  CHECK(item.html == "<p>whole & true</p>");
  CHECK(item.summary == "short");
  CHECK(item.author == "Ann");
  CHECK(item.categories == std::vector<std::string>{"x", "y"});
  CHECK(item.published_ms == 1'033'556'400'000);
}

TEST_CASE("feed 2: RSS without a link, whose guid is one") {
  CHECK(only(rss("<item><guid>https://a.example/g</guid></item>")).url == "https://a.example/g");
  CHECK(
      only(rss("<item><guid isPermaLink=\"false\">https://a.example/g</guid></item>")).url.empty());
}

TEST_CASE("feed 3: RSS 1.0, whose items stand beside the channel") {
  const FeedItem item = only(
      R"(<rdf:RDF xmlns:rdf="r" xmlns="http://purl.org/rss/1.0/" xmlns:dc="d"><channel rdf:about="x"><title>T</title></channel><item rdf:about="https://a.example/r"><title>R</title><dc:date>2002-10-02T13:00:00Z</dc:date><dc:subject>s</dc:subject></item></rdf:RDF>)");
  CHECK(item.url == "https://a.example/r");
  CHECK(item.published_ms == 1'033'563'600'000);
  CHECK(item.categories == std::vector<std::string>{"s"});
}

TEST_CASE("feed 4: Atom in XHTML, with a prefix and an author of the feed") {
  const FeedItem item = only(
      R"(<a:feed xmlns:a="http://www.w3.org/2005/Atom" xmlns:h="http://www.w3.org/1999/xhtml"><a:author><a:name>Bo</a:name></a:author><a:entry><a:title type="html">x &amp;amp; y</a:title><a:link rel="self" href="/no"/><a:link type="text/html" href="/yes"/><a:content type="xhtml"><h:div><h:p>text</h:p></h:div></a:content><a:category term="t" label="Label"/></a:entry></a:feed>)");
  CHECK(item.title == "x & y");
  CHECK(item.url == "/yes");
  CHECK(item.html.find("<h:p>text</h:p>") != std::string::npos);
  CHECK(item.author == "Bo");
  CHECK(item.categories == std::vector<std::string>{"Label"});
}

TEST_CASE("feed 5: xml:base upon xml:base, and relative links") {
  Blog blog;
  const Listed listed = blog.list(
      R"(<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://c.example/x/"><entry xml:base="posts/"><link href="1.html"/><content type="html">&lt;a href="2.html"&gt;z&lt;/a&gt;</content></entry></feed>)");
  REQUIRE(listed.entries.size() == 1);
  CHECK(listed.entries[0].uri == "https://c.example/x/posts/1.html");
  CHECK(blog.fetch(listed.entries[0].uri).body.find("<base href=\"https://c.example/x/posts/\">") !=
        std::string::npos);
}

TEST_CASE("feed 6: JSON Feed") {
  const FeedItem item = only(
      R"({"version":"https://jsonfeed.org/version/1.1","title":"J","authors":[{"name":"Cy"}],"items":[{"id":7,"external_url":"https://a.example/j","content_text":"a < b","tags":["k"],"date_modified":"2020-01-01T00:00:00Z"},"odd"]})");
  CHECK(item.id == "7");
  CHECK(item.html == "<pre>a &lt; b</pre>");
  CHECK(item.author == "Cy");
  CHECK(item.updated_ms == 1'577'836'800'000);
}

TEST_CASE("feed 7: UTF-16 and ISO-8859-1") {
  const std::string text = rss("<item><guid>https://a.example/u</guid><title>u</title></item>");
  std::string wide = "\xFF\xFE";
  for (const char c : text.substr(text.find("?>") + 2)) wide += {c, '\0'};
  CHECK(only(wide).title == "u");
  CHECK(only("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><rss><channel><item><title>\xE9t\xE9"
             "</title></item></channel></rss>")
            .title == "\xC3\xA9t\xC3\xA9");
}

TEST_CASE("feed 8: one that is cut, or not well-formed, is broken and says where") {
  for (const std::string& bad : {std::string("<rss><channel><item>"), rss("<item><title>a</item>"),
                                 std::string("<rss><channel>")}) {
    const Feed feed = read_feed(bad);
    CHECK(feed.problem.find("broken XML at byte") == 0);
  }
  CHECK(read_feed("").problem == "it is empty");
  CHECK(read_feed("{\"version\":").problem == "broken JSON");
  CHECK(read_feed("<html></html>").problem.find("root element") != std::string::npos);
  Blog blog;
  const Listed listed = blog.list("<rss><channel><item><link>/a</link></item>");
  CHECK(listed.status == FRESHET_E_PARSE);
  CHECK(listed.entries.empty());
}

TEST_CASE("feed 9: entities that a feed declares are refused; none is expanded") {
  std::string bomb = "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\">";
  for (char c = 'b'; c < 'z'; ++c)
    bomb += std::string("<!ENTITY ") + c + " \"" +
            std::string(10, '&').replace(0, 10, "&x;&x;&x;") + "\">";
  CHECK(
      read_feed(bomb + "]><rss><channel><item><title>&z;</title></item></channel></rss>").problem ==
      "it declares entities");
  CHECK(read_feed("<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><rss/>").problem ==
        "it declares entities");
  CHECK(only("<rss><channel><item><title>&unknown;</title></item></channel></rss>").title ==
        "&unknown;");
}

TEST_CASE("feed 10: items without names, twice the same, and ten thousand levels deep") {
  Blog blog;
  const Listed listed = blog.list(
      rss("<item><title>none</title></item><item><link>/a</link><title>new</title></item>"
          "<item><link>/a</link><title>old</title></item>"
          "<item><guid isPermaLink='false'>n 1</guid><description>d</description></item>"));
  REQUIRE(listed.entries.size() == 2);
  CHECK(listed.entries[0].title == "new");
  CHECK(listed.entries[1].uri == kBlog + "#n 1");
  CHECK(blog.host.logged("1 items have neither an address nor an id"));
  CHECK(blog.fetch(kBlog + "#n 1").outcome == "content");
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "<x>";
  CHECK_FALSE(read_feed(rss("<item>" + deep)).problem.empty());
}

TEST_CASE("dates as feeds write them") {
  CHECK(parse_feed_date("02 Oct 02 08:00 EST") == 1'033'563'600'000);
  CHECK(parse_feed_date("Wed, 2 October 2002 13:00:00 Z") == 1'033'563'600'000);
  CHECK(parse_feed_date("2002-10-02T15:00:00+02:00") == 1'033'563'600'000);
  for (const char* bad :
       {"", "soon", "Wed, 31 Feb 2002 13:00:00 GMT", "1 Oct 2002 25:00 GMT", "1 Oct 2002 10:00"})
    CHECK_FALSE(parse_feed_date(bad));
}

// -- Listings -------------------------------------------------------------------------------------

const std::string kTwo =
    rss("<item><link>/1</link><title>One</title><content:encoded>&lt;p&gt;first</"
        "content:encoded><category>c</category></item>"
        "<item><link>/2</link><title>Two</title><description>a summary</description></item>");

TEST_CASE("a feed's items are listed with what it knows of them, and what left it stays") {
  Blog blog;
  const Listed first = blog.list(kTwo);
  CHECK(first.kind == FRESHET_LISTING_CHANGES);  // not whole: nothing is removed
  REQUIRE(first.entries.size() == 2);
  CHECK(Json::parse(first.entries[0].metadata) ==
        Json({{"feed", "Tides & Ebbs"}, {"categories", {"c"}}}));
  CHECK(first.entries[0].title == "One");
  CHECK(blog.again(first.state).kind == FRESHET_LISTING_UNCHANGED);
  CHECK(blog.host.asked.size() == 1);
}

TEST_CASE("an item's content is the feed's where it is whole, else its page") {
  Blog blog;
  blog.host.web["https://a.example/2"] = page("<p>the page");
  const Listed listed = blog.list(kTwo);
  const FetchResult one = blog.fetch("https://a.example/1");
  CHECK(one.body.find("<h1>One</h1>\n<p>first") != std::string::npos);
  CHECK(one.version == listed.entries[0].version);
  CHECK(blog.fetch("https://a.example/1", one.version).outcome == "not modified");
  CHECK(blog.fetch("https://a.example/2").body == "<p>the page");
  CHECK(blog.host.asked.size() == 2);

  blog.options["content"] = "feed";
  blog.list(kTwo);
  CHECK(blog.fetch("https://a.example/2").body.find("a summary") != std::string::npos);
  blog.options["content"] = "page";
  blog.host.web["https://a.example/1"] = page("<p>one as a page");
  blog.list(kTwo);
  CHECK(blog.fetch("https://a.example/1").body == "<p>one as a page");
}

TEST_CASE("an item that left its feed is as it was") {
  Blog blog;
  blog.list(kTwo);
  const FetchResult one = blog.fetch("https://a.example/1");
  blog.list(rss(""));
  CHECK(blog.fetch("https://a.example/1", one.version).outcome == "not modified");
  blog.options["content"] = "feed";
  blog.list(rss(""));
  CHECK(blog.fetch("https://a.example/1").status == FRESHET_E_NOT_FOUND);
}

// -- Articles by the feeds that have them (RS1, RS2) ----------------------------------------------

std::string feed_asked_for(const std::string& article, const std::string& pattern) {
  FakeHost host;
  Driver driver(host, "feed", {{"articles", {article}}, {"template", pattern}});
  if (!driver.opened()) return driver.open_failure().message;
  driver.fetch(article);
  REQUIRE(host.asked.size() == 1);
  return host.asked[0].url;
}

TEST_CASE("RS1: the feed of an article by a template") {
  CHECK(feed_asked_for("https://medium.com/embabel/my-article", "https://medium.com/feed/{0}") ==
        "https://medium.com/feed/embabel");
  CHECK(feed_asked_for("https://a.example/blog/posts/slug", "{0}/feed/{1}") ==
        "https://a.example/blog/feed/posts");
  CHECK(feed_asked_for("https://a.example/x", "https://b.example/feed") ==
        "https://b.example/feed");
  CHECK(feed_asked_for("https://a.example/x", "/feed/{5}") ==
        "its path has no part {5} for the template");
}

TEST_CASE("RS2: an article is found by its address, its id or the last part of its path") {
  FakeHost host;
  host.web["https://a.example/feed"] =
      page(rss("<item><link>/cat/slug?x=1</link><content:encoded>full</"
               "content:encoded><description>d</description></item>"
               "<item><link>/other</link><title>T</title><guid>https://a.example/by-id</"
               "guid><description>only this</description></item>"
               "<item><link>/empty</link></item>"),
           "text/xml");
  const Json urls = {"https://a.example/elsewhere/slug", "https://a.example/by-id",
                     "https://a.example/empty", "https://a.example/unknown",
                     "https://a.example/lug"};
  Driver driver(host, "feed", {{"articles", urls}, {"template", "/feed"}, {"content", "feed"}});
  const Listed listed = driver.list();
  CHECK(listed.complete);
  CHECK(listed.entries.size() == 5);
  const FetchResult slug = driver.fetch(urls[0]);
  CHECK(slug.body.find("<h1>Untitled</h1>\nfull") != std::string::npos);
  CHECK(driver.fetch(urls[1]).body.find("<title>T</title>") != std::string::npos);
  CHECK(driver.fetch(urls[2]).status == FRESHET_E_PARSE);
  CHECK(driver.fetch(urls[3]).status == FRESHET_E_NOT_FOUND);
  CHECK(driver.fetch(urls[4]).status == FRESHET_E_NOT_FOUND);
  CHECK(host.asked.size() == 1);
}

}  // namespace
}  // namespace freshet::test
