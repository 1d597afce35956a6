#include "core/net/options.hpp"

#include "tests/support/catch.hpp"

namespace freshet::net {
namespace {

base::Result<ClientOptions> read(std::string_view text) {
  return parse_options(base::parse_json(text, "test").value(), "http");
}

std::string subject(std::string_view text) {
  const auto options = read(text);
  return options ? "accepted" : options.error().subject;
}

}  // namespace

TEST_CASE("an empty object is the defaults") {
  const auto options = read("{}");
  REQUIRE(options);
  CHECK(options->max_bytes == 32u << 20);
  CHECK(options->attempts == 3);
  CHECK(options->user_agent.starts_with("freshet/"));
  CHECK(options->user_agent.find("https://") != std::string::npos);
}

TEST_CASE("options are read") {
  const auto options =
      read(R"({"max_bytes":"1MiB","timeout":"5s","connect_timeout":"1s","per_host":2,"total":9,
    "attempts":1,"backoff":"10ms","user_agent":"x","allow_private":["10.0.0.0/8"],"proxy":"http://p:3128",
    "max_redirects":0,"max_header_bytes":"8KiB"})");
  REQUIRE(options);
  CHECK(options->max_bytes == 1u << 20);
  CHECK(options->timeout == base::Millis(5000));
  CHECK(options->connect_timeout == base::Millis(1000));
  CHECK(options->per_host == 2);
  CHECK(options->total == 9);
  CHECK(options->attempts == 1);
  CHECK(options->backoff == base::Millis(10));
  CHECK(options->allow_private.size() == 1);
  CHECK(options->max_redirects == 0);
  CHECK(options->max_header_bytes == 8192);
}

TEST_CASE("a host has manners of its own, and the rest of all others'") {
  const auto options = read(R"({"rate":"10/s","attempts":2,"deadline":"20s",
    "hosts":{"slow.example":{"rate":"1/m","delays":["1s","5s"]},"api.example:8443":{"breaker":{"failures":4}}}})");
  REQUIRE(options);
  CHECK(options->of("any.example").rate == Rate{10, base::Millis(1000)});
  const Manners& slow = options->of("slow.example");
  CHECK(slow.rate == Rate{1, base::Millis(60'000)});
  CHECK(slow.delays == std::vector{base::Millis(1000), base::Millis(5000)});
  CHECK(slow.attempts == 2);
  CHECK(slow.deadline == base::Millis(20'000));
  CHECK(options->of("api.example:8443").breaker.failures == 4);
  CHECK(options->of("api.example").breaker.failures == 0);
}

TEST_CASE("options that are wrong are named") {
  CHECK(subject(R"({"rate":"10"})") == "http.rate");
  CHECK(subject(R"({"rate":10})") == "http.rate");
  CHECK(subject(R"({"delays":[]})") == "http.delays");
  CHECK(subject(R"({"delays":["1s",2]})") == "http.delays[1]");
  CHECK(subject(R"({"breaker":{"wait":"1s"}})") == "http.breaker.failures");
  CHECK(subject(R"({"hosts":{"https://a.example":{}}})") == "http.hosts.https://a.example");
  CHECK(subject(R"({"hosts":{"A.example":{}}})") == "http.hosts.A.example");
  CHECK(subject(R"({"hosts":{"a.example":{"rates":"1/s"}}})") == "http.hosts.a.example.rates");
  CHECK(subject(R"({"hosts":{"a.example":{"attempts":0}}})") == "http.hosts.a.example.attempts");
  CHECK(subject(R"({"max_bites":1})") == "http.max_bites");
  CHECK(subject(R"({"max_bytes":0})") == "http.max_bytes");
  CHECK(subject(R"({"max_bytes":"lots"})") == "http.max_bytes");
  CHECK(subject(R"({"timeout":"0s"})") == "http.timeout");
  CHECK(subject(R"({"timeout":5})") == "http.timeout");
  CHECK(subject(R"({"timeout":"2d"})") == "http.timeout");
  CHECK(subject(R"({"attempts":0})") == "http.attempts");
  CHECK(subject(R"({"per_host":0})") == "http.per_host");
  CHECK(subject(R"({"allow_private":["10.0.0.0/8","here"]})") == "http.allow_private[1]");
  CHECK(subject(R"({"ca_file":"/does/not/exist"})") == "http.ca_file");
  CHECK(subject(R"({"proxy":"ftp://p"})") == "http.proxy");
  CHECK(subject(R"({"user_agent":"a\r\nb"})") == "http.user_agent");
}

}  // namespace freshet::net
