// embedder_openai/budget.hpp - how many tokens may still be paid for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>

#include <freshet/sdk/freshet_sdk.hpp>

namespace embedder_openai {

// Thread-safe. What requests on their way are expected to take counts until they have ended.
class Budget {
 public:
  explicit Budget(std::uint64_t most) : most_(most) {}  // 0: without an end

  // Sets `tokens` aside for a request. Throws FRESHET_E_LIMIT where there are not as many left.
  void reserve(std::uint64_t tokens) {
    const std::lock_guard lock(mutex_);
    if (most_ != 0 && tokens > most_ - std::min(used_ + reserved_, most_))
      throw freshet::sdk::Failure(
          FRESHET_E_LIMIT,
          "the budget of " + std::to_string(most_) + " tokens does not last: " +
              std::to_string(used_) + " are used, " + std::to_string(reserved_) +
              " on their way, and what comes next has about " + std::to_string(tokens),
          "max_tokens_total");
    reserved_ += tokens;
  }

  // The request for which `reserved` were set aside took `used`.
  void settle(std::uint64_t reserved, std::uint64_t used) {
    const std::lock_guard lock(mutex_);
    reserved_ -= reserved;
    used_ += used;
  }

 private:
  const std::uint64_t most_;
  std::mutex mutex_;
  std::uint64_t used_ = 0, reserved_ = 0;
};

}  // namespace embedder_openai
