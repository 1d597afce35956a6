#include "core/service/runtime.hpp"

#include "core/net/client.hpp"
#include "core/ports/clock.hpp"

namespace freshet::service {

std::shared_ptr<LogHub::Line> LogHub::listen(Line line) {
  auto token = std::make_shared<Line>(std::move(line));
  std::lock_guard lock(mutex_);
  std::erase_if(listeners_, [](const auto& listener) { return listener.expired(); });
  listeners_.push_back(token);
  return token;
}

void LogHub::write(int level, std::string_view plugin, std::string_view message) {
  std::vector<std::shared_ptr<Line>> lines;  // called without the lock
  {
    std::lock_guard lock(mutex_);
    for (const auto& listener : listeners_)
      if (auto line = listener.lock()) lines.push_back(std::move(line));
  }
  for (const auto& line : lines) (*line)(level, plugin, message);
  if (lines.empty()) unheard_(level, plugin, message);
}

Runtime::Runtime(net::ClientOptions http, std::vector<std::string> plugin_directories,
                 LogHub::Line unheard, base::Millis plugin_timeout)
    : log_(std::make_shared<LogHub>(std::move(unheard))),
      http_(net::make_client(std::move(http), ports::system_clock())) {
  const auto write = [log = log_](int level, std::string_view plugin, std::string_view message) {
    log->write(level, plugin, message);
  };
  host::Services services{http_, ports::system_clock(), write};
  services.limits.idle = plugin_timeout;
  plugins_ = std::make_unique<host::Plugins>(std::move(plugin_directories), std::move(services));
}

}  // namespace freshet::service
