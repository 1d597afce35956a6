#include "core/serve/live.hpp"

#include <fmt/format.h>

#include "core/host/redactor.hpp"

namespace freshet::serve {
namespace {

using sync::Event;
using sync::EventKind;

constexpr std::int64_t sign_of_life_ms = 10'000;

const char* name_of(EventKind kind) {
  switch (kind) {
    case EventKind::run_started:
      return "run_started";
    case EventKind::listing_started:
      return "listing_started";
    case EventKind::listing_ended:
      return "listing_ended";
    case EventKind::root_done:
      return "root_done";
    case EventKind::progress:
      return "progress";
    case EventKind::delivery:
      return "delivery";
    case EventKind::run_ended:
      return "run_ended";
    default:
      return "log";
  }
}

std::string frame(const Event& event) {
  return fmt::format("event: {}\ndata: {}\n\n", name_of(event.kind),
                     base::dump_json(event_json(event)));
}

}  // namespace

base::Json event_json(const Event& event) {
  const host::Redactor& redactor = host::redactor();
  base::Json out{{"time", base::format_instant(event.at)}, {"event", name_of(event.kind)}};
  for (const auto& [key, text] :
       {std::pair<const char*, const std::string&>{"source", event.source},
        {"uri", event.uri},
        {"reason", event.reason},
        {"message", event.message}})
    if (!text.empty()) out[key] = redactor.clean(text);
  if (event.kind == EventKind::root_done) out["outcome"] = sync::outcome_name(event.outcome);
  if (event.kind == EventKind::log) out["level"] = event.level;
  if (event.done > 0 || event.total > 0) out["done"] = event.done, out["total"] = event.total;
  if (event.status != base::Code::ok) out["error"] = base::code_name(event.status);
  return out;
}

void Live::tell(const Event& event) {
  const std::lock_guard lock(mutex_);
  for (const auto& each : watchers_)
    if (const auto watcher = each.lock()) watcher->push(event);
}

Stream Live::watch() {
  auto queue = std::make_shared<service::EventQueue>(service::EventQueue::Ending::when_closed);
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(watchers_, [](const auto& each) { return each.expired(); });
    watchers_.push_back(queue);
    if (closed_) queue->close();
  }
  return [queue, first = true]() mutable -> std::string {
    if (std::exchange(first, false)) return "retry: 2000\n\n";
    service::EventQueue::Item item;
    switch (queue->pop(sign_of_life_ms, item)) {
      case service::EventQueue::Outcome::item:
        return (item.dropped > 0 ? fmt::format("event: missed\ndata: {}\n\n", item.dropped) : "") +
               frame(item.event);
      case service::EventQueue::Outcome::timeout:
        return ": still here\n\n";
      case service::EventQueue::Outcome::ended:
        break;
    }
    return {};
  };
}

void Live::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& each : watchers_)
    if (const auto watcher = each.lock()) watcher->close();
}

}  // namespace freshet::serve
