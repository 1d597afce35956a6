// core/sync/embed.hpp - texts to vectors for an application, as a refresh would make them.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/ports/embedder.hpp"
#include "core/sync/config.hpp"
#include "core/sync/context.hpp"

namespace freshet::sync {

struct Embedded {
  std::string model;
  std::uint32_t dimension = 0;
  std::vector<std::vector<float>> vectors;  // one a text
};

// By `embedder`, or by the one that the repository was delivered with: not_found where it never was,
// unsupported where it was without one. Nothing is stored.
base::Result<Embedded> embed(const Context& context, const std::optional<Use>& embedder,
                             std::span<const std::string_view> texts, ports::Purpose purpose,
                             const base::Cancel& cancel);

}  // namespace freshet::sync
