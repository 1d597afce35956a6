// Single pages, through the plugin's table.
#include "tests/plugins/loader_web/fake_host.hpp"
#include "tests/support/catch.hpp"

namespace freshet::test {
namespace {

using Json = nlohmann::json;

const std::string kPage = "https://a.example/docs/page";
const std::string kText = "<html><body><p>Some text.</p></body></html>";

Answer with(Answer answer, const std::string& name, const std::string& value) {
  answer.headers.emplace_back(name, value);
  return answer;
}

struct Page {
  FakeHost host;
  Json options = {{"url", kPage}};
  FetchResult fetch(const std::optional<std::string>& known = std::nullopt) {
    return Driver(host, "url", options).fetch(kPage, known);
  }
  FetchResult fetch_with(Answer answer) {
    host.web[kPage] = std::move(answer);
    return fetch();
  }
  FetchResult fetch_html(const std::string& html) { return fetch_with(page(html)); }
};

TEST_CASE("a page comes with what the server says of it") {
  Page site;
  const FetchResult got =
      site.fetch_with(with(page(kText, "Text/HTML; Charset=\"UTF-8\""), "etag", "\"1\""));
  CHECK(got.status == FRESHET_OK);
  CHECK(got.outcome == "content");
  CHECK(got.body == kText);
  CHECK(got.media_type == "text/html");
  CHECK(got.charset == "utf-8");
  CHECK(got.version == R"({"etag":"\"1\"","v":1})");
  CHECK_FALSE(got.canonical_uri);
  CHECK(got.attempts == 1);
  CHECK(site.host.asked[0].robots);
  CHECK(site.host.asked[0].max_bytes == 32 << 20);
}

TEST_CASE("a page without validators or type has none") {
  Page site;
  const FetchResult got = site.fetch_with({200, {}, "plain"});
  CHECK(got.outcome == "content");
  CHECK_FALSE(got.version);
  CHECK_FALSE(got.media_type);
  CHECK_FALSE(got.charset);
}

TEST_CASE("a known version is asked for conditionally, and 304 is not modified") {
  Page site;
  site.host.web[kPage] = status(304);
  const FetchResult got =
      site.fetch(R"({"v":1,"etag":"W/\"x\"","last_modified":"Fri, 20 Nov 2026 15:00:00 GMT"})");
  CHECK(got.status == FRESHET_OK);
  CHECK(got.outcome == "not modified");
  CHECK(site.host.asked[0].header("If-None-Match") == "W/\"x\"");
  CHECK(site.host.asked[0].header("If-Modified-Since") == "Fri, 20 Nov 2026 15:00:00 GMT");
}

TEST_CASE("without a known version nothing is conditional, and a 304 is nonsense") {
  for (const std::optional<std::string>& known :
       {std::optional<std::string>(), std::optional<std::string>("m:1:2")}) {
    Page site;
    site.host.web[kPage] = status(304);
    const FetchResult got = site.fetch(known);
    CHECK(got.status == FRESHET_E_REMOTE);
    CHECK(got.outcome == "");
    CHECK(site.host.asked[0].header("If-None-Match") == "");
  }
}

TEST_CASE("a 304 at the end of a redirect to a login page says nothing of the page") {
  Page site;
  site.host.web[kPage] = redirected("https://a.example/login", status(304));
  CHECK(site.fetch(R"({"v":1,"etag":"\"x\""})").status == FRESHET_E_DENIED);
}

TEST_CASE("each status means one thing") {
  const auto outcome = [](int code) {
    Page site;
    const FetchResult got = site.fetch_with(status(code));
    CHECK((got.status == FRESHET_OK) == (got.outcome != ""));
    return got.status == FRESHET_OK ? got.outcome : std::to_string(got.status);
  };
  CHECK(outcome(200) == "content");
  CHECK(outcome(203) == "content");
  CHECK(outcome(404) == "gone");
  CHECK(outcome(410) == "gone for good");
  for (const int code : {401, 403, 407, 451})
    CHECK(outcome(code) == std::to_string(FRESHET_E_DENIED));
  for (const int code : {201, 206, 300, 400, 405, 418, 500})
    CHECK(outcome(code) == std::to_string(FRESHET_E_REMOTE));
  CHECK(outcome(429) == std::to_string(FRESHET_E_RATE_LIMITED));
  CHECK(outcome(204) == std::to_string(FRESHET_E_PARSE));
}

