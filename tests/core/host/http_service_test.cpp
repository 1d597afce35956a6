// What a server asked for comes with the failure of the call, whichever way the plugin sent.
#include "core/host/http_service.hpp"

#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace freshet::host {
namespace {

struct Asking {
  void refuse(const std::string& url, std::int64_t retry_after_ms) {
    base::Error error = base::make_error(base::Code::rate_limited, "429", url);
    error.retry_after_ms = retry_after_ms;
    http.errors[url] = error;
  }
  // A call that sends to these, and then ends with `status`.
  base::Status call(const std::vector<const char*>& urls, freshet_status status,
                    std::uint32_t flags = 0) {
    return call_plugin(caller, "a test", {}, [&](freshet_call* raw) {
      std::vector<freshet_http_request> requests(urls.size());
      std::vector<const freshet_http_request*> all;
      for (std::size_t i = 0; i < urls.size(); ++i) {
        requests[i].struct_size = sizeof requests[i];
        requests[i].url = urls[i];
        requests[i].flags = flags;
        all.push_back(&requests[i]);
      }
      const auto ignore = [](void*, std::size_t, freshet_status, const freshet_http_response*,
                             const char*) -> freshet_status { return FRESHET_OK; };
      CHECK(http_send_many(*state_of(raw), all.data(), all.size(), ignore, nullptr) == FRESHET_OK);
      return status;
    });
  }

  freshet::testing::FakeHttp http;
  freshet::testing::FakeClock clock;
  const std::shared_ptr<const Caller> caller = std::make_shared<const Caller>(Caller{
      {std::shared_ptr<ports::Http>(std::shared_ptr<void>(), &http), clock, {}}, "asks", {}});
};

}  // namespace

TEST_CASE("the longest rest that one of many requests was asked for comes with the failure") {
  Asking asking;
  asking.refuse("http://a/", 700);
  asking.refuse("http://b/", 1500);
  asking.refuse("http://c/", -1);
  const auto urls = {"http://a/", "http://b/", "http://c/"};
  CHECK(asking.call(urls, FRESHET_E_RATE_LIMITED).error().retry_after_ms == 1500);
  CHECK(asking.call(urls, FRESHET_E_REMOTE).error().retry_after_ms == 1500);
}

TEST_CASE(
    "a failure that no waiting mends has no hint, nor has one where nobody asked for a rest") {
  Asking asking;
  asking.refuse("http://a/", 700);
  asking.refuse("http://b/", -1);
  CHECK(asking.call({"http://a/"}, FRESHET_E_INVALID_ARGUMENT).error().retry_after_ms == -1);
  CHECK(asking.call({"http://b/"}, FRESHET_E_RATE_LIMITED).error().retry_after_ms == -1);
}

TEST_CASE("a plugin's own server is one on 127.0.0.1 that says its port, and no other") {
  Asking asking;
  const auto urls = {"http://127.0.0.1:8001/api", "http://127.0.0.1/",
                     "http://127.0.0.1:8001",     "http://127.0.0.1:80@evil.test/",
                     "http://127.0.0.2:8001/",    "http://localhost:8001/",
                     "https://127.0.0.1:8001/",   "http://127.0.0.1:x/"};
  CHECK(asking.call(urls, FRESHET_OK, FRESHET_HTTP_OWN_SERVER));
  for (const ports::HttpRequest& request : asking.http.requests) {
    INFO(request.url);
    const bool own = request.url.starts_with("http://127.0.0.1:8001");
    CHECK(request.private_origins ==
          (own ? std::vector<std::string>{"http://127.0.0.1:8001"} : std::vector<std::string>{}));
  }
  asking.http.requests.clear();
  CHECK(asking.call(urls, FRESHET_OK));
  for (const ports::HttpRequest& request : asking.http.requests)
    CHECK(request.private_origins.empty());
}

}  // namespace freshet::host
