// core/net/redact.hpp - URLs as errors and logs may show them.
#pragma once

#include <string>
#include <string_view>

namespace freshet::net {

// `url` (or anything meant to be one) without userinfo and fragment, with the values of query
// parameters whose names speak of secrets (token, key, sig, password, …) replaced by ***, without
// control characters, cut at 512 bytes.
std::string redact(std::string_view url);

}  // namespace freshet::net