TEST_CASE("an empty body is no content") {
  Page site;
  const FetchResult got = site.fetch_with(page(""));
  CHECK(got.status == FRESHET_E_PARSE);
  CHECK(got.failed.message == "empty body");
}

TEST_CASE("a transport failure is handed on as the host told it") {
  Page site;
  const FetchResult got = site.fetch_with(broken(FRESHET_E_NETWORK, "connection reset"));
  CHECK(got.status == FRESHET_E_NETWORK);
  CHECK(got.failed.message == "connection reset");
  CHECK(got.outcome == "");
}

TEST_CASE("a redirect to a login page is an error") {
  Page site;
  const FetchResult got =
      site.fetch_with(redirected("https://a.example/users/sign_in?next=%2F", page(kText)));
  CHECK(got.status == FRESHET_E_DENIED);
  CHECK(got.failed.message == "redirected to a login page");
  // Even for good, even to another host that is allowed.
  site.options["hosts"] = {"id.example"};
  CHECK(site.fetch_with(redirected("https://id.example/oauth2/authorize", page(kText), true))
            .status == FRESHET_E_DENIED);
}

TEST_CASE("a temporary redirect to another host is an error unless that host is named") {
  Page site;
  CHECK(site.fetch_with(redirected("https://portal.example/welcome", page(kText))).status ==
        FRESHET_E_DENIED);
  CHECK(site.fetch_with(redirected("https://www.a.example/docs/page", page(kText))).outcome ==
        "content");
  site.options["hosts"] = {"portal.example"};
  CHECK(site.fetch_with(redirected("https://portal.example/welcome", page(kText))).outcome ==
        "content");
}

TEST_CASE("a permanent redirect within the origin names the page anew, others do not") {
  Page site;
  CHECK(site.fetch_with(redirected("https://a.example/new", page(kText), true)).canonical_uri ==
        "https://a.example/new");
  CHECK_FALSE(site.fetch_with(redirected("https://a.example/new", page(kText))).canonical_uri);
  const FetchResult moved = site.fetch_with(redirected("https://b.example/new", page(kText), true));
  CHECK(moved.outcome == "content");
  CHECK_FALSE(moved.canonical_uri);
  CHECK_FALSE(site.fetch_with(redirected("https://a.example/", page(kText), true)).canonical_uri);
}

TEST_CASE("gone at the end of a redirect to another origin is not gone for good") {
  Page site;
  CHECK(site.fetch_with(redirected("https://b.example/x", status(410), true)).outcome == "gone");
  CHECK(site.fetch_with(redirected("https://a.example/x", status(410), true)).outcome ==
        "gone for good");
}

TEST_CASE("a page names its canonical URL within its origin") {
  Page site;
  const auto canonical = [&](const std::string& head) {
    return site.fetch_html("<head>" + head + "</head>" + kText).canonical_uri.value_or("none");
  };
  CHECK(canonical("<link rel=canonical href='/docs/page/?utm_source=a&amp;ref=b#frag'>") ==
        "https://a.example/docs/page/?utm_source=a&ref=b");
  CHECK(canonical("<base href='/docs/'><link rel=canonical href=page.html>") ==
        "https://a.example/docs/page.html");
  for (
      const char* head :
      {"<link rel=canonical href='https://b.example/x'>",
       "<link rel=canonical href='http://a.example/x'>", "<link rel=canonical href='javascript:x'>",
       "<link rel=canonical href=''>", "<link rel=canonical href='https://a.example/docs/page'>",
       "<link rel=canonical href='/\xFF'>", "<link rel=canonical href='/x&#0;y'>",
       "<link rel=canonical href='https://a.example'>", "<link rel=canonical href='/'>",
       "<link rel=canonical href='https://u:p@a.example/x'>",
       // Another page, whose text is another: a landing page, the current version, one without its key.
       "<link rel=canonical href='/docs'>", "<link rel=canonical href='/docs/current/page'>",
       "<link rel=canonical href='/docs/page?id=7'>"})
    CHECK(canonical(head) == "none");
  CHECK(canonical("<link rel=canonical href='/" + std::string(3000, 'x') + "'>") == "none");
  const FetchResult header =
      site.fetch_with(with(page("text", "text/plain"), "link", "</docs/page/>; rel=canonical"));
  CHECK(header.canonical_uri == "https://a.example/docs/page/");
  const FetchResult plain = site.fetch_with(page("<link rel=canonical href=/x>", "text/plain"));
  CHECK_FALSE(plain.canonical_uri);
}

