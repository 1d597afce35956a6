#include "core/refresh/event.hpp"

namespace freshet::refresh {

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::refreshed:
      return "refreshed";
    case Outcome::unchanged:
      return "unchanged";
    case Outcome::skipped:
      return "skipped";
    case Outcome::removed:
      return "removed";
    case Outcome::busy:
      return "busy";
    case Outcome::failed:
      return "failed";
  }
  return "unknown";
}

}  // namespace freshet::refresh
