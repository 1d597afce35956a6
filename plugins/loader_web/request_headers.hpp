// loader_web/request_headers.hpp - the headers that a source sends, and the secrets in their values.
#pragma once

#include <string>
#include <vector>

#include <freshet/sdk/freshet_sdk.hpp>
#include <freshet/sdk/json.hpp>

namespace freshet::loader_web {

// {"Name":"value"} at `where` in the options. References to secrets stay words in values.
std::vector<sdk::Header> read_headers(const sdk::Call& call, const nlohmann::json& json,
                                      const std::string& where);

// Those that the request has none of that name yet, with their secrets.
void add_headers(const sdk::Call& call, const std::vector<sdk::Header>& headers,
                 sdk::Request& request);

}  // namespace freshet::loader_web
