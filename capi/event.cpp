#include "capi/event.hpp"

namespace freshet::capi {

using service::EventQueue;
using sync::Event;
using sync::EventKind;

freshet_event event_of(const EventQueue::Item& item) {
  const Event& event = item.event;
  freshet_event out = FRESHET_EVENT_INIT;
  out.kind = static_cast<std::int32_t>(event.kind);
  out.outcome = event.kind == EventKind::root_done ? static_cast<std::int32_t>(event.outcome) : 0;
  out.level = event.level;
  out.time_ms = event.at.ms;
  out.done = event.done;
  out.total = event.total;
  out.dropped = item.dropped;
  out.source = event.source.c_str();
  out.uri = event.uri.c_str();
  out.message = event.message.c_str();
  out.reason = event.reason.c_str();
  out.status = static_cast<freshet_status>(event.status);
  out.subject = event.subject.c_str();
  out.retry_after_ms = event.retry_after_ms;
  out.attempts = event.attempts;
  out.label = event.label.c_str();
  return out;
}

void hand_out(EventQueue& events, freshet_event_callback on_event, void* payload) {
  EventQueue::Item item;
  while (events.pop(-1, item) == EventQueue::Outcome::item) {
    const freshet_event event = event_of(item);
    try {
      on_event(payload, &event);
    } catch (...) {  // it may not throw; if it does, nobody is the worse for it
    }
  }
}

}  // namespace freshet::capi
