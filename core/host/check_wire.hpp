// core/host/check_wire.hpp - what freshet and freshet-check-plugin say to each other.
//
// The request is one line of JSON, then the bytes of the sample. The answer is the request's nonce
// and a verdict, in one line, and nothing else: what a plugin writes to the channel by itself does
// not have the nonce, or comes in addition, and neither is believed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/host/check_case.hpp"

namespace freshet::host {

constexpr int verdict_descriptor = 3;
constexpr int exit_channel_lost = 120;  // the checker found its channel closed, or another one

struct CheckRequest {
  Target target;
  std::string scratch;  // a directory that the plugin may write
  std::string nonce;
};
std::string write_request(const CheckRequest& request);
base::Result<CheckRequest> read_request(std::string_view text);

struct Finding {
  Verdict verdict = Verdict::fail;
  std::string detail;
};
std::string write_finding(const std::string& nonce, const Finding& finding);
std::optional<Finding> read_finding(const std::string& nonce, std::string_view text);

std::string write_cases(const std::vector<Case>& cases);
base::Result<std::vector<Case>> read_cases(std::string_view text);

}  // namespace freshet::host
