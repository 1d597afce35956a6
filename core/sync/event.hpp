// core/sync/event.hpp - what a run tells while it goes on: progress, outcomes, log lines.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/instant.hpp"
#include "core/ports/loader.hpp"

namespace freshet::sync {

// What a run did with a root.
enum class Outcome : std::int32_t {
  refreshed = 1,  // new content was committed
  unchanged = 2,  // the source confirmed what was there
  skipped = 3,    // the policy said no, before reading or after
  removed = 4,    // its source no longer has it
  busy = 5,       // another run had it, or refreshed it meanwhile
  failed = 6,     // nothing but its error record changed
  excluded = 7,   // it is to stay out: nothing was asked for
};
std::string_view outcome_name(Outcome outcome);

// How often a root was asked for, and why all attempts but the last one failed.
struct Attempts {
  Attempts(int number) : count(number) {}  // NOLINT: a number is one, too
  Attempts(const ports::Fetched& fetched)
      : count(fetched.attempts), earlier(fetched.earlier) {}  // NOLINT

  int count;
  ports::EarlierErrors earlier;
};

enum class EventKind : std::int32_t {
  run_started = 1,
  listing_started = 2,  // source
  listing_ended = 3,    // source; message: why it is not complete, or empty; its error
  root_done = 4,        // source, uri, outcome, reason, attempts, its error
  progress = 5,         // done of total
  delivery = 6,         // done: rows confirmed; total: rows still pending
  log = 7,              // level, message
  run_ended = 8,        // told by whoever started the run; its error
};

// Levels of log lines, as FRESHET_LOG_… counts them.
constexpr int log_warning = 2, log_error = 3;

struct Event {
  EventKind kind = EventKind::log;
  base::Instant at;
  std::string label;  // of the run, or of the root where it is about one
  std::string source;
  std::string uri;
  std::string message;
  std::string reason;
  Outcome outcome = Outcome::skipped;
  int level = 1;            // FRESHET_LOG_…
  std::uint64_t done = 0;   // roots, or rows, done so far
  std::uint64_t total = 0;  // known so far; grows while the listing goes on
  base::Code status = base::Code::ok;
  std::string subject;  // the thing at fault
  int attempts = 0;
  std::int64_t retry_after_ms = -1;  // -1: no hint

  // Takes message, status, subject and hints from `error`.
  void explain(const base::Error& error);
};

// Called on the run's own threads, one call at a time. Must not block for long.
using EventSink = std::function<void(Event)>;

}  // namespace freshet::sync
