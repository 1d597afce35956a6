#include "freshet/service.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/event.hpp"
#include "capi/objects.hpp"

namespace freshet::capi {
namespace {

using base::Code;
using base::Status;
using service::EventQueue;

Status next_event(ServiceObject& object, std::int64_t timeout_ms, freshet_event* out) {
  const std::unique_lock lock(object.poll_mutex, std::try_to_lock);
  if (!lock) return base::fail(Code::misuse, "another thread is polling its events", "service");
  switch (object.service->events().pop(timeout_ms, object.last)) {
    case EventQueue::Outcome::item:
      return fill(out, event_of(object.last), "out_event");
    case EventQueue::Outcome::ended:
      return {};
    case EventQueue::Outcome::timeout:
      break;
  }
  return base::fail(Code::timeout, "nothing happened in that time", "service");
}

}  // namespace

extern "C" {

FRESHET_API freshet_status freshet_service_open(freshet_repository* repository,
                                                const char* config_json,
                                                freshet_service** out_service,
                                                freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_service, "out_service"));
    FRESHET_ASSIGN(auto session, get(repository));
    FRESHET_ASSIGN(const auto config, options(config_json, "config_json"));
    auto object = std::make_shared<ServiceObject>();
    FRESHET_ASSIGN(object->service, freshet::serve::Served::open(std::move(session), config));
    *out_service = make_handle<freshet_service>(std::move(object));
    return {};
  });
}

FRESHET_API freshet_status freshet_service_start(freshet_service* service,
                                                 freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(service));
    return object->service->start();
  });
}

FRESHET_API freshet_status freshet_service_stop(freshet_service* service, int64_t timeout_ms,
                                                freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(service));
    return object->service->stop(timeout_ms);
  });
}

FRESHET_API freshet_status freshet_service_trigger(freshet_service* service, const char* source,
                                                   freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(service));
    FRESHET_ASSIGN(const std::string name, text_or_empty(source, "source"));
    return object->service->trigger(name);
  });
}

FRESHET_API freshet_status freshet_service_reload(freshet_service* service, const char* config_json,
                                                  freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(service));
    FRESHET_ASSIGN(const auto config, options(config_json, "config_json"));
    return object->service->reload(config);
  });
}

FRESHET_API freshet_status freshet_service_statistics(const freshet_service* service,
                                                      char** out_json,
                                                      freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(service));
    FRESHET_ASSIGN(const auto statistics, object->service->statistics());
    *out_json = give_text(base::dump_json(statistics));
    return {};
  });
}

FRESHET_API freshet_status freshet_service_next_event(freshet_service* service, int64_t timeout_ms,
                                                      freshet_event* out_event,
                                                      freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(fill(out_event, freshet_event FRESHET_EVENT_INIT, "out_event"));
    FRESHET_ASSIGN(const auto object, get(service));
    return next_event(*object, timeout_ms, out_event);
  });
}

FRESHET_API void freshet_service_free(freshet_service* service) noexcept {
  guard_free([&] { take(service); });
}

}  // extern "C"
}  // namespace freshet::capi
