// cli/mcp/schemas.hpp - what each tool says of itself.
#pragma once

#include <string>
#include <vector>

#include "cli/output.hpp"

namespace freshet::cli::mcp {

constexpr std::int64_t default_budget = 4000, most_budget = 100'000;
constexpr std::int64_t default_hits = 8, most_hits = 100;
constexpr std::int64_t most_neighbours = 50;

Json describe_tools(const std::vector<std::string>& namespaces, bool may_refresh);

}  // namespace freshet::cli::mcp
