// core/sync/notify_config.hpp - whom a service tells of what goes wrong, read from its JSON form.
#pragma once

#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/json.hpp"

namespace freshet::sync {

enum class NotifyForm {
  slack,        // {"text"}, as Slack and what is like it take it
  signed_json,  // an object, signed with HMAC-SHA256
};

// A webhook.
struct NotifyConfig {
  std::string url;  // or where it is: "env:NAME", "file:/path"
  NotifyForm form = NotifyForm::slack;
  std::string secret;  // of the signed form: where it is
  bool failure = true, held = true, stale = true, recovery = true;
  base::Millis repeat{24 * 3'600'000LL};  // what goes on is told again after that; 0: never
  base::Millis pause{10'000};             // between two messages, at least
  base::Millis stale_after{0};  // a source that was not listed for that long; 0: none is stale
};

// Reads an array of {"url","form","secret","on","repeat","pause","stale_after"}.
base::Result<std::vector<NotifyConfig>> parse_notify(const base::Json& json,
                                                     const std::string& path);

}  // namespace freshet::sync
