// core/base/silence.hpp - whether the calling thread may speak to the log of the process: not while it
// works for the log itself.
#pragma once

#include <utility>

namespace freshet::base {

inline thread_local bool is_silent = false;

// The calling thread is silent, or not, as long as this lives.
class SilenceScope {
 public:
  explicit SilenceScope(bool silent) : before_(std::exchange(is_silent, silent)) {}
  ~SilenceScope() { is_silent = before_; }
  SilenceScope(const SilenceScope&) = delete;
  SilenceScope& operator=(const SilenceScope&) = delete;

 private:
  const bool before_;
};

}  // namespace freshet::base
