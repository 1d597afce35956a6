#include "core/net/hosts.hpp"

#include <algorithm>

namespace freshet::net {
namespace {

using base::Millis;

constexpr std::size_t many_hosts = 10'000;  // from here on, those without work are forgotten
constexpr Millis memory = std::chrono::minutes(61);  // longer than any pace, or period of a rate
constexpr Millis unknown = Millis::max();            // when another request of its source has ended

}  // namespace

Hosts::Host& Hosts::host_of(const std::string& name) {
  const auto [found, is_new] = hosts_.try_emplace(name);
  Host& host = found->second;
  if (is_new && manners_of_) host.manners = manners_of_(name);
  if (is_new && host.manners != nullptr)
    host.restraint.set(host.manners->rate, host.manners->breaker);
  return host;
}

// Null: it has neither a rate nor a breaker.
std::shared_ptr<Hosts::Source> Hosts::source_of(const ports::Requester* requester) {
  if (requester == nullptr) return nullptr;
  const auto& [retry, rate, breaker] = requester->options;
  if (rate.count == 0 && breaker.failures == 0) return nullptr;
  std::shared_ptr<Source>& source = sources_[requester->name];
  if (source == nullptr) source = std::make_shared<Source>();
  source->restraint.set(rate, breaker);  // another run may have others
  return source;
}

// While it is not known whether a host that failed is well again, one request goes first.
std::size_t Hosts::most_running(const Host& host) const {
  if (host.restraint.is_doubtful()) return 1;
  return host.manners != nullptr ? host.manners->per_host : limits_.per_host;
}

void Hosts::list(Host& host) {
  if (host.state != State::idle || host.waiting.empty()) return;
  host.state = State::listed;
  listed_.push_back(&host);
}

void Hosts::rest(Host& host, Millis until) {
  if (until == unknown) {
    host.state = State::blocked;
    blocked_.push_back(&host);
  } else {
    host.state = State::asleep;
    host.alarm = asleep_.emplace(until, &host);
  }
}

// Whoever comes anew may not have to wait for what those before it wait for.
void Hosts::rouse(Host& host) {
  if (host.state == State::asleep) asleep_.erase(host.alarm);
  if (host.state == State::blocked) std::erase(blocked_, &host);
  if (host.state != State::listed) host.state = State::idle;
  list(host);
}

void Hosts::unblock() {
  std::vector<Host*> blocked;
  blocked.swap(blocked_);
  for (Host* host : blocked) {
    host->state = State::idle;
    list(*host);
  }
}

void Hosts::enqueue(const std::string& name, Ticket ticket, Millis pace, Millis now,
                    const ports::Requester* source) {
  Host& host = host_of(name);
  host.waiting.push_back({ticket, pace, now, source_of(source)});
  rouse(host);
}

// The first whose source lets it go now, or else the one whose source does so first.
Hosts::Choice Hosts::choose(const Host& host, Millis now) const {
  Choice choice{0, unknown};
  for (std::size_t i = 0; i < host.waiting.size() && choice.at > now; ++i) {
    const Source* const source = host.waiting[i].source.get();
    const bool stops = source != nullptr && source->restraint.is_doubtful() && source->running > 0;
    const Millis at = stops               ? unknown
                      : source == nullptr ? Millis(0)
                                          : source->restraint.ready_at();
    if (at < choice.at) choice = {i, at};
  }
  if (choice.at == unknown) return choice;
  const Millis pace = host.waiting[choice.index].pace;
  const Millis paced = host.started ? host.last_start + pace : Millis(0);
  choice.at = std::max({choice.at, paced, host.held_until, host.restraint.ready_at()});
  return choice;
}

Hosts::Turn Hosts::start(Host& host, std::size_t index, Millis now) {
  const Waiting one = std::move(host.waiting[index]);
  host.waiting.erase(host.waiting.begin() + static_cast<std::ptrdiff_t>(index));
  Millis rated = host.restraint.ready_at();
  host.started = true;
  host.last_start = now;
  host.restraint.start(now);
  ++host.running;
  ++running_;
  if (one.source != nullptr) {
    rated = std::max(rated, one.source->restraint.ready_at());
    one.source->restraint.start(now);
    ++one.source->running;
  }
  return {one.ticket, rated > one.since};
}

void Hosts::wake(Millis now) {
  while (!asleep_.empty() && asleep_.begin()->first <= now) {
    Host& host = *asleep_.begin()->second;
    asleep_.erase(asleep_.begin());
    host.state = State::idle;
    list(host);
  }
}

std::vector<Hosts::Ticket> Hosts::note(const std::string& name, bool failed, Millis now) {
  Host& host = host_of(name);
  const bool broke = host.restraint.note(failed, now);
  list(host);  // one that is well again may take several at once
  std::vector<Ticket> hopeless;
  if (!broke) return hopeless;
  for (const Waiting& one : host.waiting) hopeless.push_back(one.ticket);
  host.waiting.clear();
  return hopeless;
}

Millis Hosts::broken_for(const std::string& name, Millis now) const {
  const auto found = hosts_.find(name);
  return found == hosts_.end() ? Millis(0) : found->second.restraint.broken_for(now);
}

std::vector<Hosts::Ticket> Hosts::note(const ports::Requester& requester, bool failed, Millis now) {
  const std::shared_ptr<Source> source = source_of(&requester);
  std::vector<Ticket> hopeless;
  if (source == nullptr) return hopeless;
  const bool broke = source->restraint.note(failed, now);
  unblock();
  if (!broke) return hopeless;
  for (auto& [name, host] : hosts_)
    std::erase_if(host.waiting, [&](const Waiting& one) {
      if (one.source != source) return false;
      hopeless.push_back(one.ticket);
      return true;
    });
  return hopeless;
}

Millis Hosts::broken_for(const ports::Requester& requester, Millis now) const {
  const auto found = sources_.find(requester.name);
  return found == sources_.end() ? Millis(0) : found->second->restraint.broken_for(now);
}

std::optional<Hosts::Turn> Hosts::next(Millis now) {
  wake(now);
  while (!listed_.empty() && running_ < limits_.total) {
    Host& host = *listed_.front();
    listed_.pop_front();
    host.state = State::idle;
    if (host.waiting.empty() || host.running >= most_running(host))
      continue;  // release() lists it again
    const Choice choice = choose(host, now);
    if (choice.at > now) {
      rest(host, choice.at);
      continue;
    }
    const Turn turn = start(host, choice.index, now);
    list(host);
    return turn;
  }
  if (hosts_.size() > many_hosts || sources_.size() > many_hosts) forget_idle(now);
  return std::nullopt;
}

void Hosts::release(const std::string& name, const ports::Requester* requester) {
  Host& host = hosts_[name];
  --host.running;
  --running_;
  list(host);
  const std::shared_ptr<Source> source = source_of(requester);
  if (source == nullptr) return;
  --source->running;
  unblock();
}

bool Hosts::remove(const std::string& name, Ticket ticket) {
  const auto found = hosts_.find(name);
  if (found == hosts_.end()) return false;
  auto& waiting = found->second.waiting;
  const auto at = std::find_if(waiting.begin(), waiting.end(),
                               [&](const Waiting& one) { return one.ticket == ticket; });
  if (at == waiting.end()) return false;
  waiting.erase(at);
  return true;
}

std::vector<Hosts::Ticket> Hosts::hold(const std::string& name, Millis until, Millis now) {
  Host& host = host_of(name);
  host.held_until = std::max(host.held_until, until);
  std::vector<Ticket> hopeless;
  if (!too_long(name, host.held_until - now)) return hopeless;
  for (const Waiting& one : host.waiting) hopeless.push_back(one.ticket);
  host.waiting.clear();
  return hopeless;
}

Millis Hosts::held_for(const std::string& name, Millis now) const {
  const auto found = hosts_.find(name);
  return found == hosts_.end() ? Millis(0) : std::max(found->second.held_until - now, Millis(0));
}

bool Hosts::too_long(const std::string& name, Millis wait) const {
  const Manners* const manners = manners_of_ ? manners_of_(name) : nullptr;
  return wait > (manners != nullptr ? manners->backoff_cap : limits_.longest_wait);
}

std::optional<Millis> Hosts::wake_at() const {
  if (asleep_.empty()) return std::nullopt;
  return asleep_.begin()->first;
}

void Hosts::forget_idle(Millis now) {
  std::erase_if(hosts_, [&](const auto& item) {
    const Host& host = item.second;
    return host.state == State::idle && host.running == 0 && host.waiting.empty() &&
           host.held_until <= now && host.restraint.is_over(now) && now - host.last_start > memory;
  });
  std::erase_if(sources_, [&](const auto& item) {
    const Source& source = *item.second;
    return item.second.use_count() == 1 && source.running == 0 && source.restraint.is_over(now);
  });
}

}  // namespace freshet::net
