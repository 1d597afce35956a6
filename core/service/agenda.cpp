#include "core/service/agenda.hpp"

#include <algorithm>

#include "core/base/digest.hpp"

namespace freshet::service {
namespace {

constexpr Millis first_retry{60'000}, longest_retry{3'600'000}, partly_retry{30'000};
constexpr Millis longest_wait{24 * 3'600'000};
constexpr Millis longest_patience{7LL * 24 * 3'600'000};

// 1 min, 2, 4, … an hour.
Millis backoff(unsigned failures) {
  return std::min(longest_retry, first_retry * (1 << std::min(failures - 1, 8u)));
}

// A time that a clock which was ahead left behind tells nothing.
Instant past(Instant at, Instant now) { return at > now ? base::unset : at; }

}  // namespace

Agenda::Agenda(std::vector<Duty> duties, const AgendaOptions& options) : options_(options) {
  for (Duty& duty : duties) states_.emplace_back().duty = std::move(duty);
}

void Agenda::go_on(const Agenda& before, const std::vector<std::optional<std::size_t>>& same) {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (!same[i]) continue;
    Duty duty = std::move(states_[i].duty);
    states_[i] = before.states_[*same[i]];
    states_[i].duty = std::move(duty);
  }
  pending_ = before.pending_;
  delivering_ = before.delivering_;
  vain_deliveries_ = before.vain_deliveries_;
  deliver_from_ = before.deliver_from_;
}

void Agenda::learn(std::size_t source, const Facts& facts) { states_[source].facts = facts; }

void Agenda::learn_pending(std::uint64_t rows) {
  pending_ = rows;
  if (rows == 0) vain_deliveries_ = 0;
}

void Agenda::hurry(std::size_t source, Millis ticks) {
  ask(source);
  states_[source].rests_until = std::min(states_[source].rests_until, ticks);
}

void Agenda::ask(std::size_t source) { states_[source].asked = true; }

// The same for the same time, so that it is not drawn anew with every look.
Millis Agenda::jitter(const State& state, Instant of) const {
  if (options_.jitter.count() <= 0) return Millis(0);
  const base::Digest digest = base::DigestBuilder()
                                  .add(std::to_string(options_.seed))
                                  .add(state.duty.name)
                                  .add(std::to_string(of.ms))
                                  .finish();
  std::uint64_t number = 0;
  for (const char byte : digest.view().substr(0, 8))
    number = number << 8 | static_cast<unsigned char>(byte);
  return Millis(
      static_cast<std::int64_t>(number % static_cast<std::uint64_t>(options_.jitter.count())));
}

Instant Agenda::retry_at(std::size_t source, Instant now) const {
  const State& state = states_[source];
  return now + std::max(backoff(std::max(1u, state.failures)), state.patience);
}

// A listing counts from the last one, whoever made it, and from the last attempt of this process, well
// or in vain; one that failed is tried again before that.
Instant Agenda::next_listing(std::size_t source, Instant now) const {
  const State& state = states_[source];
  const Instant listed = past(state.facts.listed, now), attempted = past(state.attempted, now);
  const Instant last = std::max(listed, attempted);
  Instant next = state.duty.timetable.next(last);
  if (last != base::unset && next != base::never) next = next + jitter(state, last);
  const bool is_held_up =
      state.facts.not_before > now && state.facts.not_before <= now + longest_patience;
  const bool failed = state.failures > 0 && attempted != base::unset;
  if (failed) {
    const Instant retry = attempted + backoff(state.failures);
    next = std::max(std::min(next, retry), attempted + state.patience);
  } else if (is_held_up && listed >= attempted) {  // before this process began
    next = std::max(next, state.facts.not_before);
  }
  return next;
}

Agenda::Next Agenda::next(const State& state, Instant now) const {
  const auto source = static_cast<std::size_t>(&state - states_.data());
  if (state.asked) return {base::unset, true};
  const Instant listing = next_listing(source, now);
  const Instant due = state.partly ? std::min(state.facts.due, now) : state.facts.due;
  return {std::min(listing, due), listing <= now};
}

bool Agenda::may_deliver(Millis ticks) const {
  return pending_ > 0 && !delivering_ && running() == 0 && ticks >= deliver_from_;
}

std::size_t Agenda::running() const {
  const auto is_running = [](const State& state) { return state.running; };
  return static_cast<std::size_t>(std::count_if(states_.begin(), states_.end(), is_running));
}

std::size_t Agenda::waiting(Instant now, Millis ticks) const {
  return static_cast<std::size_t>(
      std::count_if(states_.begin(), states_.end(), [&](const State& state) {
        return !state.running && ticks >= state.rests_until && next(state, now).at <= now;
      }));
}

std::vector<Start> Agenda::take(Instant now, Millis ticks) {
  std::vector<Start> ready;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const State& state = states_[i];
    if (state.running || ticks < state.rests_until) continue;
    if (const Next one = next(state, now); one.at <= now) ready.push_back({i, one.lists, one.at});
  }
  std::stable_sort(ready.begin(), ready.end(),
                   [](const Start& a, const Start& b) { return a.since < b.since; });
  const std::size_t under_way = running() + (delivering_ ? 1 : 0);
  const std::size_t free = options_.workers - std::min(options_.workers, under_way);
  if (ready.size() > free) ready.resize(free);
  for (const Start& start : ready) {
    State& state = states_[*start.source];
    state.running = true;
    state.asked = state.partly = false;
    state.began = now;
  }
  if (ready.empty() && free > 0 && may_deliver(ticks)) {
    delivering_ = true;
    ready.push_back({});
  }
  return ready;
}

void Agenda::ended(const Start& start, const Ended& how, Instant now, Millis ticks) {
  if (!start.source) {
    delivering_ = false;
    deliver_from_ = ticks + backoff(++vain_deliveries_);
    return;
  }
  State& state = states_[*start.source];
  state.running = false;
  state.partly = how.partly;
  Millis rest = how.partly ? std::max(options_.rest, partly_retry) : options_.rest;
  const bool failed = how.failed || how.nothing;
  if (how.listed || failed) {
    state.attempted = std::min(state.began, now);
    state.failures = failed ? state.failures + 1 : 0;
    state.patience = std::min(how.patience, longest_patience);
  }
  if (how.nothing) rest = std::max(rest, backoff(state.failures));
  state.rests_until = ticks + rest;
  deliver_from_ = std::max(deliver_from_, ticks + first_retry);
}

Millis Agenda::wait(Instant now, Millis ticks) const {
  Millis wait = longest_wait;
  if (running() + (delivering_ ? 1 : 0) >= options_.workers) return wait;
  for (const State& state : states_) {
    if (state.running) continue;
    const Instant at = next(state, now).at;
    const Millis due = at <= now ? Millis(0) : at - now;
    wait = std::min(wait, std::max(due, state.rests_until - ticks));
  }
  if (pending_ > 0 && !delivering_ && running() == 0)
    wait = std::min(wait, std::max(Millis(0), deliver_from_ - ticks));
  return std::max(wait, Millis(0));
}

}  // namespace freshet::service
