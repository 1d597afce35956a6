// capi/reasons.hpp - keeps the reasons of a policy's decisions as long as the policy lives.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "core/base/text.hpp"

namespace freshet::capi {

// Reasons are words for reports, few and short, so what goes beyond 256 of them is "other". What
// keep() returns is NUL-terminated. Thread-safe.
class Reasons {
 public:
  std::string_view keep(std::string_view reason) {
    constexpr std::size_t most = 256;
    if (!base::is_utf8(reason)) return "other";
    std::lock_guard lock(mutex_);
    if (const auto found = texts_.find(reason); found != texts_.end()) return *found;
    if (texts_.size() >= most) return "other";
    return *texts_.emplace(reason).first;
  }

 private:
  std::mutex mutex_;
  std::set<std::string, std::less<>> texts_;
};

}  // namespace freshet::capi
