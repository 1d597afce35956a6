#include "core/net/hosts.hpp"

#include <algorithm>

namespace freshet::net {
namespace {

using base::Millis;

constexpr std::size_t many_hosts = 10'000;  // from here on, those without work are forgotten
constexpr Millis memory = std::chrono::minutes(10);  // longer than any pace

}  // namespace

void Hosts::list(Host& host) {
  if (host.state != State::idle || host.waiting.empty()) return;
  host.state = State::listed;
  listed_.push_back(&host);
}

void Hosts::enqueue(const std::string& name, Ticket ticket, Millis pace) {
  Host& host = hosts_[name];
  host.waiting.push_back({ticket, pace});
  list(host);
}

Millis Hosts::ready_at(const Host& host) const {
  const Millis paced = host.started ? host.last_start + host.waiting.front().pace : Millis(0);
  return std::max(paced, host.held_until);
}

void Hosts::wake(Millis now) {
  while (!asleep_.empty() && asleep_.begin()->first <= now) {
    Host& host = *asleep_.begin()->second;
    asleep_.erase(asleep_.begin());
    host.state = State::idle;
    list(host);
  }
}

std::optional<Hosts::Ticket> Hosts::next(Millis now) {
  wake(now);
  while (!listed_.empty() && running_ < limits_.total) {
    Host& host = *listed_.front();
    listed_.pop_front();
    host.state = State::idle;
    if (host.waiting.empty() || host.running >= limits_.per_host)
      continue;  // release() lists it again
    if (const Millis at = ready_at(host); at > now) {
      host.state = State::asleep;
      asleep_.emplace(at, &host);
      continue;
    }
    const Ticket ticket = host.waiting.front().ticket;
    host.waiting.pop_front();
    host.started = true;
    host.last_start = now;
    ++host.running;
    ++running_;
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
  Host& host = hosts_[name];
  host.held_until = std::max(host.held_until, until);
  std::vector<Ticket> hopeless;
  if (!too_long(host.held_until - now)) return hopeless;
  for (const Waiting& one : host.waiting) hopeless.push_back(one.ticket);
  host.waiting.clear();
  return hopeless;
}

Millis Hosts::held_for(const std::string& name, Millis now) const {
  const auto found = hosts_.find(name);
  return found == hosts_.end() ? Millis(0) : std::max(found->second.held_until - now, Millis(0));
}

std::optional<Millis> Hosts::wake_at() const {
  if (asleep_.empty()) return std::nullopt;
  return asleep_.begin()->first;
}

void Hosts::forget_idle(Millis now) {
  std::erase_if(hosts_, [&](const auto& item) {
    const Host& host = item.second;
    return host.state == State::idle && host.running == 0 && host.waiting.empty() &&
           host.held_until <= now && now - host.last_start > memory;
  });
}

}  // namespace freshet::net
