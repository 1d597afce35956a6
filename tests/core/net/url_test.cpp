#include "core/net/url.hpp"

#include <clocale>

#include "tests/support/catch.hpp"

namespace freshet::net {
namespace {

std::string normal(std::string_view text) {
  const auto url = parse_url(text);
  return url ? url->text : "refused: " + url.error().message;
}

std::string resolved(std::string_view base, std::string_view reference) {
  const auto url = resolve_url(base, reference);
  return url ? url->text : "refused: " + url.error().message;
}

}  // namespace

TEST_CASE("URLs that mean the same are written the same") {
  CHECK(normal("HTTP://Example.COM") == "http://example.com/");
  CHECK(normal("http://example.com:80/") == "http://example.com/");
  CHECK(normal("https://example.com:443/a") == "https://example.com/a");
  CHECK(normal("https://example.com:80/a") == "https://example.com:80/a");
  CHECK(normal("http://example.com/a/./b/../c") == "http://example.com/a/c");
  CHECK(normal("http://example.com/../../a") == "http://example.com/a");
  CHECK(normal("http://example.com/a/%2E%2e/b") == "http://example.com/b");
  CHECK(normal("http://example.com/%7euser/%c3%bc/%2f") == "http://example.com/~user/%C3%BC/%2F");
  CHECK(normal("http://example.com/\xc3\xbc") == "http://example.com/%C3%BC");
  CHECK(normal("http://example.com/a b?c d") == "http://example.com/a%20b?c%20d");
  CHECK(normal("http://example.com/a#fragment") == "http://example.com/a");
  CHECK(normal("http://example.com?q=1#x") == "http://example.com/?q=1");
  CHECK(normal("  http://example.com/a \n") == "http://example.com/a");
  CHECK(normal("http://example.com/100%") == "http://example.com/100%");
  CHECK(normal("http://[2001:DB8::1]:8080/") == "http://[2001:db8::1]:8080/");
}

TEST_CASE("a host is what the connection will use, however it is written") {
  CHECK(normal("http://0x7f.1/") == "http://127.0.0.1/");
  CHECK(normal("http://2130706433/") == "http://127.0.0.1/");
  CHECK(normal("http://0177.0.0.1/") == "http://127.0.0.1/");
  CHECK(normal("http://ex%61mple.com/") == "http://example.com/");
}

TEST_CASE("normalising twice changes nothing") {
  const auto text = GENERATE("HTTP://EXAMPLE.com:80/%7ea/../b?x=%2f%41#f", "http://0x7f.1/a b",
                             "https://h/%25%32%35", "http://[::ffff:7f00:1]/", "http://h/a//b/./",
                             "http://h/?a=b?c=d", "http:///x");
  const std::string once = normal(text);
  CHECK(normal(once) == once);
}

TEST_CASE("references are resolved as RFC 3986 says") {
  const std::string base = "http://a/b/c/d?q";
  CHECK(resolved(base, "g") == "http://a/b/c/g");
  CHECK(resolved(base, "./g/") == "http://a/b/c/g/");
  CHECK(resolved(base, "/g") == "http://a/g");
  CHECK(resolved(base, "//g") == "http://g/");
  CHECK(resolved(base, "?y") == "http://a/b/c/d?y");
  CHECK(resolved(base, "g?y") == "http://a/b/c/g?y");
  CHECK(resolved(base, "#s") == "http://a/b/c/d?q");
  CHECK(resolved(base, "") == "http://a/b/c/d?q");
  CHECK(resolved(base, ".") == "http://a/b/c/");
  CHECK(resolved(base, "..") == "http://a/b/");
  CHECK(resolved(base, "../g") == "http://a/b/g");
  CHECK(resolved(base, "../../../g") == "http://a/g");
  CHECK(resolved(base, "g?y/./x") == "http://a/b/c/g?y/./x");
  CHECK(resolved("http://a/b?x=/y/z", "g") == "http://a/g");
  CHECK(resolved(base, "https://other/x") == "https://other/x");
}

TEST_CASE("what may not be fetched is refused with the reason") {
  CHECK(normal("") == "refused: is empty");
  CHECK(normal("ftp://example.com/").find("neither http nor https") != std::string::npos);
  CHECK(normal("file:///etc/passwd").find("neither http nor https") != std::string::npos);
  CHECK(normal("gopher://example.com/").find("neither http nor https") != std::string::npos);
  CHECK(normal("javascript:alert(1)").starts_with("refused"));
  CHECK(normal("mailto:a@b.c").starts_with("refused"));
  CHECK(normal("example.com/a").starts_with("refused"));
  CHECK(normal("http://user:pass@example.com/").find("user name or password") != std::string::npos);
  CHECK(normal("http://user@example.com/").find("user name or password") != std::string::npos);
  CHECK(normal("http://example.com:99999/").find("port") != std::string::npos);
  CHECK(normal("http://example.com:0/").find("port") != std::string::npos);
  CHECK(normal("http://").starts_with("refused"));
  CHECK(normal("http://a b/").starts_with("refused"));
  CHECK(normal("http://a\\@b/").starts_with("refused"));
  CHECK(normal("http://example.com/a\r\nHost: evil").find("control character") !=
        std::string::npos);
  CHECK(normal(std::string("http://example.com/a\0b", 22)).find("control character") !=
        std::string::npos);
  CHECK(normal("http://example.com/" + std::string(9000, 'a')).find("8 KiB") != std::string::npos);
  CHECK(normal("http://b\xc3\xbc"
               "cher.example/")
            .find("xn--") != std::string::npos);
}

TEST_CASE("the error of a refused URL does not show its password") {
  const auto url = parse_url("http://user:hunter2@example.com/?token=hunter2");
  REQUIRE_FALSE(url);
  CHECK(base::to_string(url.error()).find("hunter2") == std::string::npos);
}

TEST_CASE("an origin is scheme, host and a port that is not the usual one") {
  CHECK(origin_of("HTTPS://Example.com:443/a?b") == "https://example.com");
  CHECK(origin_of("http://example.com:8080") == "http://example.com:8080");
  CHECK(origin_of("nonsense") == "");
  CHECK(parse_url("https://example.com/")->authority() == "example.com:443");
}

}  // namespace freshet::net
