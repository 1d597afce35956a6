// core/ports/transformer.hpp - enriches the chunks of documents before they are embedded and stored.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/model/chunk.hpp"

namespace freshet::ports {

// A chunk and its document, both borrowed.
struct Passage {
  const model::Document* document;
  const model::Chunk* chunk;
};

// What becomes of one chunk.
struct Enriched {
  std::optional<std::string> text;               // nothing: as it was
  model::Json metadata = model::Json::object();  // is added, key by key
  std::optional<base::Error> rejection;          // its document fails
};

// Thread-safe.
class Transformer {
 public:
  virtual ~Transformer() = default;
  // A chunk whose text it has replaced bears "transform_<name>": true.
  virtual const std::string& name() const = 0;
  // Changes whenever the same chunks would be transformed differently.
  virtual const std::string& fingerprint() const = 0;
  virtual std::size_t max_chunks() const = 0;  // a call; at least 1

  // One outcome for each passage, in their order; or an error for all.
  virtual base::Result<std::vector<Enriched>> transform(std::span<const Passage> passages,
                                                        const base::Cancel& cancel) const = 0;
};

}  // namespace freshet::ports
