// core/host/kind.hpp - what a plugin may provide.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "core/ports/catalog.hpp"

namespace freshet::host {

using Json = nlohmann::json;
using ports::all_kinds;
using ports::Kind;
std::string_view kind_name(Kind kind);

}  // namespace freshet::host
