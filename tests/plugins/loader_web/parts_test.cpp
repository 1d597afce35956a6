// The small parts: dates, patterns, URLs, units, what a page says of itself.
#include <chrono>

#include "core/net/retry_after.hpp"
#include "loader_web/date.hpp"
#include "loader_web/filter.hpp"
#include "loader_web/html.hpp"
#include "loader_web/page.hpp"
#include "loader_web/text.hpp"
#include "loader_web/url.hpp"
#include "loader_web/validators.hpp"
#include "tests/support/catch.hpp"

namespace freshet::loader_web {
namespace {

using Json = nlohmann::json;

TEST_CASE("lastmod takes dates and date-times with a zone, and nothing else") {
  CHECK(parse_lastmod("1970-01-02") == 86'400'000);
  CHECK(parse_lastmod(" 2026-11-20T16:00:00Z ") == 1'795'190'400'000);
  CHECK(parse_lastmod("2026-11-20T17:00:00.25+01:00") == 1'795'190'400'250);
  CHECK(parse_lastmod("2026-11-20T14:30-01:30") == 1'795'190'400'000);
  CHECK(parse_lastmod("2024-02-29"));
  for (const char* bad :
       {"", "2026", "9999", "2026-02-30", "2026-13-01", "2026-11-20T16:00:00", "1795190400",
        "2026-11-20T25:00Z", "2026-11-20T16:00:00.Z", "2026-11-20x", "-026-01-01",
        "2026-11-20T16:00:00+1:00", "2026-1-1", "Fri, 20 Nov 2026 16:00:00 GMT"})
    CHECK_FALSE(parse_lastmod(bad));
}

Pattern pattern(const Json& value) { return Pattern(value, "include[0]"); }

TEST_CASE("a pattern is a substring, a glob or a regular expression") {
  const std::string url = "https://a.example/docs/v2/page.html?x=1";
  CHECK(pattern("docs/v2").matches(url));
  CHECK_FALSE(pattern("docs/v3").matches(url));
  CHECK_FALSE(pattern("d.cs").matches(url));
  CHECK(pattern({{"regex", "d.cs/v\\d"}}).matches(url));
  CHECK(pattern("regex:\\.html\\?").matches(url));
  CHECK(pattern("glob:https://a.example/docs/**").matches(url));
  CHECK(pattern({{"glob", "**/v2/*"}}).matches(url));
  CHECK_FALSE(pattern({{"glob", "https://a.example/*"}}).matches(url));
  CHECK_FALSE(pattern({{"glob", "docs"}}).matches(url));
}

TEST_CASE("globs: ** is anything, * and ? stop at a slash") {
  const auto matches = [](const char* glob, const char* text) {
    return pattern({{"glob", glob}}).matches(text);
  };
  CHECK(matches("https://a.example/**/x", "https://a.example/x"));
  CHECK(matches("https://a.example/**/x", "https://a.example/1/2/x"));
  CHECK_FALSE(matches("https://a.example/**/x", "https://a.example/1/2/yx"));
  CHECK(matches("https://a.example/docs/**", "https://a.example/docs"));
  CHECK(matches("https://*.example/?", "https://b.example/1"));
  CHECK_FALSE(matches("https://*.example/?", "https://b.example/12"));
  CHECK_FALSE(matches("https://*.example/x", "https://evil/b.example/x"));
  CHECK(matches("**.(html)", "https://a.example/x.(html)"));
  CHECK_FALSE(matches("**.html", "https://a.example/xhtml"));
}

TEST_CASE("wrong patterns are told with their place") {
  for (const Json& bad :
       {Json(""), Json("glob:"), Json("regex:("), Json(7), Json::object(), Json{{"glob", 1}},
        Json{{"glob", "x"}, {"regex", "y"}}, Json{{"regex", "(?=x)"}}}) {
    INFO(bad.dump());
    try {
      UrlFilter(Json::array({"fine", bad}), nullptr);
      FAIL("was taken");
    } catch (const sdk::Failure& failure) {
      CHECK(failure.status == FRESHET_E_INVALID_ARGUMENT);
      CHECK(failure.subject.find("include[1]") == 0);
    }
  }
  CHECK_THROWS_AS(UrlFilter(nullptr, "x"), sdk::Failure);
}

TEST_CASE("an empty include takes everything, and an exclude wins") {
  CHECK(UrlFilter().takes("https://a.example/"));
  const UrlFilter filter(Json::array({"docs", "blog"}), Json::array({"draft"}));
  CHECK(filter.takes("https://a.example/docs/1"));
  CHECK(filter.takes("https://a.example/blog/1"));
  CHECK_FALSE(filter.takes("https://a.example/about"));
  CHECK_FALSE(filter.takes("https://a.example/docs/draft"));
}

TEST_CASE("a hostile pattern runs in linear time") {
  const Pattern evil({{"regex", "(a+)+$"}}, "");
  const auto begin = std::chrono::steady_clock::now();
  CHECK_FALSE(evil.matches(std::string(100'000, 'a') + "b"));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
}

TEST_CASE("rewriting goes rule by rule") {
  const Rewriter rewriter(
      Json::array({Json{{"regex", "/en/([a-z]+)\\.html$"}, {"replace", "/\\1.md"}},
                   Json{{"prefix", "https://a.example/"}, {"with", "https://raw.example/"}}}));
  CHECK(rewriter.apply("https://a.example/en/page.html") == "https://raw.example/page.md");
  CHECK(rewriter.apply("https://b.example/https://a.example/") ==
        "https://b.example/https://a.example/");
  for (const Json& bad :
       {Json("x"), Json{{"regex", "x"}}, Json{{"regex", "("}, {"replace", ""}},
        Json{{"regex", "x"}, {"replace", "\\1"}}, Json{{"prefix", "x"}, {"replace", "y"}}})
    CHECK_THROWS_AS(Rewriter(Json::array({bad})), sdk::Failure);
}

TEST_CASE("origins, sites and hosts") {
  CHECK(same_origin("https://a.example/1", "https://a.example/2?q"));
  CHECK_FALSE(same_origin("https://a.example/", "http://a.example/"));
  CHECK_FALSE(same_origin("https://a.example/", "https://a.example:8443/"));
  CHECK_FALSE(same_origin("mailto:x", "mailto:x"));
  CHECK(same_site("http://a.example/", "https://www.a.example/x"));
  CHECK_FALSE(same_site("https://a.example/", "https://a.example.evil/"));
  CHECK_FALSE(same_site("https://a.example/", "https://b.a.example/"));
  Hosts hosts({"docs.example", "*.wide.example"});
  hosts.add_host_of("https://own.example/sitemap.xml");
  CHECK(hosts.allow("http://own.example/x"));
  CHECK(hosts.allow("https://docs.example/"));
  CHECK(hosts.allow("https://a.b.wide.example/"));
  CHECK_FALSE(hosts.allow("https://wide.example/"));
  CHECK_FALSE(hosts.allow("https://evilwide.example/"));
  CHECK_FALSE(hosts.allow("https://own.example:8080/"));
  CHECK_FALSE(hosts.allow("https://evil/?own.example"));
}

TEST_CASE("login pages are known by the end of their path") {
  for (const char* url : {"https://a.example/login", "https://a.example/Sign-In/?next=/x",
                          "https://a.example/wp-login.php", "https://a.example/accounts/login/",
                          "https://a.example/sso", "https://a.example/users/sign_in",
                          "https://a.example/oauth2/authorize?x", "https://a.example/session/new"})
    CHECK(looks_like_login(url));
  for (const char* url :
       {"https://a.example/", "https://a.example/docs/login-guide", "https://login.example/x",
        "https://a.example/login/reset-help", "https://a.example/x?next=/login"})
    CHECK_FALSE(looks_like_login(url));
}

TEST_CASE("UTF-8 is checked as RFC 3629 says") {
  for (const char* good :
       {"", "abc", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\x9F\xBF"})
    CHECK(is_utf8(good));
  for (const char* bad : {"\x80", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80",
                          "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xFF", "a\xE2\x82"})
    CHECK_FALSE(is_utf8(bad));
}

TEST_CASE("content types are taken apart, or left out") {
  const auto is = [](const char* header, const char* type, const char* charset) {
    const ContentType found = parse_content_type(header);
    return found.media_type == type && found.charset == charset;
  };
  CHECK(is("text/html; charset=UTF-8", "text/html", "utf-8"));
  CHECK(is(" Text/HTML ;x=y; Charset=\"ISO-8859-1\"", "text/html", "iso-8859-1"));
  CHECK(is("application/pdf", "application/pdf", ""));
  CHECK(is("", "", ""));
  CHECK(is("garbage", "", ""));
  CHECK(is("text/html; charset=\xFF\xFE", "text/html", ""));
  CHECK(is("text/h\xE9ml", "", ""));
}

TEST_CASE("the Link header may name the canonical URL") {
  CHECK(canonical_link("<https://a.example/c>; rel=\"canonical\"") == "https://a.example/c");
  CHECK(canonical_link("</x>; rel=next, </c,d;e>; type=text/html; REL=Canonical") == "/c,d;e");
  for (const char* none :
       {"", "</x>; rel=next", "<", "</x", "</x>", "rel=canonical", "</x>; rel=canonicalx"})
    CHECK(canonical_link(none) == "");
}

TEST_CASE("the head tells the canonical URL, the base and a refresh") {
  const HtmlHead head = read_head(
      "<!doctype html><html><HEAD><title>a <link rel=canonical href=/wrong1></title>"
      "<!-- <link rel=canonical href=/wrong2> --><script>\"<link rel=canonical "
      "href=/wrong3>\"</script>"
      "<noscript><meta http-equiv=refresh content='0;url=/nojs'></noscript>"
      "<BASE HREF='https://a.example/base/'><link href=\"c?a=1&amp;b=2\" rel='alternate "
      "Canonical'/>"
      "<meta content=\"5; URL='next.html'\" http-equiv=Refresh></head>"
      "<body><link rel=canonical href=/wrong4></body>");
  CHECK(head.canonical == "c?a=1&b=2");
  CHECK(head.base == "https://a.example/base/");
  REQUIRE(head.refresh);
  CHECK(head.refresh->delay_s == 5);
  CHECK(head.refresh->url == "next.html");
}

TEST_CASE("canonical links count in the head only, once, and not past 64 KiB") {
  CHECK(read_head("<p>no head tag</p><link rel=canonical href=/c>").canonical == "/c");
  CHECK(read_head("<body><link rel=canonical href=/c>").canonical == "");
  CHECK(read_head("<head></head><link rel=canonical href=/c>").canonical == "");
  CHECK(read_head("<link rel=canonical href=/a><link rel=canonical href=/b>").canonical == "");
  CHECK(read_head("<link rel=canonical href=/a><link rel=canonical href=/a>").canonical == "/a");
  CHECK(read_head("<link rel=canonical href=/a").canonical == "");
  CHECK(read_head(std::string(65536, ' ') + "<link rel=canonical href=/c>").canonical == "");
  CHECK(read_head("<script><link rel=canonical href=/c>").canonical == "");
  CHECK(read_head("1 < 2 <link rel=canonical href=&#x2F;c&#47;d&bad;>").canonical == "/c/d&bad;");
}

TEST_CASE("refreshes are read as browsers read them") {
  const auto url = [](const char* content) {
    return parse_refresh(content).value_or(MetaRefresh{-1, "none"}).url;
  };
  CHECK(url("0;url=/x") == "/x");
  CHECK(url("0; URL = \"/x\" ") == "/x");
  CHECK(url("3.5,/x") == "/x");
  CHECK(url("5") == "");
  CHECK(url("") == "none");
  CHECK(url("url=/x") == "none");
  CHECK(parse_refresh("99999999999999999999;url=/x")->delay_s == 1'000'000);
}

TEST_CASE("a page with a password field and next to no text is a login page") {
  const std::string form = "<html><head><style>" + std::string(5000, 'x') +
                           "</style></head><body><h1>Sign in</h1>"
                           "<form><input name=u><INPUT Type=' Password '></form>";
  CHECK(is_login_page(form));
  CHECK_FALSE(is_login_page(form + "<p>" + std::string(700, 'w')));
  CHECK_FALSE(is_login_page("<h1>Sign in</h1><input type=text>"));
  CHECK_FALSE(is_login_page("<pre>&lt;input type=password&gt;</pre>"));
  CHECK_FALSE(is_login_page("<script>'<input type=password>'</script>"));
}

TEST_CASE("hostile HTML is scanned in linear time") {
  for (const char* piece :
       {"<", "<!--", "</", "<a ", "<a b=\"", "<a b='c' ", "<script>", "</script", "&#", "&#x", "<!",
        "< ", "<meta ", "=\"", "<input type=password "}) {
    for (const char* start : {"", "<script>", "<a href=", "<link rel=canonical href='"}) {
      std::string text = start;
      while (text.size() < (1 << 20)) text += piece;
      INFO(start << piece);
      const auto begin = std::chrono::steady_clock::now();
      read_head(text);
      is_login_page(text);
      CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
    }
  }
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (std::size_t i = 0; i < all.size(); ++i) read_head("<meta " + all.substr(i) + ">");
}

// As the host reads the date of a header.
static std::optional<std::int64_t> read_date(const char* text) {
  const auto at = freshet::net::parse_http_date(text);
  return at ? std::optional(at->ms) : std::nullopt;
}

TEST_CASE("a version keeps the validators of an answer") {
  sdk::Response response;
  const std::int64_t now = 1'795'190'400'000;
  CHECK(validators_of(response, now).version() == "");
  response.headers = {{"etag", "W/\"abc\""}, {"last-modified", "Fri, 20 Nov 2026 15:00:00 GMT"}};
  response.last_modified_ms = read_date("Fri, 20 Nov 2026 15:00:00 GMT");
  const std::string version = validators_of(response, now).version();
  CHECK(Json::parse(version) ==
        Json{{"v", 1}, {"etag", "W/\"abc\""}, {"last_modified", "Fri, 20 Nov 2026 15:00:00 GMT"}});
  sdk::Request request;
  add_conditions(parse_version(version), request);
  REQUIRE(request.headers.size() == 2);
  CHECK(request.headers[0].name == "If-None-Match");
  CHECK(request.headers[0].value == "W/\"abc\"");
  CHECK(request.headers[1].name == "If-Modified-Since");
}

TEST_CASE("an ETag of a second that is not over proves nothing of a listing") {
  sdk::Response response;
  response.last_modified_ms = 1'795'190'400'000;  // 0x6b006e80 seconds
  response.headers = {{"etag", "\"6b006e80-1c2\""},
                      {"last-modified", "Fri, 20 Nov 2026 16:00:00 GMT"}};
  const auto lasts = [&](std::int64_t sent_ms) {
    response.date_ms = sent_ms;
    return !lasting_validators_of(response, 0).empty();
  };
  CHECK_FALSE(lasts(*response.last_modified_ms));
  CHECK_FALSE(lasts(*response.last_modified_ms + 1000));
  CHECK(lasts(*response.last_modified_ms + 2000));
  response.headers[0].value = "\"of-the-bytes-1c2\"";
  CHECK(lasts(*response.last_modified_ms));
}

TEST_CASE("validators that prove nothing are left out") {
  const auto kept = [](const char* name, const char* value,
                       const char* date = "Fri, 20 Nov 2026 16:00:00 GMT") {
    sdk::Response response;
    response.headers = {{name, value}, {"date", date}};
    response.date_ms = read_date(date);
    if (response.header("last-modified") == value) response.last_modified_ms = read_date(value);
    return !validators_of(response, 0).empty();
  };
  CHECK(kept("last-modified", "Fri, 20 Nov 2026 15:59:00 GMT"));
  CHECK_FALSE(kept("last-modified", "Fri, 20 Nov 2026 16:00:00 GMT"));
  CHECK_FALSE(kept("last-modified", "Fri, 20 Nov 2026 15:59:59 GMT"));
  CHECK_FALSE(kept("last-modified", "Fri, 20 Nov 2099 16:00:00 GMT"));
  CHECK_FALSE(kept("last-modified", "yesterday"));
  CHECK_FALSE(kept("etag", "\"a\xFF\""));
  CHECK_FALSE(kept("etag", "\"a\r\nX: y\""));
  CHECK_FALSE(kept("etag", std::string(2000, 'x').c_str()));
}

TEST_CASE("a foreign version asks for nothing") {
  for (const char* text : {"", "x", "m:1:2", "[]", "{}", "{\"v\":2,\"etag\":\"x\"}",
                           "{\"v\":1,\"etag\":7}", "{\"v\":1,\"etag\":\"a\\r\\nb\"}"})
    CHECK(parse_version(text).empty());
}

}  // namespace
}  // namespace freshet::loader_web
