#include "core/sync/event.hpp"

namespace freshet::sync {

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
    case Outcome::excluded:
      return "excluded";
  }
  return "unknown";
}

void Event::explain(const base::Error& error) {
  message = base::to_string(error);
  status = error.code;
  subject = error.subject;
  if (error.attempts > 0) attempts = error.attempts;
  retry_after_ms = error.retry_after_ms;
}

}  // namespace freshet::sync
