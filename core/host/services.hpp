// core/host/services.hpp - the services that are alive, and lines on their way to the log.
//
// A library is loaded once a process and gets one host, while services come and go with each
// Plugins. What a plugin does within a call goes to that call's services; what it does outside, on
// a thread of its own, to the latest ones that are alive, or nowhere.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/host/plugins.hpp"

namespace freshet::host {

// Makes `services`, which outlive it, known for as long as it lives. Its destructor waits for those
// who are using them.
class Serving {
 public:
  explicit Serving(const Services& services);
  ~Serving();
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

 private:
  const Services* services_;
};

// Runs `use` with the latest services that are alive; false when there are none.
bool with_services(const std::function<void(const Services&)>& use);

// One safe line: secrets taken out, ill-formed UTF-8 and control characters made visible, cut when
// long.
std::string safe_line(std::string_view text);
// The same with every text of an error, its causes included.
base::Error safe_error(base::Error error);

void log(const Services& services, int level, std::string_view plugin, std::string_view message);

}  // namespace freshet::host
