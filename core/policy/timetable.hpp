// core/policy/timetable.hpp - when the service lists a source: in intervals, at the times of a cron
// expression, or both.
#pragma once

#include <optional>
#include <string>

#include "core/base/json.hpp"
#include "core/policy/cron.hpp"

namespace freshet::policy {

class Timetable {
 public:
  // "6h", or {"every":"6h","cron":"0 6 * * 1-5","zone":"Europe/Berlin"} with one of every and cron at
  // least; the zone is UTC by default.
  static base::Result<Timetable> parse(const base::Json& json, const std::string& path);
  // From 1 s on.
  static Timetable every(base::Millis interval);

  base::Json to_json() const;
  // The first time behind `last`, the time before. Unset, as yet there was none: at once.
  base::Instant next(base::Instant last) const;

 private:
  base::Millis every_{0};  // 0: not in intervals
  std::optional<Cron> cron_;
};

}  // namespace freshet::policy
