#include "core/net/robots_cache.hpp"

#include <algorithm>

namespace freshet::net {
namespace {

using base::Code;
using base::Error;
using base::Millis;
using base::Status;

constexpr std::size_t most_entries = 2'000;
constexpr Millis believed_for = std::chrono::hours(24);
// A server that is down is asked again sooner, but not once for each of its pages.
constexpr Millis doubted_for = std::chrono::minutes(5);
constexpr std::string_view product = "freshet";

Error refusal_of(Error cause, Millis until) {
  const bool passing = base::is_transient(cause.code);
  // A guard or a certificate that refuses robots.txt refuses the page as well, and says why.
  Error error =
      std::move(base::wrap("robots.txt could not be read, so nothing may be fetched", "", cause))
          .value();
  if (passing) {
    error.code = Code::denied;
    error.retry_after_ms = std::max<std::int64_t>(cause.retry_after_ms, until.count());
  }
  return error;
}

}  // namespace

RobotsCache::Answer RobotsCache::ask(const std::string& key, Ticket ticket, Millis now) {
  auto found = entries_.find(key);
  if (found != entries_.end() && found->second.pending) {
    found->second.waiting.push_back(ticket);
    return Answer::wait;
  }
  if (found != entries_.end() && found->second.until > now) return Answer::known;
  if (found != entries_.end()) entries_.erase(found);
  make_room(now);
  entries_[key].waiting.push_back(ticket);
  return Answer::fetch;
}

bool RobotsCache::leave(const std::string& key, Ticket ticket) {
  const auto found = entries_.find(key);
  return found != entries_.end() && std::erase(found->second.waiting, ticket) > 0;
}

Status RobotsCache::permits(const std::string& key, std::string_view target, Millis now) const {
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.pending)
    return base::fail(Code::internal, "robots.txt is not known");
  const Entry& entry = found->second;
  if (entry.refusal) {
    Error error = *entry.refusal;
    if (error.retry_after_ms >= 0)
      error.retry_after_ms = std::max<std::int64_t>((entry.until - now).count(), 0);
    return base::fail(std::move(error));
  }
  if (entry.robots.allows(target)) return {};
  return base::fail(Code::denied, "robots.txt disallows this page");
}

Millis RobotsCache::crawl_delay(const std::string& key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? Millis(0) : found->second.robots.crawl_delay();
}

std::vector<RobotsCache::Ticket> RobotsCache::settle(const std::string& key,
                                                     base::Result<ports::HttpResponse> fetched,
                                                     Millis now) {
  Entry& entry = entries_[key];
  entry.pending = false;
  entry.until = now + believed_for;
  // 4xx says that there is none; so does a file that leads round in circles or is too large to be
  // one.
  const bool none = fetched ? fetched->status >= 400 : fetched.error().code == Code::limit;
  if (fetched && !none)
    entry.robots = Robots::parse(fetched->body, product, options_.max_crawl_delay);
  if (!fetched && !none) {
    entry.until = now + std::max(doubted_for, Millis(fetched.error().retry_after_ms));
    entry.until = std::min(entry.until, now + believed_for);
    entry.refusal = refusal_of(std::move(fetched).error(), entry.until - now);
  }
  return std::exchange(entry.waiting, {});
}

void RobotsCache::make_room(Millis now) {
  if (entries_.size() < most_entries) return;
  std::erase_if(entries_,
                [&](const auto& item) { return !item.second.pending && item.second.until <= now; });
  while (entries_.size() >= most_entries) {
    auto oldest = entries_.end();
    for (auto at = entries_.begin(); at != entries_.end(); ++at)
      if (!at->second.pending &&
          (oldest == entries_.end() || at->second.until < oldest->second.until))
        oldest = at;
    if (oldest == entries_.end()) return;
    entries_.erase(oldest);
  }
}

}  // namespace freshet::net
