// core/base/redact.hpp - which names speak of secrets, and URLs as errors and logs may show them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace freshet::base {

// Does a header or an option called `name` hold a secret? token, password, Authorization, Cookie,
// api_key, … do, in any letter case, percent-encoded or not; "author" and "tokenizer" do not.
bool names_secret(std::string_view name);
// A query parameter: "key", "sig", "code" and "sid" do, too.
bool parameter_names_secret(std::string_view name);

// `url` (or anything meant to be one) without userinfo and fragment, with the values of query
// parameters whose names speak of secrets replaced by ***, without control characters, cut at 512
// bytes.
std::string redact_url(std::string_view url);

// What redact_url() takes out: the password, and the values of such parameters; unescaped too.
std::vector<std::string> secrets_in_url(std::string_view url);

}  // namespace freshet::base
