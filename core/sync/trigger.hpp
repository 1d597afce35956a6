// core/sync/trigger.hpp - refreshes that are asked for from outside.
#pragma once

#include <cstdint>
#include <string>

#include "core/repository/repository.hpp"

namespace freshet::sync {

// Triggers all known roots whose URIs begin with `prefix`; how many there were.
base::Result<std::uint64_t> trigger_prefix(repository::Repository& repository,
                                           const std::string& prefix, const std::string& why);

}  // namespace freshet::sync
