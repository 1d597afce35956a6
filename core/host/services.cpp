#include "core/host/services.hpp"

#include <memory>

#include "core/base/text.hpp"
#include "core/host/redactor.hpp"

namespace freshet::host {
namespace {

constexpr std::size_t longest_line = 2000;  // code points

}  // namespace

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
