#include "core/host/services.hpp"

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "core/base/text.hpp"
#include "core/host/redactor.hpp"

namespace freshet::host {
namespace {

constexpr std::size_t longest_line = 2000;  // code points

struct Alive {
  std::shared_mutex mutex;
  std::vector<const Services*> services;
};

Alive& alive() {
  static Alive& one = *new Alive;  // never destroyed: plugins may outlive main()
  return one;
}

}  // namespace

Serving::Serving(const Services& services) : services_(&services) {
  const std::unique_lock lock(alive().mutex);
  alive().services.push_back(services_);
}

Serving::~Serving() {
  const std::unique_lock lock(alive().mutex);
  std::erase(alive().services, services_);
}

bool with_services(const std::function<void(const Services&)>& use) {
  const std::shared_lock lock(alive().mutex);
  if (alive().services.empty()) return false;
  use(*alive().services.back());
  return true;
}

std::string safe_line(std::string_view text) {
  const std::string clean = redactor().clean(base::to_utf8(text));
  const std::size_t cut = base::advance_code_points(clean, 0, longest_line);
  std::string line = base::printable(std::string_view(clean).substr(0, cut));
  if (cut < clean.size()) line += "…";
  return line;
}

base::Error safe_error(base::Error error) {
  error.message = safe_line(error.message);
  error.subject = safe_line(error.subject);
  if (error.cause != nullptr)
    error.cause = std::make_shared<const base::Error>(safe_error(*error.cause));
  return error;
}

void log(const Services& services, int level, std::string_view plugin, std::string_view message) {
  if (services.log) services.log(level, plugin, safe_line(message));
}

}  // namespace freshet::host
