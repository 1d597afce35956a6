// core/ports/embedder.hpp - texts to vectors.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"

namespace freshet::ports {

struct EmbedderInfo {
  std::string model;  // names the vector space: equal model = comparable vectors
  std::uint32_t dimension = 0;
  std::uint32_t max_inputs = 0;  // texts a request
  std::uint32_t max_tokens = 0;  // a request; 0: no limit
};

// What vectors are for: many models embed a question otherwise than what answers it.
enum class Purpose { document, query };

// Thread-safe.
class Embedder {
 public:
  virtual ~Embedder() = default;
  virtual const EmbedderInfo& info() const = 0;

  // Exactly one vector a text, in their order, each finite, not all zero, of info().dimension; or
  // an error. At most info().max_inputs texts.
  virtual base::Result<std::vector<std::vector<float>>> embed(
      std::span<const std::string_view> texts, const base::Cancel& cancel,
      Purpose purpose = Purpose::document) = 0;
};

}  // namespace freshet::ports
