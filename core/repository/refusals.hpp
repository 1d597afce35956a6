// core/repository/refusals.hpp - what a reader or an embedder refused for good, so that it is not
// asked of it again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/error.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

// The content of a root that was refused last. It speaks of these bytes, this recipe and this model
// alone, so that it may stay when they change.
struct Refusal {
  std::string uri;
  Digest bytes_digest;
  Digest recipe;      // of the readers and the chunker
  std::string model;  // of the embedder, where that refused it; empty: a reader or the chunker did
  std::string version;  // the validator that it came with
  Instant since;
  base::Code code = base::Code::ok;
  std::string error;  // one line
};

class ReadsRefusals : public Part {
 public:
  using Part::Part;

  base::Result<std::optional<Refusal>> refusal(const Digest& root) const;
};

class WritesRefusals : public Part {
 public:
  using Part::Part;

  // In the commit that records the failure: the root is known.
  base::Status put_refusal(const Refusal& refusal);
};

}  // namespace freshet::repository
