#include "core/sync/config.hpp"
#include "tests/support/catch.hpp"

namespace freshet::sync {
namespace {

base::Result<RunConfig> read(const std::string& hook) {
  return parse_run(Json::parse(R"({"service":{"notify":[)" + hook + "]}}"));
}

std::string refused(const std::string& hook) {
  const auto config = read(hook);
  return config ? std::string() : config.error().subject + " " + config.error().message;
}

}  // namespace

TEST_CASE("a webhook has the defaults that its page says") {
  const auto config = read(R"({"url":"env:HOOK"})");
  REQUIRE(config);
  const NotifyConfig& hook = config->service.notify.front();
  CHECK(hook.form == NotifyForm::slack);
  CHECK((hook.failure && hook.held && hook.stale && hook.recovery));
  CHECK(hook.repeat == base::Millis(86'400'000));
  CHECK(hook.pause == base::Millis(10'000));
  CHECK(hook.stale_after == base::Millis(0));
}

TEST_CASE("a source has webhooks of its own, told of what they name") {
  const auto config = parse_run(Json::parse(
      R"({"sources":[{"loader":"a","watch":true,"notify":[{"url":"https://h/x","form":"signed",
        "secret":"file:/s","on":["held","stale"],"stale_after":"2h"}]}]})"));
  REQUIRE(config);
  CHECK(config->sources[0].watch);
  const NotifyConfig& hook = config->sources[0].notify.front();
  CHECK((hook.held && hook.stale && !hook.failure && !hook.recovery));
  CHECK(hook.stale_after == base::Millis(7'200'000));
}

TEST_CASE("what is wrong in a webhook is named by its path") {
  CHECK(refused(R"({})").starts_with("service.notify[0].url "));
  CHECK(refused(R"({"url":"ftp://x"})").starts_with("service.notify[0].url is no http"));
  CHECK(refused(R"({"url":"https://x","form":"json"})") ==
        "service.notify[0].form is not slack or signed");
  CHECK(refused(R"({"url":"https://x","form":"signed"})").starts_with("service.notify[0].secret "));
  CHECK(refused(R"({"url":"https://x","form":"signed","secret":"hunter2"})").find("hunter2") ==
        std::string::npos);
  CHECK(
      refused(R"({"url":"https://x","secret":"env:S"})").starts_with("service.notify[0].secret "));
  CHECK(refused(R"({"url":"https://x","on":[]})").starts_with("service.notify[0].on "));
  CHECK(refused(R"({"url":"https://x","on":["held","fire"]})")
            .starts_with("service.notify[0].on[1] "));
  CHECK(refused(R"({"url":"https://x","repeat":5})").starts_with("service.notify[0].repeat "));
  CHECK(refused(R"({"url":"https://x","urls":1})").starts_with("service.notify[0].urls "));
}

}  // namespace freshet::sync
