// core/sync/config_check.hpp - all that is wrong with a configuration, not only the first thing.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "core/sync/use.hpp"

namespace freshet::sync {

inline constexpr std::size_t most_problems = 100;

// Everything that `first` finds in `json`, one after the other; what it found is taken out before it looks
// again. The subject of each is its place in `json`.
std::vector<base::Error> find_problems(
    const Json& json, const std::function<std::optional<base::Error>(const Json&)>& first);

// All that is wrong with the sources and the plugins of a configuration.
std::vector<base::Error> check_config(const Offer& offer, const RunConfig& config);

// Everything for which a run would refuse `config`, in the order it is found. The subject of each is
// its place in the configuration.
std::vector<base::Error> find_problems(const Offer& offer, const Json& config,
                                       const policy::NamedPolicies& named);

}  // namespace freshet::sync
