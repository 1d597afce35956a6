// core/sync/gates.hpp - hosts that asked to be left alone are, by the next process, too.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/sync/config.hpp"
#include "core/sync/context.hpp"

namespace freshet::sync {

// Tells the client what earlier runs were told, and writes down what this one is. Thread-safe.
class Gates {
 public:
  Gates(const Context& context, const RunConfig& config) : context_(context), config_(config) {}

  base::Status restore();  // a forced run asks at once, and restores nothing
  base::Status keep();     // cheap where nothing is new

 private:
  std::vector<repository::Gate> take_new();

  const Context& context_;
  const RunConfig& config_;
  std::mutex mutex_;
  std::map<std::string, base::Instant> kept_;  // guarded by mutex_
};

}  // namespace freshet::sync
