// core/conformance/program/process_state.hpp - what belongs to the whole process and not to a plugin:
// signal handlers and the mask, the working directory, the umask, the locale, the environment.
#pragma once

#include <sys/types.h>
#include <array>
#include <csignal>
#include <string>
#include <vector>

namespace freshet::conformance {

class ProcessState {
 public:
  ProcessState();  // as it is now, seen from this thread

  // What is not as it was before, in words; empty where all of it is.
  std::string difference(const ProcessState& before) const;

 private:
  struct Handler {
    void (*function)(int);
    int flags;
    bool operator==(const Handler&) const = default;
  };
  std::string signals(const ProcessState& before) const;

  std::array<Handler, NSIG> handlers_{};
  std::array<bool, NSIG> blocked_{};
  std::string directory_, locale_;
  mode_t umask_;
  std::vector<std::string> environment_;
};

}  // namespace freshet::conformance
