#include "core/service/herald.hpp"

#include "core/host/redactor.hpp"

namespace freshet::service {

using sync::Event;
using sync::EventKind;

std::shared_ptr<sync::EventSink> Herald::listen(sync::EventSink sink) {
  auto listener = std::make_shared<sync::EventSink>(std::move(sink));
  const std::lock_guard lock(mutex_);
  std::erase_if(listeners_, [](const auto& each) { return each.expired(); });
  listeners_.push_back(listener);
  return listener;
}

void Herald::push(Event event) noexcept {
  (void)base::guarded([&]() -> base::Status {
    const std::lock_guard lock(mutex_);
    for (const auto& each : listeners_)
      if (const auto listener = each.lock()) (*listener)(event);
    return {};
  });
  events_.push(std::move(event));
}

void Herald::tell(News news) noexcept {
  (void)base::guarded([&]() -> base::Status {
    Event event;
    event.kind = news.kind;
    event.at = clock_.now();
    event.source = host::redactor().clean(news.source);
    event.label = host::redactor().clean(news.label);
    event.message = std::move(news.message);
    event.reason = std::move(news.reason);
    if (news.error != nullptr) event.explain(host::redactor().clean(*news.error));
    if (news.error != nullptr && news.kind == EventKind::log) event.level = sync::log_warning;
    push(std::move(event));
    return {};
  });
}

}  // namespace freshet::service
