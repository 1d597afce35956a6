#include "core/policy/zone.hpp"

#include <fmt/format.h>

#include <chrono>

#include "core/base/text.hpp"

namespace freshet::policy {

using base::Code;
using base::Instant;
using base::Result;

date::sys_time<base::Millis> time_of(Instant at) {
  return date::sys_time<base::Millis>(base::Millis(at.ms));
}

Instant instant_of(date::sys_seconds at) { return {base::Millis(at.time_since_epoch()).count()}; }

Result<const date::time_zone*> find_zone(const std::string& name, const std::string& path) {
  const date::tzdb* database = nullptr;
  try {
    database = &date::get_tzdb();
  } catch (const std::exception& error) {
    return base::fail(
        Code::unsupported,
        fmt::format("no time zones are known here (is tzdata installed?): {}", error.what()), path);
  }
  try {
    const date::time_zone* zone = date::locate_zone(name);
    zone->get_info(date::sys_seconds());  // reads its file now, not when it is first asked
    return zone;
  } catch (const std::exception&) {
    std::vector<std::string> names;
    for (const auto& zone : database->zones) names.push_back(zone.name());
    const std::string near = base::nearest(name, names);
    return base::fail(
        Code::invalid_argument,
        fmt::format("{} is not a time zone of the IANA database; {}", base::in_quotes(name),
                    near.empty() ? R"(write one such as "Europe/Berlin")"
                                 : fmt::format("did you mean \"{}\"?", near)),
        path);
  }
}

date::local_seconds shown_at(const date::time_zone& zone, Instant at) {
  const auto time = std::chrono::floor<std::chrono::seconds>(time_of(at));
  return date::local_seconds(time.time_since_epoch() + zone.get_info(time).offset);
}

void add_instants(const date::time_zone& zone, date::local_seconds local,
                  std::vector<Instant>& out) {
  const date::local_info info = zone.get_info(local);
  const auto shown = [&](const date::sys_info& by) {
    return instant_of(date::sys_seconds(local.time_since_epoch() - by.offset));
  };
  if (info.result == date::local_info::nonexistent) {
    out.push_back(instant_of(info.first.end));
    return;
  }
  out.push_back(shown(info.first));
  if (info.result == date::local_info::ambiguous) out.push_back(shown(info.second));
}

}  // namespace freshet::policy
