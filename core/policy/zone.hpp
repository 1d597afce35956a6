// core/policy/zone.hpp - the clocks of a time zone, by the machine's own IANA database.
#pragma once

#include <date/tz.h>

#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/instant.hpp"

namespace freshet::policy {

// Good as long as the process lives. Fails with invalid_argument, naming the nearest one.
base::Result<const date::time_zone*> find_zone(const std::string& name, const std::string& path);

date::sys_time<base::Millis> time_of(base::Instant at);
base::Instant instant_of(date::sys_seconds at);

// What the zone's clocks show.
date::local_seconds shown_at(const date::time_zone& zone, base::Instant at);
// Every instant at which they show `local`, the first one first; where they skip it, the one at which
// they do.
void add_instants(const date::time_zone& zone, date::local_seconds local,
                  std::vector<base::Instant>& out);

}  // namespace freshet::policy
