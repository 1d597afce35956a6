// core/service/runtime.hpp - what everything opened from one repository shares: the HTTP client, the
// plugins, and who listens to their log lines. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.hpp"
#include "core/host/plugins.hpp"
#include "core/net/options.hpp"
#include "core/ports/http.hpp"

namespace freshet::service {

// Hands the plugins' log lines to the runs and calls that are under way; without one, to `unheard`.
class LogHub {
 public:
  using Line = std::function<void(int level, std::string_view plugin, std::string_view message)>;

  explicit LogHub(Line unheard) : unheard_(std::move(unheard)) {}

  // Listens as long as the returned token lives.
  std::shared_ptr<Line> listen(Line line);
  void write(int level, std::string_view plugin, std::string_view message);

 private:
  const Line unheard_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<Line>> listeners_;
};

class Runtime {
 public:
  Runtime(net::ClientOptions http, std::vector<std::string> plugin_directories,
          LogHub::Line unheard, base::Millis plugin_timeout = host::CallLimits().idle);

  ports::Http& http() { return *http_; }
  host::Plugins& plugins() { return *plugins_; }
  LogHub& log() { return *log_; }

 private:
  // A call of a plugin that did not return keeps both.
  const std::shared_ptr<LogHub> log_;
  std::shared_ptr<ports::Http> http_;
  std::unique_ptr<host::Plugins> plugins_;
};

}  // namespace freshet::service
