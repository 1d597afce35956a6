#include "freshet/trigger.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/objects.hpp"
#include "core/sync/trigger.hpp"

namespace freshet::capi {
namespace {

using base::Json;
using base::Status;

base::Result<std::string> reason_of(const char* reason) {
  return text(reason == nullptr ? "external trigger" : reason, "reason");
}

Json to_json(const repository::Trigger& trigger) {
  return {{"uri", trigger.uri}, {"since_ms", trigger.since.ms}, {"reason", trigger.why}};
}

}  // namespace
}  // namespace freshet::capi

extern "C" {

using namespace freshet::capi;

FRESHET_API freshet_status freshet_trigger_root(freshet_repository* repository, const char* uri,
                                                const char* reason,
                                                freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const std::string name, text(uri, "uri"));
    FRESHET_ASSIGN(const std::string why, reason_of(reason));
    return object->repository->write(
        [&](freshet::repository::Writer& writer) { return writer.put_trigger(name, why); });
  });
}

FRESHET_API freshet_status freshet_trigger_prefix(freshet_repository* repository,
                                                  const char* prefix, const char* reason,
                                                  uint64_t* out_count,
                                                  freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    if (out_count != nullptr) *out_count = 0;
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const std::string begin, text(prefix, "prefix"));
    FRESHET_ASSIGN(const std::string why, reason_of(reason));
    FRESHET_ASSIGN(const std::uint64_t count,
                   freshet::sync::trigger_prefix(*object->repository, begin, why));
    if (out_count != nullptr) *out_count = count;
    return {};
  });
}

FRESHET_API freshet_status freshet_trigger_list(const freshet_repository* repository, size_t limit,
                                                char** out_json,
                                                freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const auto snapshot, object->repository->read());
    FRESHET_ASSIGN(const auto triggers, snapshot.triggers({}, limit));
    Json list = Json::array();
    for (const auto& trigger : triggers) list.push_back(to_json(trigger));
    *out_json = give_text(freshet::base::dump_json({{"triggers", std::move(list)}}));
    return {};
  });
}

}  // extern "C"
