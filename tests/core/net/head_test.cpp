#include "core/net/head.hpp"

#include "tests/support/catch.hpp"

namespace freshet::net {
namespace {

base::Status feed(Head& head, std::initializer_list<std::string_view> lines) {
  for (const auto line : lines) FRESHET_TRY(head.take(std::string(line) + "\r\n"));
  return {};
}

bool refused(std::initializer_list<std::string_view> lines) {
  Head head;
  return !feed(head, {"HTTP/1.1 200 OK"}) || !feed(head, lines) || !feed(head, {""});
}

}  // namespace

TEST_CASE("a head is complete at the blank line of the final answer") {
  Head head;
  REQUIRE(feed(head, {"HTTP/1.1 103 Early", "Link: x", ""}));
  CHECK_FALSE(head.complete());
  REQUIRE(feed(head, {"HTTP/1.1 200 OK", "ETag:  \"a\" ", "Content-Length: 12"}));
  CHECK_FALSE(head.complete());
  REQUIRE(feed(head, {""}));
  CHECK(head.complete());
  CHECK(head.status() == 200);
  CHECK(head.length() == 12u);
  CHECK(head.header("etag") == "\"a\"");
  CHECK(head.header("link") == "");  // the early one's
}

TEST_CASE("trailers are counted and not believed") {
  Head head({1024, 10});
  REQUIRE(feed(head, {"HTTP/2 200", ""}));
  REQUIRE(feed(head, {"Content-Length: 5"}));
  CHECK_FALSE(head.length());
  base::Status status;
  for (int i = 0; i < 10 && status; ++i) status = feed(head, {"T: x"});
  REQUIRE_FALSE(status);
  CHECK(status.error().code == base::Code::limit);
}

TEST_CASE("heads have limits in bytes and lines") {
  Head bytes({100, 1000});
  REQUIRE(feed(bytes, {"HTTP/1.1 200 OK"}));
  CHECK_FALSE(feed(bytes, {"A: " + std::string(100, 'x')}));
  Head lines({100'000, 3});
  REQUIRE(feed(lines, {"HTTP/1.1 200 OK", "A: 1", "B: 2", "C: 3", ""}));
  Head more({100'000, 3});
  CHECK_FALSE(feed(more, {"HTTP/1.1 200 OK", "A: 1", "B: 2", "C: 3", "D: 4", ""}));
  Head early({100'000, 20});  // endless 1xx answers
  base::Status status;
  for (int i = 0; i < 20 && status; ++i) status = feed(early, {"HTTP/1.1 100 Go", ""});
  CHECK_FALSE(status);
}

TEST_CASE("contradicting or broken framing is refused") {
  CHECK_FALSE(refused({"Content-Length: 5", "Content-Length: 5"}));
  CHECK(refused({"Content-Length: 5", "Content-Length: 6"}));
  CHECK(refused({"Content-Length: -5"}));
  CHECK(refused({"Content-Length: 5, 5"}));
  CHECK(refused({"Content-Length: 0x5"}));
  CHECK(refused({"Content-Length: 99999999999999999999999"}));
  CHECK(refused({"Content-Length: 9223372036854775808"}));
  CHECK(refused({"Content-Length: "}));
  CHECK(refused({"Content-Length: 5", "Transfer-Encoding: chunked"}));
  CHECK(refused({"Transfer-Encoding: gzip, chunked"}));
  CHECK(refused({"Transfer-Encoding: chunked", "Transfer-Encoding: chunked"}));
  CHECK_FALSE(refused({"Transfer-Encoding: Chunked"}));
  CHECK(refused({"Location: /a", "Location: /b"}));
}

TEST_CASE("more than one content coding is refused") {
  CHECK_FALSE(refused({"Content-Encoding: gzip"}));
  CHECK_FALSE(refused({"Content-Encoding: identity", "Content-Encoding: gzip"}));
  CHECK(refused({"Content-Encoding: gzip, gzip"}));
  CHECK(refused({"Content-Encoding: gzip", "Content-Encoding: br"}));
}

TEST_CASE("header lines that are no headers are refused") {
  CHECK(refused({"A: x", " folded"}));
  CHECK(refused({"A: x", "\tfolded"}));
  CHECK(refused({"no colon"}));
  CHECK(refused({": empty"}));
  CHECK(refused({"Bad Name: x"}));
  CHECK(refused({std::string_view("A: x\0y", 6)}));
  Head head;
  CHECK_FALSE(feed(head, {"HTTP/1.1 abc"}));
  Head big;
  CHECK_FALSE(feed(big, {"HTTP/1.1 999 Odd"}));
}

}  // namespace freshet::net
