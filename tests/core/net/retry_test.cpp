#include "core/net/retry.hpp"

#include "core/net/curl_error.hpp"
#include "core/net/manners.hpp"
#include "core/net/retry_after.hpp"
#include "tests/support/catch.hpp"

namespace freshet::net {
namespace {

using base::Code;
using base::Instant;
using base::Millis;

constexpr Instant now{1'795'190'400'000};  // 2026-11-20T16:00:00Z
constexpr Millis day = std::chrono::hours(24);

std::int64_t wait_of(std::string_view value) {
  const auto wait = parse_retry_after(value, now, day);
  return wait ? wait->count() : -1;
}

}  // namespace

TEST_CASE("passing troubles are tried again, others are not") {
  for (const int status : {408, 429, 500, 502, 503, 504})
    CHECK(may_retry({status, Code::remote, true}, true));
  for (const int status : {400, 401, 403, 404, 410, 451, 501, 505})
    CHECK_FALSE(may_retry({status, Code::remote, true}, true));
  CHECK(may_retry({0, Code::network, true}, true));
  CHECK(may_retry({0, Code::timeout, true}, true));
  for (const Code code :
       {Code::denied, Code::blocked, Code::parse, Code::limit, Code::remote, Code::cancelled})
    CHECK_FALSE(may_retry({0, code, true}, true));
}

TEST_CASE(
    "a request that may not be repeated is tried again only where nothing can have come of it") {
  CHECK(may_retry({0, Code::network, false}, false));
  CHECK(may_retry({429, Code::rate_limited, true}, false));
  CHECK_FALSE(may_retry({0, Code::network, true}, false));
  CHECK_FALSE(may_retry({0, Code::timeout, true}, false));
  for (const int status : {408, 500, 502, 503, 504})
    CHECK_FALSE(may_retry({status, Code::remote, true}, false));
}

TEST_CASE("waits double, are drawn over their whole length, and end at the cap") {
  CHECK(backoff_wait(1, Millis(1000), Millis(60'000), 0.0) == Millis(0));
  CHECK(backoff_wait(1, Millis(1000), Millis(60'000), 0.5) == Millis(500));
  CHECK(backoff_wait(2, Millis(1000), Millis(60'000), 0.5) == Millis(1000));
  CHECK(backoff_wait(4, Millis(1000), Millis(60'000), 0.999) == Millis(7992));
  CHECK(backoff_wait(1000, Millis(1000), Millis(60'000), 0.5) == Millis(30'000));
}

TEST_CASE("BA1 three attempts that fail are 1 s and 2 s apart, RE1 also where waits double") {
  Manners listed;
  listed.delays = {Millis(1000), Millis(2000)};
  CHECK(wait_after(listed, 1, 0.3) == Millis(1000));
  CHECK(wait_after(listed, 2, 0.3) == Millis(2000));
  CHECK(wait_after(listed, 3, 0.3) == Millis(2000));  // the last one repeats
  Manners doubled;                                    // full jitter: at most these
  CHECK(wait_after(doubled, 1, 1.0) == Millis(1000));
  CHECK(wait_after(doubled, 2, 1.0) == Millis(2000));
}

TEST_CASE("a request's own options stand over its host's, and waits of its own over a list") {
  Manners host;
  host.attempts = 7;
  host.delays = {Millis(5)};
  ports::RetryOptions own;
  CHECK(with(host, own).attempts == 7);
  CHECK(with(host, own).delays.size() == 1);
  own.attempts = 2;
  own.backoff = Millis(3);
  CHECK(with(host, own).attempts == 2);
  CHECK(with(host, own).delays.empty());
  own.delays = {Millis(1), Millis(2)};
  own.deadline = Millis(9);
  CHECK(with(host, own).delays.size() == 2);
  CHECK(with(host, own).deadline == Millis(9));
}

TEST_CASE("the last answer decides the code of the error") {
  CHECK(status_error(429, "").code == Code::rate_limited);
  CHECK(status_error(408, "").code == Code::timeout);
  CHECK(status_error(503, "u").code == Code::remote);
  CHECK(status_error(503, "u").message == "the server answered 503");
}

TEST_CASE("Retry-After is seconds or a date") {
  CHECK(wait_of("120") == 120'000);
  CHECK(wait_of(" 7 ") == 7'000);
  CHECK(wait_of("0") == 0);
  CHECK(wait_of("Fri, 20 Nov 2026 16:01:00 GMT") == 60'000);
  CHECK(wait_of("Friday, 20-Nov-26 16:01:00 GMT") == 60'000);
  CHECK(wait_of("Fri Nov 20 16:01:00 2026") == 60'000);
}

TEST_CASE("a Retry-After in the past is no wait, a huge one is capped") {
  CHECK(wait_of("Sun, 06 Nov 1994 08:49:37 GMT") == 0);
  CHECK(wait_of("Sunday, 06-Nov-94 08:49:37 GMT") == 0);
  CHECK(wait_of("Sun Nov  6 08:49:37 1994") == 0);
  CHECK(wait_of("1000000000000") == day.count());
  CHECK(wait_of(std::string(500, '9')) == day.count());
  CHECK(wait_of("Fri, 20 Nov 9999 16:01:00 GMT") == day.count());
}

TEST_CASE("Retry-After-Ms is milliseconds, rounded up") {
  const auto wait = [](std::string_view value) {
    const auto read = parse_retry_after_ms(value, day);
    return read ? read->count() : -1;
  };
  CHECK(wait("250") == 250);
  CHECK(wait(" 0 ") == 0);
  CHECK(wait("12.5") == 13);
  CHECK(wait("12.000") == 12);
  CHECK(wait(std::string(500, '9')) == day.count());
  for (const auto odd : {"", "-5", "1e3", ".5", "5.", "5.x", "soon", "1,5"}) CHECK(wait(odd) == -1);
}

TEST_CASE("a Retry-After that is neither is ignored") {
  for (const auto text :
       {"", "-1", "1.5", "soon", "1e3", "Fri, 32 Nov 2026 16:01:00 GMT",
        "Fri, 20 Nov 2026 25:01:00 GMT", "Fri, 20 Nov 2026", "2026-11-20T16:01:00Z",
        "Fri, 20 Foo 2026 16:01:00 GMT", "a b c d e", "1 2 3 4 5 GMT"})
    CHECK(wait_of(text) == -1);
}

TEST_CASE("what libcurl reports becomes a code of ours") {
  CHECK(curl_error(CURLE_COULDNT_CONNECT, "", "h").code == Code::network);
  CHECK(curl_error(CURLE_COULDNT_RESOLVE_HOST, "", "h").code == Code::network);
  CHECK(curl_error(CURLE_PARTIAL_FILE, "", "h").code == Code::network);
  CHECK(curl_error(CURLE_OPERATION_TIMEDOUT, "", "h").code == Code::timeout);
  CHECK(curl_error(CURLE_PEER_FAILED_VERIFICATION, "expired", "h").code == Code::denied);
  CHECK(curl_error(CURLE_SSL_CONNECT_ERROR, "unsupported protocol", "h").code == Code::denied);
  CHECK(curl_error(CURLE_SSL_CONNECT_ERROR, "OpenSSL SSL_connect: Connection reset by peer", "h")
            .code == Code::network);
  CHECK(curl_error(CURLE_WEIRD_SERVER_REPLY, "", "h").code == Code::parse);
  CHECK(curl_error(CURLE_PEER_FAILED_VERIFICATION, "it is\x1b old.\n", "h").message.find('\x1b') ==
        std::string::npos);
}

}  // namespace freshet::net