TEST_CASE("what was reached for now only does not name the page") {
  Page site;
  CHECK_FALSE(site.fetch_with(redirected("https://a.example/maintenance",
                                         page("<link rel=canonical href=/maintenance>" + kText)))
                  .canonical_uri);
  CHECK(site.fetch_with(redirected("https://a.example/b",
                                   page("<link rel=canonical href=/b.html>" + kText), true))
            .canonical_uri == "https://a.example/b.html");
}

TEST_CASE("a login form with 200 is an error, a page that has one beside its text is not") {
  Page site;
  const std::string form =
      "<html><title>Sign in</title><form>User <input name=u> Password <input "
      "type=password></form></html>";
  const FetchResult got = site.fetch_html(form);
  CHECK(got.status == FRESHET_E_DENIED);
  CHECK(got.failed.message == "a login page");
  CHECK(site.fetch_html(form + std::string(1000, 'w')).outcome == "content");
  CHECK(site.fetch_with(page(form, "text/plain")).outcome == "content");
}

std::string refresh_to(const std::string& url, int delay = 0) {
  return "<head><meta http-equiv=refresh content='" + std::to_string(delay) + ";url=" + url +
         "'></head>";
}

TEST_CASE("a meta refresh is followed like a temporary redirect") {
  Page site;
  site.host.web[kPage] = page(refresh_to("next"));
  site.host.web["https://a.example/docs/next"] =
      with(page("<link rel=canonical href=/c>" + kText), "etag", "\"n\"");
  const FetchResult got = site.fetch();
  CHECK(got.outcome == "content");
  CHECK(got.body.find("Some text") != std::string::npos);
  CHECK(got.attempts == 2);
  CHECK_FALSE(got.canonical_uri);
  CHECK(Json::parse(*got.version)["url"] == "https://a.example/docs/next");
}

TEST_CASE("validators go only to the URL that gave them") {
  Page site;
  const std::string next = "https://a.example/docs/next";
  site.host.web[kPage] = page(refresh_to(next));
  site.host.web[next] = status(304);
  const FetchResult got =
      site.fetch(R"({"v":1,"etag":"\"n\"","url":"https://a.example/docs/next"})");
  CHECK(got.outcome == "not modified");
  REQUIRE(site.host.asked.size() == 2);
  CHECK(site.host.asked[0].header("If-None-Match") == "");
  CHECK(site.host.asked[1].header("If-None-Match") == "\"n\"");
}

TEST_CASE("meta refreshes end after three") {
  Page site;
  site.host.web[kPage] = page(refresh_to("/1"));
  for (int i = 1; i < 4; ++i)
    site.host.web["https://a.example/" + std::to_string(i)] =
        page(refresh_to("/" + std::to_string(i + 1)));
  site.host.web["https://a.example/4"] = page(kText);
  const FetchResult got = site.fetch();
  CHECK(got.status == FRESHET_E_LIMIT);
  CHECK(site.host.asked.size() == 4);
  site.host.web["https://a.example/3"] = page(kText);
  CHECK(site.fetch().outcome == "content");
}

