// loader_web/asked.hpp - what an address answered to whoever wanted to know what it is, for those who list by it.
#pragma once

#include <optional>

#include <freshet/sdk/freshet_sdk.hpp>

namespace freshet::loader_web {

// Nothing: it was not asked yet. To a request without conditions.
using Asked = std::optional<sdk::Response>;

}  // namespace freshet::loader_web
