#include <algorithm>

#include "core/host/redactor.hpp"
#include "core/service/service_core.hpp"

namespace freshet::service {

using base::Json;
using base::Result;

Json ServiceCore::source_json(std::size_t i, Instant now) const {
  const sync::NamedSource& source = plan_->sources[i];
  Json out = watched_.at(source.id).account.to_json();
  out["name"] = host::redactor().clean(source.name);
  out["running"] = agenda_->is_running(i);
  out["schedule"] = plan_->duties[i].timetable.to_json();
  out["next_listing"] = base::format_instant(std::max(now, agenda_->next_listing(i, now)));
  out["next_due"] = base::format_instant(agenda_->next_due(i));
  return out;
}

Result<Json> ServiceCore::statistics() const {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, session_->repository->read());
  FRESHET_ASSIGN(const repository::Info info, snapshot.info());
  const Instant now = machine_.clock.now();
  FRESHET_ASSIGN(const std::uint64_t due, snapshot.count_due(now));
  const ports::Lock lock(mutex_);
  Json out{{"running", running_},
           {"since", base::format_instant(since_)},
           {"runs", account_.to_json()},
           {"under_way", jobs_.size()},
           {"waiting", agenda_->waiting(now, machine_.clock.monotonic())},
           {"workers", plan_->options.workers},
           {"roots_due", due},
           {"roots_failing", info.failing},
           {"deliveries_pending", info.deliveries},
           {"reloads", reloads_},
           {"reload_error", reload_error_.empty() ? Json() : Json(reload_error_)},
           {"sources", Json::array()}};
  Instant next = base::never;
  for (std::size_t i = 0; i < plan_->sources.size(); ++i) {
    out["sources"].push_back(source_json(i, now));
    next = std::min({next, agenda_->next_listing(i, now), agenda_->next_due(i)});
  }
  out["next_due"] = base::format_instant(std::max(now, next));
  return out;
}

}  // namespace freshet::service
