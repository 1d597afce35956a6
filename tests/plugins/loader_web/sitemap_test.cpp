#include "loader_web/sitemap.hpp"

#include <zlib.h>

#include <chrono>
#include <vector>

#include "loader_web/gunzip.hpp"
#include "tests/plugins/loader_web/gzip.hpp"
#include "tests/support/catch.hpp"

namespace freshet::loader_web {
namespace {

using test::gzipped;

const std::string kOpen =
    "<?xml version=\"1.0\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">";

struct Result {
  SitemapRead read;
  std::vector<SitemapItem> items;
  std::vector<std::string> locs() const {
    std::vector<std::string> locs;
    for (const SitemapItem& item : items) locs.push_back(item.loc);
    return locs;
  }
};

Result read(std::string_view bytes, SitemapLimits limits = {}) {
  Result result;
  result.read = read_sitemap(bytes, limits,
                             [&](SitemapItem item) { result.items.push_back(std::move(item)); });
  return result;
}

std::string urls(int count) {
  std::string text = kOpen;
  for (int i = 0; i < count; ++i)
    text += "<url><loc>https://a.example/" + std::to_string(i) + "</loc></url>";
  return text + "</urlset>";
}

using Locs = std::vector<std::string>;

TEST_CASE("a urlset gives its locations and dates") {
  const Result result = read(
      kOpen +
      "<url>\n <loc>\n https://a.example/x?a=1&amp;b=2 </loc><lastmod>2026-01-02</lastmod></url>"
      "<!-- </urlset> --><url><loc><![CDATA[https://a.example/y]]></loc></url></urlset>\n<!-- end "
      "-->");
  CHECK(result.read.recognised);
  CHECK(result.read.problem == "");
  CHECK(result.locs() == Locs{"https://a.example/x?a=1&b=2", "https://a.example/y"});
  CHECK(result.items[0].lastmod == "2026-01-02");
  CHECK_FALSE(result.items[0].index);
}

TEST_CASE("a sitemap index gives sitemaps") {
  const Result result =
      read("<sitemapindex><sitemap><loc>https://a.example/s.xml</loc></sitemap></sitemapindex>");
  REQUIRE(result.items.size() == 1);
  CHECK(result.items[0].index);
}

TEST_CASE("locations of images and of other namespaces are not pages") {
  const Result result = read(
      "<s:urlset><s:url><i:image><i:loc>https://a.example/i.png</i:loc></i:image>"
      "<s:loc>https://a.example/p</s:loc></s:url><x:url><x:loc>https://a.example/no</x:loc></"
      "x:url></s:urlset>");
  CHECK(result.locs() == Locs{"https://a.example/p"});
}

TEST_CASE("an empty urlset is a sitemap without pages") {
  for (const char* text : {"<urlset/>", "<urlset></urlset>", "<urlset xmlns='x' />  "}) {
    const Result result = read(text);
    CHECK(result.read.recognised);
    CHECK(result.read.problem == "");
    CHECK(result.items.empty());
  }
}

TEST_CASE("a sitemap cut anywhere gives whole entries only, and says that it is cut") {
  const std::string whole = urls(3);
  for (std::size_t size = kOpen.size(); size < whole.size(); ++size) {
    const Result result = read(whole.substr(0, size));
    INFO(whole.substr(0, size));
    CHECK(result.read.recognised);
    CHECK(result.read.problem != "");
    for (std::size_t i = 0; i < result.items.size(); ++i)
      CHECK(result.items[i].loc == "https://a.example/" + std::to_string(i));
  }
  CHECK(read(whole).read.problem == "");
}

TEST_CASE("a malformed entry is passed over, malformed XML ends the reading") {
  CHECK(
      read("<urlset><url><loc>https://a.example/1</loc></url><url><loc>x</url></urlset>").locs() ==
      Locs{"https://a.example/1"});
  for (const std::string text : {"<urlset><url><loc>https://a.example/1</lok></url></urlset>",
                                 "<urlset></sitemapindex>", "<urlset></urlset><urlset></urlset>",
                                 "<urlset><></urlset>", "<urlset></urlset>Warning: x"}) {
    INFO(text);
    CHECK(read(text).read.problem != "");
  }
}

TEST_CASE("a DOCTYPE is refused, and so are the entities it could bring") {
  const std::string bomb =
      "<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'x'><!ENTITY b '&a;&a;&a;'>"
      "<!ENTITY e SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>&b;&e;</loc></url></urlset>";
  const Result result = read(bomb);
  CHECK_FALSE(result.read.recognised);
  CHECK(result.read.problem == "it has a DOCTYPE");
  CHECK(result.items.empty());
  const Result inside =
      read("<urlset><url><loc>https://a.example/1</loc></url><!DOCTYPE x></urlset>");
  CHECK(inside.read.problem == "it has a DOCTYPE");
  CHECK(read("<urlset><url><loc>https://a.example/&amp;&lt;&#65;&unknown;</loc></url></urlset>")
            .locs() == Locs{"https://a.example/&<A&unknown;"});
}

TEST_CASE("what is no sitemap is told apart") {
  for (const std::string text :
       {"<!DOCTYPE html><html><body>Sign in</body></html>", "\n<html></html>", "<HTML lang=en>"}) {
    INFO(text);
    CHECK_FALSE(read(text).read.recognised);
    CHECK(read(text).read.problem == "it is an HTML page");
  }
  for (const std::string text : {"<rss version='2.0'><channel/></rss>", "{\"urls\":[]}",
                                 "not found", "", "   ", "%PDF-1.7"}) {
    INFO(text);
    CHECK_FALSE(read(text).read.recognised);
    CHECK(read(text).read.problem != "");
  }
}

TEST_CASE("a plain text sitemap has one URL a line") {
  const Result result =
      read("\xEF\xBB\xBFhttps://a.example/1\r\n\n  HTTP://a.example/2  \rhttps://a.example/3");
  CHECK(result.locs() == Locs{"https://a.example/1", "HTTP://a.example/2", "https://a.example/3"});
  CHECK(result.read.problem == "");
  const Result spoilt =
      read("https://a.example/1\nFatal error: out of memory\nhttps://a.example/2");
  CHECK(spoilt.locs() == Locs{"https://a.example/1", "https://a.example/2"});
  CHECK(spoilt.read.problem == "a line that is no URL");
}

TEST_CASE("UTF-16 and ISO-8859-1 are read, other encodings refused") {
  const std::string text = "<urlset><url><loc>https://a.example/x</loc></url></urlset>";
  std::string big, little;
  for (const char c : text) {
    big += {'\0', c};
    little += {c, '\0'};
  }
  for (const std::string& bytes : {big, little, "\xFE\xFF" + big, "\xFF\xFE" + little})
    CHECK(read(bytes).locs() == Locs{"https://a.example/x"});
  CHECK(read("<?xml version='1.0' "
             "encoding='ISO-8859-1'?><urlset><url><loc>https://a.example/\xE9</loc></url></urlset>")
            .locs() == Locs{"https://a.example/\xC3\xA9"});
  const Result other = read("<?xml version='1.0' encoding='EBCDIC-CP-US'?><urlset/>");
  CHECK_FALSE(other.read.recognised);
  // A character outside the first plane, and a lone surrogate.
  std::string smile("\xFF\xFE", 2);
  for (const char c : std::string("<urlset><url><loc>")) smile += {c, '\0'};
  smile += std::string("\x3D\xD8\x00\xDE", 4) + "\x3D\xD8";
  for (const char c : std::string("</loc></url></urlset>")) smile += {c, '\0'};
  CHECK(read(smile).locs() == Locs{"\xF0\x9F\x98\x80\xEF\xBF\xBD"});
}

TEST_CASE("the number of URLs is limited, and those below the limit are kept") {
  SitemapLimits limits;
  limits.urls = 5;
  CHECK(read(urls(5), limits).read.problem == "");
  const Result result = read(urls(6), limits);
  CHECK(result.items.size() == 5);
  CHECK(result.read.problem == "more than 5 URLs");
  const Result lines = read("https://a.example/1\nhttps://a.example/2\n", {1000, 1});
  CHECK(lines.items.size() == 1);
  CHECK(lines.read.problem == "more than 1 URLs");
}

TEST_CASE("the size is limited, and what lies below the limit is kept") {
  SitemapLimits limits;
  limits.bytes = urls(10).size() - 100;
  for (const std::string& bytes : {urls(10), gzipped(urls(10))}) {
    const Result result = read(bytes, limits);
    CHECK(result.read.recognised);
    CHECK(result.items.size() == 7);
    CHECK(result.read.problem.find("more than") == 0);
  }
  const Result lines = read("https://a.example/1\nhttps://a.example/23", {30, 10});
  CHECK(lines.locs() == Locs{"https://a.example/1"});
}

TEST_CASE("gzip is found by its magic, in one member or several") {
  CHECK(read(gzipped(urls(3))).items.size() == 3);
  const std::string whole = urls(3);
  const Result parts = read(gzipped(whole.substr(0, 100)) + gzipped(whole.substr(100)));
  CHECK(parts.items.size() == 3);
  CHECK(parts.read.problem == "");
}

TEST_CASE("gzip is decoded once") {
  const Result twice = read(gzipped(gzipped(urls(3))));
  CHECK_FALSE(twice.read.recognised);
  CHECK(twice.items.empty());
}

TEST_CASE("truncated gzip gives what was whole; damaged gzip gives nothing") {
  std::string bytes = gzipped(urls(2000));
  const Result cut = read(std::string_view(bytes).substr(0, bytes.size() / 2));
  CHECK(cut.read.recognised);
  CHECK(cut.items.size() > 10);
  CHECK(cut.items.size() < 2000);
  CHECK(cut.read.problem == "gzip data cut short");
  const Result lines =
      read(std::string_view(gzipped("https://a.example/1\nhttps://a.example/22222")).substr(0, 40));
  for (const std::string& loc : lines.locs()) CHECK(loc == "https://a.example/1");
  CHECK(lines.read.problem != "");
  const Result junk = read(bytes + "junk");
  CHECK(junk.items.size() == 2000);
  CHECK(junk.read.problem == "something else after the gzip data");
  bytes[bytes.size() - 6] ^= 1;  // the checksum
  const Result damaged = read(bytes);
  CHECK_FALSE(damaged.read.recognised);
  CHECK(damaged.items.empty());
}

TEST_CASE("a gzip bomb stops at the limits") {
  const std::string bomb = gzipped(std::string(40 << 20, ' '));
  const Gunzipped by_ratio = gunzip(bomb, 1 << 30);
  CHECK(by_ratio.problem == "compressed more than 200 to 1");
  CHECK(by_ratio.bytes.size() < (2 << 20) + bomb.size() * 200);
  const Gunzipped by_size = gunzip(bomb, 1000);
  CHECK(by_size.bytes.size() == 1000);
  CHECK(by_size.problem == "more than 1000 bytes when decoded");
  CHECK(read(bomb).read.recognised == false);
}

TEST_CASE("depth, attributes and large elements are bounded") {
  std::string deep = "<urlset>";
  for (int i = 0; i < 1'000'000; ++i) deep += "<a>";
  CHECK(read(deep).read.problem == "nested too deeply");
  std::string wide = "<urlset><url ";
  for (int i = 0; i < 100'000; ++i) wide += "a" + std::to_string(i) + "='x' ";
  wide += "><loc>https://a.example/1</loc></url></urlset>";
  CHECK(read(wide).items.size() == 1);
  const std::string large =
      "<urlset><url><loc>" + std::string(5 << 20, 'x') + "</loc></url></urlset>";
  CHECK(read(large).read.problem == "an element of more than 4 MiB");
}

TEST_CASE("hostile markup is read in linear time") {
  for (const char* piece :
       {"<", "<!--", "<![CDATA[", "<?", "<a ", "<a '", "</", "&", "<urlset><url>", "]]>"}) {
    for (const char* start : {"", "<urlset>", "<urlset><url><loc>"}) {
      std::string text = start;
      while (text.size() < (1 << 20)) text += piece;
      INFO(start << piece);
      const auto begin = std::chrono::steady_clock::now();
      CHECK(read(text).read.problem != "");
      CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
    }
  }
}

TEST_CASE("control bytes end an entry rather than the process") {
  using namespace std::string_literals;
  const Result result = read("<urlset><url><loc>https://a.example/\0x</loc></url></urlset>"s);
  CHECK(result.read.problem != "");
  CHECK(read("\0\0\0\0"s).read.recognised == false);
  CHECK(read("<\0"s).read.recognised == false);
}

}  // namespace
}  // namespace freshet::loader_web
