// Whole listings, through the plugin's table.
#include "tests/plugins/loader_web/fake_host.hpp"
#include "tests/plugins/loader_web/gzip.hpp"
#include "tests/support/catch.hpp"

namespace freshet::test {
namespace {

using Json = nlohmann::json;
using Uris = std::vector<std::string>;

const std::string kTop = "https://a.example/sitemap.xml";

std::string urlset(const std::vector<std::string>& locs) {
  std::string text = "<urlset>";
  for (const std::string& loc : locs) text += "<url><loc>" + loc + "</loc></url>";
  return text + "</urlset>";
}

std::string index_of(const std::vector<std::string>& locs) {
  std::string text = "<sitemapindex>";
  for (const std::string& loc : locs) text += "<sitemap><loc>" + loc + "</loc></sitemap>";
  return text + "</sitemapindex>";
}

Answer xml(std::string body) { return page(std::move(body), "application/xml"); }

struct Site {
  FakeHost host;
  Json options = {{"url", kTop}};
  Listed list() { return Driver(host, "sitemap", options).list(); }
};

TEST_CASE("url lists exactly what it was given, normalised and once") {
  FakeHost host;
  Driver driver(host, "url",
                {{"url", "HTTPS://A.example:443/x#top"},
                 {"urls", {"https://a.example/y/../z", "https://a.example/x"}}});
  const Listed listed = driver.list();
  CHECK(listed.complete);
  CHECK(listed.uris() == Uris{"https://a.example/x", "https://a.example/z"});
  CHECK(host.asked.empty());
}

TEST_CASE("wrong options are told with their path") {
  FakeHost host;
  const auto subject = [&](const char* kind, const Json& options) {
    Driver driver(host, kind, options);
    CHECK_FALSE(driver.opened());
    CHECK(driver.open_failure().status == FRESHET_E_INVALID_ARGUMENT);
    return driver.open_failure().subject;
  };
  CHECK(subject("url", Json::object()) == "urls");
  CHECK(subject("url", {{"urls", {"https://a.example/", "ftp://a.example/"}}}) == "urls[1]");
  CHECK(subject("url", {{"url", "https://user:pw@a.example/"}}) == "url");
  CHECK(subject("sitemap", Json::object()) == "url");
  CHECK(subject("sitemap", {{"url", kTop}, {"include", {"x", {{"regex", "("}}}}}) == "include[1]");
  CHECK(subject("sitemap", {{"url", kTop}, {"max_urls", 0}}) == "max_urls");
  for (const Json& bad : {Json("many"), Json("0"), Json("1.5MiB"), Json(true), Json(-1)})
    CHECK(subject("sitemap", {{"url", kTop}, {"max_bytes", bad}}) == "max_bytes");
  for (const Json& bad : {Json(""), Json("5"), Json("25h"), Json("-1s"), Json(5), Json(true)})
    CHECK(subject("sitemap", {{"url", kTop}, {"pace", bad}}) == "pace");
  CHECK(subject("sitemap", {{"url", kTop}, {"headers", {{"Host", "b.example"}}}}) ==
        "headers.Host");
  CHECK(subject("sitemap", {{"url", kTop}, {"headers", {{"X-A", "1\r\nX-B: 2"}}}}) ==
        "headers.X-A");
  CHECK(subject("sitemap", {{"url", kTop}, {"headers", {{"X A", "1"}}}}) == "headers");
}

TEST_CASE("a sitemap's pages are listed with their dates, once each") {
  Site site;
  site.host.web[kTop] =
      xml("<urlset><url><loc>/a#x</loc><lastmod>2026-11-01</lastmod></url><url><loc>https://"
          "A.example/a</loc></url>"
          "<url><loc>b%2fc</loc><lastmod>2026-02-30</lastmod></url><url><loc>b%2Fc</loc></url>"
          "<url><loc>https://a.example/future</loc><lastmod>2027-01-01</lastmod></url></urlset>");
  const Listed listed = site.list();
  CHECK(listed.complete);
  REQUIRE(listed.uris() ==
          Uris{"https://a.example/a", "https://a.example/b%2Fc", "https://a.example/future"});
  CHECK(listed.entries[0].last_modified_ms == 1'793'491'200'000);
  CHECK_FALSE(listed.entries[1].last_modified_ms);
  CHECK_FALSE(listed.entries[2].last_modified_ms);
  CHECK(site.host.asked[0].robots);
}

TEST_CASE("addresses that are foreign or no use are left out, and the listing stays complete") {
  Site site;
  site.host.web[kTop] =
      xml(urlset({"https://a.example/1", "https://b.example/2", "file:///etc/passwd",
                  "https://u:p@a.example/3", "https://a.example/" + std::string(2100, 'x'),
                  "javascript:alert(1)", "http://a.example/4"}));
  const Listed listed = site.list();
  CHECK(listed.complete);
  CHECK(listed.uris() == Uris{"https://a.example/1", "http://a.example/4"});
  CHECK(site.host.logged("1 of other hosts, 4 that are no usable URLs"));
}

TEST_CASE(
    "an address that cannot be read spoils its entry alone, and the listing is not complete") {
  for (const std::string& fault :
       {std::string("<loc>https://a.example/\x1Bx</loc>"),
        std::string("<loc>https://a.example/\xFF</loc>"),
        std::string("<loc>https://a.example/&#27;x</loc>"),
        std::string("<loc>https://a.example/\0x</loc>", 31),
        std::string("<loc>\x01https://a.example/x</loc>"),
        std::string("<loc>https://[a.example/</loc>"), std::string("<loc></loc>"),
        std::string("<lastmod>2026-11-01</lastmod>"), std::string(),
        std::string("<loc>https://a.example/x</lok>"),
        std::string("<link>https://a.example/x</link>")}) {
    INFO(fault);
    Site site;
    site.host.web[kTop] = xml("<urlset><url><loc>/1</loc></url><url>" + fault +
                              "</url><url><loc>/2</loc></url></urlset>");
    const Listed listed = site.list();
    CHECK_FALSE(listed.complete);
    CHECK(site.host.logged("the listing is not complete: " + kTop));
    CHECK(listed.uris() == Uris{"https://a.example/1", "https://a.example/2"});
  }
}

TEST_CASE("what is wrong in an entry beside its address costs nothing") {
  for (const std::string& odd :
       {std::string("<lastmod>2026\x1B-11-01</lastmod>"), std::string("<lastmod>\xFF</lastmod>"),
        std::string("<priority>\x01</priority>"),
        std::string("<x:y><loc>https://a.example/no</loc></x:y>")}) {
    INFO(odd);
    Site site;
    site.host.web[kTop] = xml("<urlset><url><loc>/1?a=b&c=d&lt</loc>" + odd +
                              "</url><url><loc>/2</loc></url></urlset>");
    const Listed listed = site.list();
    CHECK(listed.complete);
    CHECK(listed.uris() == Uris{"https://a.example/1?a=b&c=d&lt", "https://a.example/2"});
    CHECK_FALSE(listed.entries[0].last_modified_ms);
  }
}

TEST_CASE("an entry with two addresses is two pages") {
  Site site;
  site.host.web[kTop] =
      xml("<urlset><url><loc>/1</loc><loc>/2</loc><lastmod>2026-11-01</lastmod></url></urlset>");
  const Listed listed = site.list();
  CHECK(listed.complete);
  CHECK(listed.uris() == Uris{"https://a.example/1", "https://a.example/2"});
  CHECK_FALSE(listed.entries[0].last_modified_ms);
}

TEST_CASE("a line that is no URL spoils a text sitemap in that line alone") {
  for (const std::string line :
       {"\x1Bhttps://a.example/x", "https://a.example/\x1B", "/x", "https://a.example/\xFF"}) {
    Site site;
    site.host.web[kTop] =
        page("https://a.example/1\n" + line + "\nhttps://a.example/2\n", "text/plain");
    const Listed listed = site.list();
    CHECK_FALSE(listed.complete);
    CHECK(listed.uris() == Uris{"https://a.example/1", "https://a.example/2"});
  }
}

TEST_CASE("hosts that are named, and all of them without same_origin, are taken") {
  Site site;
  site.host.web[kTop] =
      xml(urlset({"https://b.example/1", "https://x.c.example/2", "https://d.example/3"}));
  site.options["hosts"] = {"b.example", "*.c.example"};
  CHECK(site.list().uris() == Uris{"https://b.example/1", "https://x.c.example/2"});
  site.options["same_origin"] = false;
  CHECK(site.list().entries.size() == 3);
}

TEST_CASE("filters see the normalised URL, and rewriting comes after them") {
  Site site;
  site.host.web[kTop] =
      xml(urlset({"/docs/a.html", "/docs/../docs/b.html", "/docs/draft.html", "/blog/c.html"}));
  site.options["include"] = {"glob:https://a.example/docs/**"};
  site.options["exclude"] = {"draft"};
  site.options["rewrite"] = {{{"regex", "\\.html$"}, {"replace", ".md"}}};
  const Listed listed = site.list();
  CHECK(listed.complete);
  CHECK(listed.uris() == Uris{"https://a.example/docs/a.md", "https://a.example/docs/b.md"});
}

TEST_CASE("an index leads to its sitemaps, a few at a time, and none is read twice") {
  Site site;
  std::vector<std::string> children;
  for (int i = 0; i < 9; ++i) {
    const std::string child = "https://a.example/s" + std::to_string(i) + ".xml.gz";
    children.push_back(child);
    site.host.web[child] = page(gzipped(urlset({"/p" + std::to_string(i)})), "application/gzip");
  }
  children.push_back(kTop);         // itself
  children.push_back(children[0]);  // again
  children.push_back("https://a.example/back.xml");
  site.host.web["https://a.example/back.xml"] =
      xml(index_of({kTop, "https://a.example/back.xml", children[1]}));
  site.host.web[kTop] = xml(index_of(children));
  const Listed listed = site.list();
  CHECK(listed.complete);
  CHECK(listed.entries.size() == 9);
  CHECK(listed.entries[0].uri == "https://a.example/p0");
  CHECK(site.host.asked.size() == 11);
  CHECK(site.host.most_at_once == 4);
}

TEST_CASE("indexes nest three deep and no deeper") {
  Site site;
  site.host.web[kTop] = xml(index_of({"/2.xml"}));
  site.host.web["https://a.example/2.xml"] = xml(index_of({"/3.xml", "/pages2.xml"}));
  site.host.web["https://a.example/3.xml"] = xml(index_of({"/4.xml"}));
  site.host.web["https://a.example/pages2.xml"] = xml(urlset({"/p2"}));
  const Listed listed = site.list();
  CHECK(listed.status == FRESHET_OK);
  CHECK_FALSE(listed.complete);
  CHECK(listed.failed.message.find("nested more than 3 deep") != std::string::npos);
  CHECK(listed.uris() == Uris{"https://a.example/p2"});
}

TEST_CASE("the number of sitemaps is limited") {
  Site site;
  std::vector<std::string> children;
  for (int i = 0; i < 20; ++i) {
    children.push_back("https://a.example/" + std::to_string(i) + ".xml");
    site.host.web[children.back()] = xml(urlset({"/p" + std::to_string(i)}));
  }
  site.host.web[kTop] = xml(index_of(children));
  site.options["max_sitemaps"] = 5;
  const Listed listed = site.list();
  CHECK_FALSE(listed.complete);
  CHECK(listed.entries.size() == 5);
  CHECK(listed.failed.message.find("more than 5 sitemaps") != std::string::npos);
}

TEST_CASE("the number of pages is limited, in one sitemap and in all") {
  Site site;
  site.host.web[kTop] = xml(index_of({"/1.xml", "/2.xml"}));
  site.host.web["https://a.example/1.xml"] = xml(urlset({"/a", "/b", "/c"}));
  site.host.web["https://a.example/2.xml"] = xml(urlset({"/d"}));
  site.options["max_urls"] = 2;
  const Listed one = site.list();
  CHECK_FALSE(one.complete);
  CHECK(one.uris() == Uris{"https://a.example/a", "https://a.example/b", "https://a.example/d"});
  site.options["max_urls"] = 100;
  site.options["max_entries"] = 3;
  const Listed all = site.list();
  CHECK_FALSE(all.complete);
  CHECK(all.entries.size() == 3);
  CHECK(all.failed.message.find("more than 3 pages") != std::string::npos);
  site.options["max_entries"] = 4;
  CHECK(site.list().complete);
}

TEST_CASE(
    "whatever befalls a child sitemap, its siblings are listed and the listing is not complete") {
  const std::string child = "https://a.example/child.xml";
  const Answer faults[] = {
      broken(FRESHET_E_REMOTE, "HTTP status 503"),
      status(404),
      status(403),
      status(410),
      page("<!DOCTYPE html><title>Maintenance</title>"),
      xml(""),
      xml("<urlset><url><loc>/partly</loc></url><url><lo"),
      xml(urlset({"/partly"}) + "trailing"),
      xml("<!DOCTYPE x [<!ENTITY a 'b'>]><urlset/>"),
      page(gzipped(urlset({"/partly"})).substr(0, 30), "application/gzip"),
      redirected("https://a.example/login", page(urlset({"/x"}))),
      redirected("https://other.example/s.xml", xml(urlset({"/x"}))),
      redirected("https://other.example/s.xml", xml(urlset({"/x"})), true),
      redirected(kTop, xml(urlset({"/x"}))),
  };
  for (const Answer& fault : faults) {
    Site site;
    site.host.web[kTop] = xml(index_of({"/child.xml", "/good.xml"}));
    site.host.web["https://a.example/good.xml"] = xml(urlset({"/good"}));
    site.host.web[child] = fault;
    const Listed listed = site.list();
    INFO(fault.status << " " << fault.message << " " << fault.body);
    CHECK(listed.status == FRESHET_OK);
    CHECK_FALSE(listed.complete);
    CHECK(listed.failed.message.find(child) == 0);
    const Uris uris = listed.uris();
    CHECK(std::find(uris.begin(), uris.end(), "https://a.example/good") != uris.end());
    CHECK(std::find(uris.begin(), uris.end(), "https://a.example/x") == uris.end());
  }
}

TEST_CASE("a child sitemap elsewhere makes the listing incomplete, until its host is named") {
  Site site;
  site.host.web[kTop] = xml(index_of({"https://cdn.example/s.xml"}));
  site.host.web["https://cdn.example/s.xml"] =
      xml(urlset({"https://a.example/1", "https://cdn.example/2"}));
  CHECK_FALSE(site.list().complete);
  CHECK(site.host.asked.size() == 1);
  site.options["hosts"] = {"cdn.example"};
  const Listed listed = site.list();
  CHECK(listed.complete);
  CHECK(listed.entries.size() == 2);
  site.host.web[kTop] = xml(index_of({"file:///etc/passwd"}));
  CHECK_FALSE(site.list().complete);
}

TEST_CASE("when the sitemap itself cannot be read, the listing fails") {
  const std::pair<Answer, freshet_status> faults[] = {
      {broken(FRESHET_E_REMOTE, "HTTP status 503"), FRESHET_E_REMOTE},
      {broken(FRESHET_E_BLOCKED, "a private address"), FRESHET_E_BLOCKED},
      {status(404), FRESHET_E_GONE},
      {status(410), FRESHET_E_GONE},
      {status(401), FRESHET_E_DENIED},
      {status(403), FRESHET_E_DENIED},
      {status(418), FRESHET_E_REMOTE},
      {status(206), FRESHET_E_REMOTE},
      {status(204), FRESHET_E_PARSE},
      {xml(""), FRESHET_E_PARSE},
      {page("<html><form><input type=password></form></html>"), FRESHET_E_PARSE},
      {xml("<rss/>"), FRESHET_E_PARSE},
      {xml("<!DOCTYPE urlset><urlset/>"), FRESHET_E_PARSE},
      {redirected("https://a.example/login?next=/sitemap.xml", page("<html>")), FRESHET_E_DENIED},
      {redirected("https://portal.example/", xml(urlset({"/x"}))), FRESHET_E_DENIED},
      {xml(std::string(70 << 20, ' ')), FRESHET_E_LIMIT},
  };
  for (const auto& [fault, expected] : faults) {
    Site site;
    site.host.web[kTop] = fault;
    const Listed listed = site.list();
    INFO(fault.status << " " << fault.message << " " << fault.body.substr(0, 100));
    CHECK(listed.status == expected);
    CHECK(listed.entries.empty());
    CHECK(listed.failed.message != "");
  }
}

TEST_CASE("a broken or cut sitemap gives what was read, and is not complete") {
  Site site;
  site.host.web[kTop] = xml("<urlset><url><loc>/1</loc></url><url><loc>/2</lo");
  const Listed cut = site.list();
  CHECK(cut.status == FRESHET_OK);
  CHECK_FALSE(cut.complete);
  CHECK(cut.failed.message == kTop + ": cut short");
  CHECK(cut.uris() == Uris{"https://a.example/1"});
  site.host.web[kTop] = xml(urlset({"/1", "/2"}) + std::string(450, ' '));
  site.options["max_sitemap_bytes"] = "500B";
  const Listed over = site.list();
  CHECK(over.entries.size() == 2);
  CHECK_FALSE(over.complete);
}

TEST_CASE("an empty sitemap is complete: what it means is for the engine to judge") {
  Site site;
  site.host.web[kTop] = xml("<urlset/>");
  const Listed listed = site.list();
  CHECK(listed.complete);
  CHECK(listed.entries.empty());
}

TEST_CASE("a sitemap that moved for good brings its host with it") {
  Site site;
  site.host.web[kTop] = redirected("https://www.a.example/sitemap.xml",
                                   xml(urlset({"/1", "https://a.example/2"})), true);
  const Listed listed = site.list();
  CHECK(listed.complete);
  CHECK(listed.uris() == Uris{"https://www.a.example/1", "https://a.example/2"});
}

TEST_CASE("own headers go to the origin of the sitemap only") {
  Site site;
  site.options["hosts"] = {"b.example"};
  site.options["headers"] = {{"X-Key", "secret:env:KEY"},
                             {"X-Token", "Bearer secret:env:KEY"},
                             {"Authorization", "Bearer inline"}};
  site.host.secrets["env:KEY"] = "s3cret";
  site.host.web[kTop] =
      xml(index_of({"/in.xml", "https://b.example/out.xml", "http://a.example/plain.xml"}));
  const Listed listed = site.list();
  REQUIRE(site.host.asked.size() == 4);
  for (const Asked& asked : site.host.asked) {
    const bool own = asked.url.starts_with("https://a.example/");
    CHECK(asked.header("X-Key") == (own ? "s3cret" : ""));
    CHECK(asked.header("X-Token") == (own ? "Bearer s3cret" : ""));
    CHECK(asked.header("Authorization") == (own ? "Bearer inline" : ""));
  }
  CHECK(site.host.logged("headers.Authorization"));
  CHECK_FALSE(site.host.logged("inline"));
  CHECK_FALSE(site.host.logged("s3cret"));
  CHECK_FALSE(site.host.logged("headers.X-Key"));
  CHECK_FALSE(site.host.logged("headers.X-Token"));
}

TEST_CASE("a missing secret fails the listing before anything is sent") {
  Site site;
  site.options["headers"] = {{"Authorization", "secret:env:NONE"}};
  const Listed listed = site.list();
  CHECK(listed.status == FRESHET_E_DENIED);
  CHECK(listed.failed.subject == "env:NONE");
  CHECK(site.host.asked.empty());
}

TEST_CASE("the sink can end the listing") {
  Site site;
  site.host.web[kTop] = xml(urlset({"/1", "/2", "/3"}));
  const Listed listed = Driver(site.host, "sitemap", site.options).list(2);
  CHECK(listed.status == FRESHET_E_CANCELLED);
  CHECK(listed.entries.size() == 2);
}

TEST_CASE("a cancelled listing stops between sitemaps") {
  Site site;
  site.host.web[kTop] = xml(index_of({"/1.xml", "/2.xml"}));
  site.host.web["https://a.example/1.xml"] = xml(urlset({"/1"}));
  site.host.on_request = [&](const Asked& asked) {
    site.host.cancelled = asked.url.ends_with("/1.xml");
  };
  const Listed listed = site.list();
  CHECK(listed.status == FRESHET_E_CANCELLED);
  CHECK(listed.entries.empty());
}

TEST_CASE("pace, robots and limits reach the network") {
  Site site;
  site.options["pace"] = "2s";
  site.options["robots"] = false;
  site.options["max_sitemap_bytes"] = "4MiB";
  site.list();
  REQUIRE(site.host.asked.size() == 1);
  CHECK(site.host.asked[0].pace_ms == 2000);
  CHECK_FALSE(site.host.asked[0].robots);
  CHECK(site.host.asked[0].max_bytes == 5 << 20);
}

}  // namespace
}  // namespace freshet::test
