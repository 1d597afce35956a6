#include "core/host/check_case.hpp"

#include <fmt/format.h>

namespace freshet::host {

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::fail:
      return "fail";
    case Verdict::crash:
      return "crash";
    case Verdict::skip:
      return "skip";
    case Verdict::timeout:
      return "timeout";
  }
  return "unknown";
}

std::string subject_of(const Target& target) {
  return target.kind ? fmt::format("{} {}", kind_name(*target.kind), target.offer) : std::string();
}

}  // namespace freshet::host
