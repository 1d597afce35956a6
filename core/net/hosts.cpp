#include "core/net/hosts.hpp"

#include <algorithm>

namespace freshet::net {
namespace {

using base::Millis;

constexpr std::size_t many_hosts = 10'000;  // from here on, those without work are forgotten
constexpr Millis memory = std::chrono::minutes(61);  // longer than any pace, or period of a rate

bool is_breaking(const Manners* manners, std::uint32_t failures) {
  return manners != nullptr && manners->breaker.failures > 0 &&
         failures >= manners->breaker.failures;
}

}  // namespace

Hosts::Host& Hosts::host_of(const std::string& name) {
  const auto [found, is_new] = hosts_.try_emplace(name);
  if (is_new && manners_of_) found->second.manners = manners_of_(name);
  return found->second;
}

// While it is not known whether a host that failed is well again, one request goes first.
std::size_t Hosts::most_running(const Host& host) const {
  if (is_breaking(host.manners, host.failures)) return 1;
  return host.manners != nullptr ? host.manners->per_host : limits_.per_host;
}

void Hosts::list(Host& host) {
  if (host.state != State::idle || host.waiting.empty()) return;
  host.state = State::listed;
  listed_.push_back(&host);
}

void Hosts::enqueue(const std::string& name, Ticket ticket, Millis pace) {
  Host& host = host_of(name);
  host.waiting.push_back({ticket, pace});
  list(host);
}

Millis Hosts::ready_at(const Host& host) const {
  const Millis paced = host.started ? host.last_start + host.waiting.front().pace : Millis(0);
  const Millis ready = std::max(paced, host.held_until);
  if (host.manners == nullptr) return ready;
  const Rate& rate = host.manners->rate;
  const bool full = rate.count > 0 && host.starts.size() >= rate.count;
  // A millisecond more: both ends of the stretch are cut to whole ones.
  return full ? std::max(ready, host.starts.front() + rate.period + Millis(1)) : ready;
}

void Hosts::start(Host& host, Millis now) {
  host.started = true;
  host.last_start = now;
  ++host.running;
  ++running_;
  const std::uint32_t count = host.manners != nullptr ? host.manners->rate.count : 0;
  if (count == 0) return;
  host.starts.push_back(now);
  while (host.starts.size() > count) host.starts.pop_front();
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
  host.failures = failed ? host.failures + 1 : 0;
  list(host);  // one that is well again may take several at once
  std::vector<Ticket> hopeless;
  if (!failed || !is_breaking(host.manners, host.failures)) return hopeless;
  host.broken_until = now + host.manners->breaker.wait;
  for (const Waiting& one : host.waiting) hopeless.push_back(one.ticket);
  host.waiting.clear();
  return hopeless;
}

Millis Hosts::broken_for(const std::string& name, Millis now) const {
  const auto found = hosts_.find(name);
  if (found == hosts_.end()) return Millis(0);
  const Host& host = found->second;
  if (!is_breaking(host.manners, host.failures)) return Millis(0);
  return std::max(host.broken_until - now, Millis(0));
}

std::optional<Hosts::Ticket> Hosts::next(Millis now) {
  wake(now);
  while (!listed_.empty() && running_ < limits_.total) {
    Host& host = *listed_.front();
    listed_.pop_front();
    host.state = State::idle;
    if (host.waiting.empty() || host.running >= most_running(host))
      continue;  // release() lists it again
    if (const Millis at = ready_at(host); at > now) {
      host.state = State::asleep;
      asleep_.emplace(at, &host);
      continue;
    }
    const Ticket ticket = host.waiting.front().ticket;
    host.waiting.pop_front();
    start(host, now);
    list(host);
    return ticket;
  }
  if (hosts_.size() > many_hosts) forget_idle(now);
  return std::nullopt;
}

void Hosts::release(const std::string& name) {
  Host& host = hosts_[name];
  --host.running;
  --running_;
  list(host);
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
           host.held_until <= now && host.broken_until <= now && now - host.last_start > memory;
  });
}

}  // namespace freshet::net
