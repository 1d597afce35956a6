#include "core/sync/notify_config.hpp"

#include <fmt/format.h>

#include <map>

#include "core/host/secrets.hpp"

namespace freshet::sync {
namespace {

using base::Code;
using base::Json;
using base::Result;
using base::Status;

Status read_form(const Json& value, const std::string& path, NotifyForm& out) {
  if (value == "slack") return out = NotifyForm::slack, Status{};
  if (value == "signed") return out = NotifyForm::signed_json, Status{};
  return base::fail(Code::invalid_argument, "is not slack or signed", path);
}

// What is not named is not told.
Status read_on(const Json& value, const std::string& path, NotifyConfig& out) {
  const std::map<std::string, bool*> words = {{"failure", &out.failure},
                                              {"held", &out.held},
                                              {"stale", &out.stale},
                                              {"recovery", &out.recovery}};
  for (const auto& [word, flag] : words) *flag = false;
  if (!value.is_array() || value.empty())
    return base::fail(Code::invalid_argument,
                      "is not an array of failure, held, stale and recovery", path);
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto word = value[i].is_string() ? words.find(value[i].get<std::string>()) : words.end();
    if (word == words.end())
      return base::fail(Code::invalid_argument, "is not failure, held, stale or recovery",
                        fmt::format("{}[{}]", path, i));
    *word->second = true;
  }
  return {};
}

Status check(const NotifyConfig& hook, const std::string& path) {
  const bool is_url = hook.url.starts_with("https://") || hook.url.starts_with("http://");
  if (!is_url && !host::is_secret_reference(hook.url))
    return base::fail(Code::invalid_argument,
                      "is no http or https URL, and not where one is: write \"env:NAME\"",
                      base::join_path(path, "url"));
  if (hook.form == NotifyForm::slack && !hook.secret.empty())
    return base::fail(Code::invalid_argument, "is for the signed form alone: slack signs nothing",
                      base::join_path(path, "secret"));
  if (hook.form == NotifyForm::slack) return {};
  if (hook.secret.empty())
    return base::fail(Code::invalid_argument, "is missing: it signs what is sent",
                      base::join_path(path, "secret"));
  if (!host::is_secret_reference(hook.secret))
    return base::fail(Code::invalid_argument, "is not where a secret is: write \"env:NAME\"",
                      base::join_path(path, "secret"));
  return {};
}

Result<NotifyConfig> parse_hook(const Json& json, const std::string& path) {
  NotifyConfig hook;
  base::ObjectReader in(json, path);
  in.text("url", hook.url);
  in.require("url");
  in.with("form", [&](const Json& value, const std::string& at) {
    return read_form(value, at, hook.form);
  });
  in.text("secret", hook.secret);
  in.with("on", [&](const Json& value, const std::string& at) { return read_on(value, at, hook); });
  in.duration("repeat", hook.repeat);
  in.duration("pause", hook.pause);
  in.duration("stale_after", hook.stale_after);
  FRESHET_TRY(in.finish());
  FRESHET_TRY(check(hook, path));
  return hook;
}

}  // namespace

Result<std::vector<NotifyConfig>> parse_notify(const Json& json, const std::string& path) {
  std::vector<NotifyConfig> hooks;
  if (!json.is_array())
    return base::fail(Code::invalid_argument, "is not an array of webhooks", path);
  for (std::size_t i = 0; i < json.size(); ++i) {
    FRESHET_ASSIGN(NotifyConfig hook, parse_hook(json[i], fmt::format("{}[{}]", path, i)));
    hooks.push_back(std::move(hook));
  }
  return hooks;
}

}  // namespace freshet::sync
