// core/policy/facts.hpp - what a root's flags and metadata say, as policies read them.
#pragma once

#include <string_view>

#include "core/base/json.hpp"

namespace freshet::policy {

// A member of a JSON object in text; null where it has none, or is no object.
base::Json fact(std::string_view object, std::string_view key);

}  // namespace freshet::policy
