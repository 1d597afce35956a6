#include "core/net/robots.hpp"

#include <chrono>

#include "tests/support/catch.hpp"

namespace freshet::net {
namespace {

using base::Millis;
constexpr Millis most = std::chrono::seconds(60);

Robots robots_of(std::string_view text) { return Robots::parse(text, "freshet", most); }
bool allows(std::string_view text, std::string_view target) {
  return robots_of(text).allows(target);
}

}  // namespace

TEST_CASE("our own group is followed rather than everybody's") {
  const std::string text =
      "User-agent: *\nDisallow: /\n\nUser-agent: Freshet/2.0\nDisallow: /private\n";
  CHECK(allows(text, "/"));
  CHECK_FALSE(allows(text, "/private/a"));
  CHECK_FALSE(allows("User-agent: *\nDisallow: /\n", "/a"));
  CHECK(allows("User-agent: other\nDisallow: /\n", "/a"));
  CHECK(allows("", "/a"));
}

TEST_CASE("groups for the same product are one, and several names share a group") {
  const std::string text =
      "User-agent: freshet\nDisallow: /a\nUser-agent: other\nDisallow: /x\n"
      "User-agent: third\nUser-agent: FRESHET\nDisallow: /b\n";
  CHECK_FALSE(allows(text, "/a"));
  CHECK_FALSE(allows(text, "/b"));
  CHECK(allows(text, "/x"));
}

TEST_CASE("a group of ours that is empty still shields from everybody's") {
  CHECK(allows("User-agent: *\nDisallow: /\nUser-agent: freshet\nDisallow:\n", "/a"));
}

TEST_CASE("the longest match decides, and a tie allows") {
  const std::string text = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\n";
  CHECK_FALSE(allows(text, "/a"));
  CHECK(allows(text, "/a/b/d"));
  CHECK_FALSE(allows(text, "/a/b/c"));
  CHECK(allows("User-agent: *\nDisallow: /p\nAllow: /p\n", "/p"));
  CHECK(allows("User-agent: *\nDisallow: /\n", "/robots.txt"));
}

TEST_CASE("stars and dollars in rules") {
  CHECK(robots_match("/a*b", "/axxbyy"));
  CHECK_FALSE(robots_match("/a*b$", "/axxbyy"));
  CHECK(robots_match("/a*b$", "/abab"));
  CHECK(robots_match("/*.pdf$", "/x/y.pdf"));
  CHECK_FALSE(robots_match("/*.pdf$", "/x/y.pdf?z"));
  CHECK(robots_match("/a$", "/a"));
  CHECK_FALSE(robots_match("/a$", "/ab"));
  CHECK(robots_match("*", "/anything"));
  CHECK(robots_match("/**a**b", "/xaxb"));
  CHECK_FALSE(robots_match("/a*a$", "/a"));
  CHECK(robots_match("", "/a"));
  CHECK(robots_match("/a*", "/a"));
  CHECK_FALSE(robots_match("/b", "/a/b"));
}

TEST_CASE("escapes compare by what they mean") {
  CHECK_FALSE(allows("User-agent: *\nDisallow: /%7euser\n", "/~user"));
  CHECK_FALSE(allows("User-agent: *\nDisallow: /\xc3\xbc\n", "/%C3%BC"));
}

TEST_CASE("odd files are read as far as they make sense") {
  CHECK_FALSE(allows("\xEF\xBB\xBFUser-agent: *\rDisallow: /a\r", "/a"));
  CHECK_FALSE(allows("user-AGENT : * # all\r\n  DISALLOW:/a # no\r\n", "/a"));
  CHECK(allows("<html><body>User-agent is not here</body></html>", "/a"));
  CHECK_FALSE(allows("User-agent: *\n" + std::string(2, '\0') + "junk\nDisallow: /a\n", "/a"));
  CHECK(allows("Disallow: /a\n", "/a"));  // before any group
  CHECK_FALSE(allows("User-agent: *\nSitemap: x\nDisallow: /a\n", "/a"));
}

TEST_CASE("only the first 500 KiB count") {
  const std::string head = "User-agent: *\nDisallow: /a\n";
  std::string text = head + std::string(robots_bytes, '#') + "\nDisallow: /b\n";
  CHECK_FALSE(allows(text, "/a"));
  CHECK(allows(text, "/b"));
}

TEST_CASE("Crawl-delay is capped, and nonsense in it is no delay") {
  CHECK(robots_of("User-agent: *\nCrawl-delay: 2.5\n").crawl_delay() == Millis(2500));
  CHECK(robots_of("User-agent: *\nCrawl-delay: 1000000000\n").crawl_delay() == most);
  CHECK(robots_of("User-agent: *\nCrawl-delay: 1000000000\n").delay_capped());
  CHECK(robots_of("User-agent: *\nCrawl-delay: 1e999\n").crawl_delay() == most);
  for (const auto text : {"-5", "soon", "", "nan", "inf", "1x"})
    CHECK(robots_of("User-agent: *\nCrawl-delay: " + std::string(text) + "\n").crawl_delay() ==
          Millis(0));
}

TEST_CASE("hostile rules cost linear time") {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  std::string text = "User-agent: *\n";
  while (text.size() < robots_bytes) text += "Disallow: /*a*a*a*a*b$\n";
  const Robots many = robots_of(text);
  CHECK(many.allows("/" + std::string(8000, 'a')));
  const Robots stars = robots_of("User-agent: *\nDisallow: /" + std::string(100'000, '*') + "b\n");
  CHECK(stars.allows("/" + std::string(8000, 'a')));
  CHECK_FALSE(stars.allows("/" + std::string(8000, 'a') + "b"));
  CHECK(Clock::now() - start < std::chrono::seconds(5));
}

}  // namespace freshet::net
