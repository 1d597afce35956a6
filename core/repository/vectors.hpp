// core/repository/vectors.hpp - the vectors of texts, by model and in no namespace.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

class ReadsVectors : public Part {
 public:
  using Part::Part;

  // The cached vector of `text_digest` under `model`; empty where there is none.
  base::Result<std::vector<float>> vector(const std::string& model,
                                          const Digest& text_digest) const;
  base::Result<bool> has_vector(const std::string& model, const Digest& text_digest) const;
};

class WritesVectors : public Part {
 public:
  using Part::Part;

  base::Status put_vector(const std::string& model, const Digest& text_digest,
                          std::span<const float> vector);
};

}  // namespace freshet::repository
