#include "core/policy/timetable.hpp"

#include <algorithm>

namespace freshet::policy {
namespace {

constexpr base::Millis shortest{1000};

base::Status check_interval(base::Millis every, const std::string& path) {
  if (every >= shortest) return {};
  return base::fail(base::Code::invalid_argument, "is shorter than \"1s\"", path);
}

}  // namespace

Timetable Timetable::every(base::Millis interval) {
  Timetable table;
  table.every_ = std::max(interval, shortest);
  return table;
}

base::Result<Timetable> Timetable::parse(const base::Json& json, const std::string& path) {
  Timetable table;
  if (json.is_string()) {
    auto every = base::parse_duration(json.get_ref<const std::string&>());
    if (!every) return base::fail(base::Code::invalid_argument, every.error().message, path);
    FRESHET_TRY(check_interval(*every, path));
    table.every_ = *every;
    return table;
  }
  base::ObjectReader in(json, path);
  std::string cron, zone;
  const bool in_intervals = in.value("every") != nullptr, by_cron = in.value("cron") != nullptr,
             zoned = in.value("zone") != nullptr;
  in.duration("every", table.every_);
  in.text("cron", cron);
  in.text("zone", zone);
  FRESHET_TRY(in.finish());
  if (in_intervals) FRESHET_TRY(check_interval(table.every_, base::join_path(path, "every")));
  if (!by_cron) {
    if (!in_intervals)
      return base::fail(base::Code::invalid_argument,
                        R"(has neither "every", a duration, nor "cron", five fields)", path);
    if (!zoned) return table;
    return base::fail(base::Code::invalid_argument, "says nothing without \"cron\"",
                      base::join_path(path, "zone"));
  }
  FRESHET_ASSIGN(table.cron_, Cron::parse(cron, base::join_path(path, "cron"), zoned ? zone : "UTC",
                                          base::join_path(path, "zone")));
  return table;
}

base::Json Timetable::to_json() const {
  base::Json out = base::Json::object();
  if (every_.count() > 0) out["every"] = base::format_duration(every_);
  if (cron_) {
    out["cron"] = cron_->text();
    out["zone"] = cron_->zone();
  }
  return out;
}

base::Instant Timetable::next(base::Instant last) const {
  if (last == base::unset) return last;
  base::Instant next = every_.count() > 0 ? last + every_ : base::never;
  if (cron_) next = std::min(next, cron_->next(last));
  return next;
}

}  // namespace freshet::policy
