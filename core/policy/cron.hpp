// core/policy/cron.hpp - times of the day on days of the year, as cron writes them, by the clocks of
// a time zone.
//
// Five fields: minute, hour, day of the month, month, weekday; each "*", numbers, names of three
// letters, ranges, steps, and lists of these. Where day and weekday both are restricted, a day that
// is either will do. A time that the clocks skip in spring is as soon as they go on; one that they show
// twice in autumn is once, the first time, unless every hour is meant: then each has its own.
#pragma once

#include <bitset>
#include <string>

#include "core/base/error.hpp"
#include "core/base/instant.hpp"

namespace date {
class time_zone;
}

namespace freshet::policy {

class Cron {
 public:
  // `zone`: a name of the IANA database. Fails with invalid_argument, naming `path` or `zone_path`.
  static base::Result<Cron> parse(const std::string& text, const std::string& path,
                                  const std::string& zone, const std::string& zone_path);
  // The first time behind `after`; never where there is none before the year 9999.
  base::Instant next(base::Instant after) const;
  const std::string& text() const { return text_; }
  std::string zone() const;

 private:
  bool has_day(std::int64_t day) const;  // since 1970-01-01
  bool has_minute(int minute) const {
    return hours_[static_cast<std::size_t>(minute) / 60] &&
           minutes_[static_cast<std::size_t>(minute) % 60];
  }
  base::Instant once(base::Instant after) const;
  base::Instant repeated(base::Instant after, base::Instant before) const;

  std::string text_;
  const date::time_zone* zone_ = nullptr;  // of the database, which stays
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;  // Sunday is the first
  bool either_ = false;      // a day of the month or a weekday
};

}  // namespace freshet::policy
