// core/service/agenda.hpp - which sources to run now, and until when to wait: facts and time in,
// runs out. It reads no clock and no repository.
//
// A source is listed by its timetable, and run without a listing when one of its roots is due. It is
// never run beside itself. What is scheduled goes by the wall clock, which may jump: a time of the past
// that lies in the future counts as none. What is waited for after a run goes by the monotonic one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/instant.hpp"
#include "core/policy/timetable.hpp"

namespace freshet::service {

using base::Instant;
using base::Millis;

// A source, as it is configured.
struct Duty {
  std::string name;
  policy::Timetable timetable;
};

struct AgendaOptions {
  Millis jitter{0};         // a listing begins by up to this much later, by another time each
  Millis rest{50};          // between two runs of a source
  std::size_t workers = 4;  // runs at once
  std::uint64_t seed = 0;   // of the jitter
};

// What the repository says of a source.
struct Facts {
  Instant listed{};      // its last complete listing; unset: none that counts
  Instant not_before{};  // not to be listed before, after a failure; unset: as the timetable says
  Instant due{base::never};  // when its next root is due; never: none will be
};

// How a run of a source ended.
struct Ended {
  bool listed = false;   // it began a listing
  bool failed = false;   // that failed
  bool nothing = false;  // the run as a whole did: nothing could be done
  bool partly = false;   // something is left that the run could not take: another has it
  Millis patience{0};    // how long a server asked to be left alone
};

// What somebody waits for: the run of one source; or, of none, the delivery of what is pending.
struct Start {
  std::optional<std::size_t> source;
  bool lists = false;
  Instant since;  // when it was to begin; unset: as soon as it could
};

class Agenda {
 public:
  Agenda(std::vector<Duty> duties, const AgendaOptions& options);

  // Takes over how another one stands: of its sources those at `same`, one for each of these.
  void go_on(const Agenda& before, const std::vector<std::optional<std::size_t>>& same);

  void learn(std::size_t source, const Facts& facts);
  void learn_pending(std::uint64_t rows);  // not confirmed by the store
  void ask(std::size_t source);            // for a run with a listing, as soon as may be

  // The same, with no rest before it.
  void hurry(std::size_t source, Millis ticks);

  // What begins now, the longest due first.
  std::vector<Start> take(Instant now, Millis ticks);
  void ended(const Start& start, const Ended& how, Instant now, Millis ticks);
  // How long nothing will begin by itself; at most a day.
  Millis wait(Instant now, Millis ticks) const;

  std::size_t size() const { return states_.size(); }
  bool is_running(std::size_t source) const { return states_[source].running; }
  std::size_t running() const;
  std::size_t waiting(Instant now, Millis ticks) const;  // that could begin, were a worker free
  Instant next_listing(std::size_t source, Instant now) const;
  Instant next_due(std::size_t source) const { return states_[source].facts.due; }
  // When a listing that failed at `now` is to be tried again.
  Instant retry_at(std::size_t source, Instant now) const;

 private:
  struct State {
    Duty duty;
    Facts facts;
    bool running = false, asked = false, partly = false;
    Instant attempted;      // when the last listing of this process began; unset: none yet
    unsigned failures = 0;  // listings in a row
    Millis patience{0};     // of the last failure
    Millis rests_until{0};  // ticks
    Instant began;          // of the present run
  };
  struct Next {
    Instant at;
    bool lists = false;
  };
  Next next(const State& state, Instant now) const;
  Millis jitter(const State& state, Instant of) const;
  bool may_deliver(Millis ticks) const;

  const AgendaOptions options_;
  std::vector<State> states_;
  std::uint64_t pending_ = 0;
  bool delivering_ = false;
  unsigned vain_deliveries_ = 0;
  Millis deliver_from_{0};  // ticks
};

}  // namespace freshet::service
