// core/sync/forecast.hpp - how many requests the days to come will need, as if no page changed and none came.
#pragma once

#include <cstdint>
#include <vector>

#include "core/sync/state.hpp"

namespace freshet::sync {

// Of the known pages of a source, for each of so many days from now. A page whose policy always says yes
// counts once a day: how often it is run nobody knows. A forced run asks for all of them today.
base::Result<std::vector<std::uint64_t>> forecast(const Run& run, const OpenSource& source,
                                                  std::size_t days);

}  // namespace freshet::sync
