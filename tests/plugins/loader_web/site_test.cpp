// What a web address stands for, through the plugin's table.
#include "loader_web/site.hpp"

#include <algorithm>

#include "tests/plugins/loader_web/fake_host.hpp"
#include "tests/support/catch.hpp"

namespace freshet::test {
namespace {

using Json = nlohmann::json;
using Uris = std::vector<std::string>;

const std::string kHome = "https://a.example";

std::string listing_of(const Uris& locs) {
  std::string text = "<urlset>";
  for (const std::string& loc : locs) text += "<url><loc>" + loc + "</loc></url>";
  return text + "</urlset>";
}

struct Address {
  FakeHost host;
  Json options = {{"url", kHome + "/"}};
  Address() {
    put("/", "<a href=a>a</a><a href=b>b</a><a href=c>c</a>");
    for (const char* path : {"/a", "/b", "/c"}) put(path, "<p>" + std::string(path));
  }
  void put(const std::string& path, const std::string& body,
           const std::string& type = "text/html") {
    host.web[kHome + path] = page(body, type);
  }
  Listed list(const std::string& state = "") {
    Driver driver(host, "site", options);
    REQUIRE(driver.opened());
    host.asked.clear();
    return driver.list(SIZE_MAX, {}, state);
  }
  std::string way() { return list().way; }
};

TEST_CASE("a site is listed by the first that it has of sitemap, llms.txt, feed and links") {
  Address site;
  CHECK(site.way() == "a site, by its links below https://a.example/");
  CHECK(site.list().uris().size() == 4);
  site.put("/", site.host.web[kHome + "/"].body +
                    "<link rel=alternate type=application/rss+xml href=feed>");
  site.put("/feed", "<rss><channel><item><link>/a</link></item></channel></rss>", "text/xml");
  CHECK(site.way() == "a site, by its feed https://a.example/feed");
  site.put("/llms.txt", "# A\n- [A](/a)\n- [B](/b)\n", "text/plain");
  CHECK(site.way() == "a site, by its llms.txt https://a.example/llms.txt");
  site.put("/sitemap.xml", listing_of({"/a", "/b"}), "application/xml");
  CHECK(site.way() == "a site, by its sitemap https://a.example/sitemap.xml");
  site.put("/robots.txt", "User-agent: *\nSitemap: https://a.example/m1.xml # x\nsitemap:/m2.xml\n",
           "text/plain");
  site.put("/m1.xml", listing_of({"/a"}), "application/xml");
  site.put("/m2.xml", listing_of({"/c"}), "application/xml");
  const Listed listed = site.list();
  CHECK(listed.way ==
        "a site, by the sitemaps that its robots.txt names, https://a.example/m1.xml");
  CHECK(listed.uris() == Uris{kHome + "/a", kHome + "/c"});
  CHECK(listed.complete);
  site.options["by"] = {"links"};
  CHECK(site.way() == "a site, by its links below https://a.example/");
}

TEST_CASE("a sitemap that lists nothing of the site is passed by") {
  Address site;
  site.put("/sitemap.xml", listing_of({"https://b.example/x"}), "application/xml");
  CHECK(site.way().starts_with("a site, by its links"));
  site.put("/sitemap.xml", listing_of({"/en/latest/", "/en/stable/"}),
           "application/xml");  // other versions
  CHECK(site.way().starts_with("a site, by its links"));
  site.put("/sitemap.xml", "<html>an app answers everything</html>");
  CHECK(site.way().starts_with("a site, by its links"));
}

TEST_CASE("a server that does not answer is no site without a sitemap") {
  Address site;
  site.host.web[kHome + "/sitemap.xml"] = broken(FRESHET_E_REMOTE, "HTTP status 503");
  const Listed listed = site.list();
  CHECK(listed.status == FRESHET_E_REMOTE);
  CHECK(listed.entries.empty());
}

TEST_CASE("an address is taken for what answers") {
  Address site;
  const auto way_of = [&](const std::string& path) {
    site.options["url"] = kHome + path;
    return site.way();
  };
  site.put("/manual.pdf", "%PDF-1.7", "application/pdf");
  CHECK(way_of("/manual.pdf") == "a file of application/pdf");
  CHECK(site.list().uris() == Uris{kHome + "/manual.pdf"});
  site.put("/deep/page", "<p>one page<a href=other>x</a>");
  CHECK(way_of("/deep/page") == "a page; what is below it is https://a.example/deep/page/");
  site.put("/map.xml", listing_of({"/a"}), "application/xml");
  CHECK(way_of("/map.xml") == "a sitemap");
  site.put("/f",
           "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><link href=\"/a\"/></entry></feed>",
           "text/xml");
  CHECK(way_of("/f") == "a feed");
  site.put("/x/llms.txt", "# X\n- [A](/a)\n", "text/plain");
  CHECK(way_of("/x/llms.txt") == "an llms.txt");
  site.options["url"] = kHome + "/missing";
  CHECK(site.list().status == FRESHET_E_GONE);
}

TEST_CASE("an address that lists others is asked once, and on the next listing on a condition") {
  Address site;
  site.put("/map.xml", listing_of({"/a", "/b"}), "application/xml");
  site.put("/feed", "<rss><channel><item><link>/a</link></item></channel></rss>", "text/xml");
  site.put("/x/llms.txt", "# X\n- [A](/a)\n", "text/plain");
  for (const std::string path : {"/map.xml", "/feed", "/x/llms.txt"}) {
    INFO(path);
    site.options["url"] = kHome + path;
    site.host.web[kHome + path].headers.emplace_back("etag", "\"1\"");
    const Listed first = site.list();
    CHECK(!first.entries.empty());
    CHECK(site.host.asked.size() == 1);
    const Listed second = site.list(first.state);
    CHECK(second.kind == FRESHET_LISTING_UNCHANGED);
    REQUIRE(site.host.asked.size() == 1);
    CHECK(site.host.asked.front().header("If-None-Match") == "\"1\"");
  }
}

TEST_CASE("the next listing goes by what was found, and asks for that alone") {
  Address site;
  site.put("/sitemap.xml", listing_of({"/a", "/b"}), "application/xml");
  site.host.web[kHome + "/sitemap.xml"].headers.emplace_back("etag", "\"1\"");
  const Listed first = site.list();
  const Listed second = site.list(first.state);
  CHECK(second.kind == FRESHET_LISTING_UNCHANGED);
  CHECK(second.way == first.way);
  CHECK(site.host.asked.size() == 1);
}

TEST_CASE("a sitemap that is lost removes nothing") {
  Address site;
  site.put("/sitemap.xml", listing_of({"/a", "/b", "/unlinked"}), "application/xml");
  const Listed first = site.list();
  CHECK(first.complete);
  site.host.web.erase(kHome + "/sitemap.xml");
  const Listed second = site.list(first.state);
  CHECK(second.kind == FRESHET_LISTING_PART);
  CHECK(second.failed.message.find("which is no more") != std::string::npos);
  CHECK(second.uris().size() == 4);
}

TEST_CASE("robots.txt: too large for one it is passed by, and out of order it is an error") {
  Address site;
  site.host.web[kHome + "/robots.txt"] =
      broken(FRESHET_E_LIMIT, "the body is larger than 524288 bytes");
  CHECK(site.way().starts_with("a site, by its links"));
  CHECK(site.host.logged("its sitemaps are not looked for"));
  site.host.web[kHome + "/robots.txt"] = broken(FRESHET_E_REMOTE, "HTTP status 503");
  CHECK(site.list().status == FRESHET_E_REMOTE);
}

// -- llms.txt -------------------------------------------------------------------------------------

struct Llms {
  FakeHost host;
  Json options = {{"url", kHome + "/docs/llms.txt"}};
  Listed list(const std::string& text, const std::string& state = "") {
    host.web[kHome + "/docs/llms.txt"] = page(text, "text/plain");
    return Driver(host, "llms_txt", options).list(SIZE_MAX, {}, state);
  }
};

TEST_CASE("an llms.txt lists the first link of each item, with title and section") {
  Llms llms;
  const std::string text =
      "# Harbor\n> [not](/this)\n\nSee [nor](/that).\n\n## Guides\n- [Start [now]](start.md): "
      "first steps\n"
      "* [Odd](<b (1).md>)\n- [Whole](/docs/llms-full.txt)\n```\n- [code](/code)\n```\n- no link\n"
      "## Optional\n- [More](https://a.example/more), [and](/x)\n- [Other](https://b.example/y)\n";
  const Listed listed = llms.list(text);
  CHECK(listed.complete);
  REQUIRE(listed.entries.size() == 3);
  CHECK(listed.entries[0].uri == kHome + "/docs/start.md");
  CHECK(listed.entries[0].title == "Start [now]");
  CHECK(Json::parse(listed.entries[0].metadata) ==
        Json({{"section", "Guides"}, {"description", "first steps"}}));
  CHECK(listed.entries[2].uri == kHome + "/more");
  llms.options["optional"] = false;
  CHECK(llms.list(text).entries.size() == 2);
}

TEST_CASE(
    "an llms.txt that is a page, or names nothing, is an error; one that is as it was is "
    "unchanged") {
  Llms llms;
  CHECK(llms.list("# only words").status == FRESHET_E_PARSE);
  llms.host.web[kHome + "/docs/llms.txt"] = page("<!doctype html><p>not found");
  CHECK(Driver(llms.host, "llms_txt", llms.options).list().status == FRESHET_E_PARSE);
  const std::string text = "- [A](/a)\n";
  const Listed first = llms.list(text);
  CHECK(llms.list(text, first.state).kind == FRESHET_LISTING_UNCHANGED);
  CHECK(llms.list(text + "- [B](/b)\n", first.state).kind == FRESHET_LISTING_WHOLE);
}

}  // namespace
}  // namespace freshet::test