TEST_CASE("meta refreshes stay within the rules of redirects") {
  Page site;
  CHECK(site.fetch_html(refresh_to("https://evil.example/x")).status == FRESHET_E_DENIED);
  CHECK(site.fetch_html(refresh_to("/login")).status == FRESHET_E_DENIED);
  CHECK(site.fetch_html(refresh_to("http://a.example/plain")).status == FRESHET_E_BLOCKED);
  CHECK(site.host.asked.size() == 3);
  for (const char* ignored :
       {"javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "", "#top", "\xFF"})
    CHECK(site.fetch_html(refresh_to(ignored) + kText).outcome == "content");
  CHECK(site.fetch_html(refresh_to("/x", 11) + kText).outcome == "content");
  CHECK(site.host.asked.size() == 10);
  CHECK(site.fetch_html(refresh_to("/none")).outcome == "gone");
  site.host.web["https://a.example/none"] = status(410);
  CHECK(site.fetch().outcome == "gone");
  site.options["follow_meta_refresh"] = false;
  CHECK(site.fetch().outcome == "content");
}

TEST_CASE("two pages that refresh to each other end") {
  Page site;
  site.host.web[kPage] = page(refresh_to("/b"));
  site.host.web["https://a.example/b"] = page(refresh_to(kPage));
  CHECK(site.fetch().status == FRESHET_E_LIMIT);
}

TEST_CASE("Markdown is asked for first, where that is wanted and nothing else was said") {
  Page site;
  site.host.web[kPage] = page(kText);
  site.fetch();
  CHECK(site.host.asked.back().header("Accept") == "");
  site.options["accept_markdown"] = true;
  site.fetch();
  CHECK(site.host.asked.back().header("Accept").find(
            "text/markdown, text/plain;q=0.9, text/html;q=0.8") == 0);
  site.options["headers"] = {{"accept", "text/plain"}};
  site.fetch();
  CHECK(site.host.asked.back().header("Accept") == "");
  CHECK(site.host.asked.back().header("accept") == "text/plain");
}

TEST_CASE("own headers do not follow a meta refresh to another origin") {
  Page site;
  site.options["hosts"] = {"b.example"};
  site.options["headers"] = {{"X-Key", "k"}};
  site.host.web[kPage] = page(refresh_to("https://b.example/x"));
  site.host.web["https://b.example/x"] = page(kText);
  CHECK(site.fetch().outcome == "content");
  CHECK(site.host.asked[0].header("X-Key") == "k");
  CHECK(site.host.asked[1].header("X-Key") == "");
}

TEST_CASE("only web addresses are fetched") {
  Page site;
  for (const char* uri :
       {"file:///etc/passwd", "ftp://a.example/", "x", "", "https://u:p@a.example/"})
    CHECK(Driver(site.host, "url", site.options).fetch(uri).status == FRESHET_E_INVALID_ARGUMENT);
  CHECK(site.host.asked.empty());
}

TEST_CASE("hostile pages pass through unharmed") {
  Page site;
  for (const char* piece : {"<", "<!--", "<a href='", "<meta http-equiv=refresh ", "\x00\xff"}) {
    std::string body;
    while (body.size() < (1 << 20)) body += std::string(piece) + "x";
    CHECK(site.fetch_html(body).body == body);
  }
}

TEST_CASE("a page that stands before the page is an error, a page that tells of one is not") {
  Page site;
  const auto failure = [&](const std::string& html) { return site.fetch_with(page(html)); };
  for (const char* html : {"<title>Making sure you're not a bot!</title><script "
                           "id=anubis_challenge></script><p>Loading",
                           "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>",
                           "<title>x</title><script src=a.js></script><p>Checking your browser "
                           "before accessing the site.",
                           "<title>Sign in</title><form><input type=\"email\"></form>"})
    CHECK(failure(html).status == FRESHET_E_DENIED);
  const auto down = failure("<title>Maintenance</title><h1>We'll be back soon</h1>");
  CHECK(down.status == FRESHET_E_REMOTE);
  CHECK(down.failed.message == "a notice of maintenance in place of the page");
  std::string tale =
      "<title>Bots</title><p>How we keep out bots: _cf_chl_opt, proof of work, 503. ";
  for (int i = 0; i < 100; ++i) tale += "The keeper writes the level of the tide into the book. ";
  CHECK(site.fetch_with(page(tale)).outcome == "content");
  CHECK(site.fetch_with(page("<title>Maintenance</title><p>Oil the winch once a month.")).outcome ==
        "content");
}

}  // namespace
}  // namespace freshet::test
