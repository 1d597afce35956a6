// A site by its links, through the plugin's table.
#include <algorithm>

#include "loader_web/naming.hpp"
#include "tests/plugins/loader_web/fake_host.hpp"
#include "tests/support/catch.hpp"

namespace freshet::test {
namespace {

using Json = nlohmann::json;
using Uris = std::vector<std::string>;

const std::string kRoot = "https://a.example";

// A page that leads to these; what it says is its own.
Answer linked(const std::string& name, const Uris& links, const std::string& head = "") {
  std::string html = "<html><head>" + head + "</head><body><p>" + name + "</p>";
  for (const std::string& link : links) html += "<a href=\"" + link + "\">x</a>";
  Answer answer = page(html + "</body></html>");
  answer.headers.emplace_back("etag", "\"" + name + std::to_string(html.size()) + "\"");
  return answer;
}

struct LinkedSite {
  FakeHost host;
  Json options = {{"url", kRoot + "/"}};
  void put(const std::string& path, const Uris& links, const std::string& head = "") {
    host.web[kRoot + path] = linked(path, links, head);
  }
  Listed list(const std::string& state = "") {
    Driver driver(host, "crawl", options);
    REQUIRE(driver.opened());
    host.asked.clear();
    host.sent = 0;
    return driver.list(SIZE_MAX, {}, state);
  }
};

Uris sorted(Uris uris) {
  std::sort(uris.begin(), uris.end());
  return uris;
}

Uris crawled(const Uris& paths) {
  Uris uris;
  for (const std::string& path : paths) uris.push_back(kRoot + path);
  return sorted(uris);
}

// Three pages in a ring.
struct SmallSite : LinkedSite {
  SmallSite() {
    put("/", {"a.html", "b.html#part", "https://b.example/x", "pic.png", "mailto:x@a.example"});
    put("/a.html", {"/", "b.html"});
    put("/b.html", {"./a.html?utm_source=x", "b.html"});
  }
};

TEST_CASE("every page that links lead to is found once") {
  SmallSite site;
  const Listed listed = site.list();
  CHECK(listed.complete);
  CHECK(sorted(listed.uris()) == crawled({"/", "/a.html", "/b.html"}));
  CHECK(site.host.asked.size() == 3);
  for (const Asked& asked : site.host.asked) CHECK(asked.robots);
}

TEST_CASE("one page under two names is listed under the first") {
  LinkedSite site;
  site.put("/",
           {"index.html", "a", "a/", "c.html?PHPSESSID=1", "c.html;jsessionid=2", "e.html", "e"});
  site.host.web[kRoot + "/index.html"] = site.host.web[kRoot + "/"];
  site.put("/a", {});
  site.host.web[kRoot + "/a/"] = site.host.web[kRoot + "/a"];
  site.put("/c.html", {});
  site.put("/e.html", {}, "<link rel=canonical href=/e>");
  site.put("/e", {});
  site.host.web[kRoot + "/old"] = redirected(kRoot + "/e", linked("/e", {}), true);
  const Listed listed = site.list();
  CHECK(listed.complete);
  CHECK(sorted(listed.uris()) == crawled({"/", "/a", "/c.html", "/e"}));
}

TEST_CASE("a canonical name that leads nowhere loses no page") {
  LinkedSite site;
  site.put("/", {"a"});
  site.put("/a", {}, "<link rel=canonical href=/gone>");
  CHECK(sorted(site.list().uris()) == crawled({"/", "/a"}));
}

TEST_CASE("nofollow and noindex are heeded, and so is what scripts would show") {
  LinkedSite site;
  site.put("/", {"a", "quiet", "hidden"});
  site.host.web[kRoot + "/"].body +=
      "<a rel='nofollow x' href=no>n</a><noscript><iframe src=toc.html></iframe></noscript>";
  site.put("/a", {"never"}, "<meta name=ROBOTS content='index, NoFollow'>");
  site.put("/quiet", {"b"}, "<meta name=robots content=noindex>");
  site.put("/toc.html", {"c"}, "<meta name=robots content=noindex>");
  site.put("/hidden", {"d"});
  site.host.web[kRoot + "/hidden"].headers.emplace_back("x-robots-tag", "none");
  for (const char* path : {"/b", "/c", "/d", "/no", "/never"}) site.put(path, {});
  CHECK(sorted(site.list().uris()) == crawled({"/", "/a", "/b", "/c"}));
}

TEST_CASE("only what is below the first page's folder is the site's") {
  LinkedSite site;
  site.options["url"] = kRoot + "/docs/";
  site.put("/docs/", {"a", "../blog/x", "/docsother/"});
  site.put("/docs/a", {});
  site.put("/blog/x", {});
  CHECK(sorted(site.list().uris()) == crawled({"/docs/", "/docs/a"}));
  site.options["prefix"] = kRoot + "/";
  CHECK(site.list().uris().size() == 3);
}

TEST_CASE("the second crawl costs one conditional request a page, and sends nothing") {
  SmallSite site;
  const Listed first = site.list();
  REQUIRE_FALSE(first.state.empty());
  const Listed second = site.list(first.state);
  CHECK(second.kind == FRESHET_LISTING_UNCHANGED);
  CHECK(second.entries.empty());
  CHECK(site.host.asked.size() == 3);
  CHECK(site.host.sent == 0);
}

TEST_CASE("a page that is new is told alone") {
  SmallSite site;
  const std::string state = site.list().state;
  site.put("/a.html", {"/", "b.html", "new.html"});
  site.put("/new.html", {});
  const Listed listed = site.list(state);
  CHECK(listed.kind == FRESHET_LISTING_CHANGES);
  CHECK(sorted(listed.uris()) == crawled({"/a.html", "/new.html"}));
  CHECK(site.list(listed.state).kind == FRESHET_LISTING_UNCHANGED);
}

TEST_CASE("a link that went makes the listing whole again") {
  SmallSite site;
  site.put("/b.html", {"only.html"});
  site.put("/only.html", {});
  const std::string state = site.list().state;
  site.put("/b.html", {});
  const Listed listed = site.list(state);
  CHECK(listed.kind == FRESHET_LISTING_WHOLE);
  CHECK(sorted(listed.uris()) == crawled({"/", "/a.html", "/b.html"}));
}

TEST_CASE("a broken link is no page; a page that is missing is listed three times more") {
  SmallSite site;
  site.put("/b.html", {"broken.html"});
  Listed listed = site.list();
  CHECK(listed.complete);
  CHECK(listed.entries.size() == 3);
  site.host.web.erase(kRoot + "/a.html");
  for (int i = 0; i < 3; ++i) {
    listed = site.list(listed.state);
    CHECK(listed.kind == FRESHET_LISTING_CHANGES);
    CHECK(listed.uris() == crawled({"/a.html"}));
  }
  listed = site.list(listed.state);
  CHECK(listed.kind == FRESHET_LISTING_WHOLE);
  CHECK(sorted(listed.uris()) == crawled({"/", "/b.html"}));
}

TEST_CASE("a page that fails makes the listing a part, which names all that is known") {
  SmallSite site;
  const std::string state = site.list().state;
  site.host.web[kRoot + "/b.html"] = broken(FRESHET_E_REMOTE, "HTTP status 503");
  const Listed listed = site.list(state);
  CHECK(listed.kind == FRESHET_LISTING_PART);
  CHECK(sorted(listed.uris()) == crawled({"/", "/a.html", "/b.html"}));
  CHECK(listed.failed.message.find("/b.html: HTTP status 503") != std::string::npos);
  CHECK(site.list().kind == FRESHET_LISTING_PART);
}

TEST_CASE("a login in place of a known page is a fault, and of an unknown one nothing") {
  SmallSite site;
  site.put("/b.html", {"account"});
  site.host.web[kRoot + "/account"] = redirected(kRoot + "/login", page("<p>who are you"));
  const Listed first = site.list();
  CHECK(first.complete);
  site.host.web[kRoot + "/a.html"] = redirected(kRoot + "/login", page("<p>who are you"));
  CHECK(site.list(first.state).kind == FRESHET_LISTING_PART);
}

TEST_CASE("what a crawl saw is not asked for again by those who fetch it") {
  SmallSite site;
  Driver driver(site.host, "crawl", site.options);
  const Listed listed = driver.list();
  site.host.asked.clear();
  const FetchResult fetched = driver.fetch(kRoot + "/a.html");
  CHECK(fetched.outcome == "content");
  CHECK(site.host.asked.empty());
  CHECK(driver.fetch(kRoot + "/a.html").outcome == "content");
  CHECK(site.host.asked.size() == 1);

  Driver again(site.host, "crawl", site.options);
  again.list(SIZE_MAX, {}, listed.state);
  site.host.asked.clear();
  CHECK(again.fetch(kRoot + "/a.html", fetched.version).outcome == "not modified");
  CHECK(site.host.asked.empty());
}

// -- Traps ----------------------------------------------------------------------------------------

TEST_CASE("an endless calendar is cut, and told") {
  LinkedSite site;
  site.put("/", {"cal?month=0", "a"});
  site.put("/a", {});
  site.options["max_alike"] = 20;
  for (int i = 0; i < 60; ++i)
    site.put("/cal?month=" + std::to_string(i), {"/cal?month=" + std::to_string(i + 1)});
  const Listed listed = site.list();
  CHECK(listed.kind == FRESHET_LISTING_PART);
  CHECK(listed.entries.size() == 22);
  CHECK(listed.failed.message.find("max_alike") != std::string::npos);
}

TEST_CASE("pages, depth and time are bounded, and what was cut is told") {
  LinkedSite site;
  site.put("/", {"p/a"});
  std::string path = "/p/a";
  for (int i = 0; i < 30; ++i) {
    site.put(path, {path + "x"});
    path += "x";
  }
  site.options["max_depth"] = 5;
  Listed listed = site.list();
  CHECK(listed.entries.size() == 6);
  CHECK(listed.failed.message.find("max_depth") != std::string::npos);
  site.options = {{"url", kRoot + "/"}, {"max_pages", 4}};
  listed = site.list();
  CHECK(listed.entries.size() == 4);
  CHECK(listed.failed.message.find("max_pages") != std::string::npos);
  site.options = {{"url", kRoot + "/"}, {"max_time", "10s"}};
  site.host.on_request = [&](const Asked&) { site.host.now_ms += 4'000; };
  listed = site.list();
  CHECK(listed.entries.size() == 3);
  CHECK(listed.failed.message.find("max_time") != std::string::npos);
}

TEST_CASE("the page of a folder that is a page in it once more is one page") {
  LinkedSite site;
  const Answer same = linked("same", {"first.html", "second.html", "third.html"});
  site.host.web[kRoot + "/"] = site.host.web[kRoot + "/first.html"] = same;
  site.put("/second.html", {"/"});
  site.host.web[kRoot + "/third.html"] = site.host.web[kRoot + "/second.html"];
  const Listed listed = site.list();
  CHECK(sorted(listed.uris()) == crawled({"/", "/second.html", "/third.html"}));
  CHECK(site.list(listed.state).kind == FRESHET_LISTING_UNCHANGED);
}

// "aaa", "aab" …: names that are not alike but for a number.
std::string name_of(int number) {
  std::string name;
  for (int i = 0; i < 3; ++i, number /= 26)
    name.insert(name.begin(), static_cast<char>('a' + number % 26));
  return name;
}

TEST_CASE("a documentation site of ten thousand pages is remembered from crawl to crawl") {
  LinkedSite site;
  Uris sections;
  for (int section = 0; section < 100; ++section) {
    sections.push_back("/" + name_of(section) + "/");
    Uris pages;
    for (int i = 0; i < 100; ++i) {
      pages.push_back(sections.back() + "a-page-of-the-manual-" + name_of(i) + ".html");
      site.put(pages.back(), {"/"});
    }
    site.put(sections.back(), pages);
  }
  site.put("/", sections);
  const Listed first = site.list();
  CHECK(first.kind == FRESHET_LISTING_WHOLE);
  CHECK(first.entries.size() == 10'101);
  REQUIRE_FALSE(first.state.empty());
  const Listed second = site.list(first.state);
  CHECK(second.kind == FRESHET_LISTING_UNCHANGED);
  CHECK(site.host.asked.size() == 10'101);
  CHECK(site.host.sent == 0);
  site.options["max_pages"] = 5'000;
  const Listed cut = site.list();
  CHECK(cut.kind == FRESHET_LISTING_PART);
  CHECK(cut.entries.size() == 5'000);
  CHECK(cut.failed.message.find("more than 5000 addresses (max_pages)") != std::string::npos);
}

TEST_CASE("a link that leads deeper into itself is not followed for ever") {
  LinkedSite site;
  site.put("/", {"x/"});
  for (std::string path = "/x/"; path.size() < 80; path += "x/") site.put(path, {"x/"});
  const Listed listed = site.list();
  CHECK(listed.kind == FRESHET_LISTING_PART);
  CHECK(listed.entries.size() == 4);
}

TEST_CASE("a page with a million links is read to its bound") {
  LinkedSite site;
  std::string html = "<p>many</p>";
  for (int i = 0; i < 1'000'000; ++i) html += "<a href=" + std::to_string(i % 50) + ">";
  site.host.web[kRoot + "/"] = page(html);
  const Listed listed = site.list();
  CHECK(listed.kind == FRESHET_LISTING_PART);
  CHECK(listed.failed.message.find("100000 links") != std::string::npos);
}

TEST_CASE("a damaged state begins from nothing") {
  SmallSite site;
  const std::string state = site.list().state;
  for (std::size_t cut = 0; cut < state.size(); cut += 7) {
    const Listed listed = site.list(state.substr(0, cut));
    CHECK(listed.kind == FRESHET_LISTING_WHOLE);
  }
  const Listed odd = site.list(R"({"v":1,"start":"","pages":[["https://a.example/",9,1]]})");
  CHECK(odd.kind == FRESHET_LISTING_WHOLE);
}

TEST_CASE("addresses that are alike have one shape, and others have not") {
  using loader_web::shape_of;
  CHECK(shape_of("https://a.example/2031/01?x=1") == shape_of("https://a.example/1999/12?x=b"));
  CHECK(shape_of("https://a.example/s/0123abcdef") == shape_of("https://a.example/s/fedcba9876"));
  CHECK(shape_of("https://a.example/guide") != shape_of("https://a.example/about"));
  CHECK(shape_of("https://a.example/?a=1") != shape_of("https://a.example/?b=1"));
}

}  // namespace
}  // namespace freshet::test
