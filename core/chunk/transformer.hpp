// core/chunk/transformer.hpp - enriches a chunk's text before it is embedded and stored.
//
// Transformers run after splitting, so a text may grow beyond max_chunk_size; the text before them
// is kept as urtext. They are immutable and may be shared by threads.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/model/chunk.hpp"

namespace freshet::chunk {

class Transformer {
 public:
  virtual ~Transformer() = default;
  virtual std::string_view name() const = 0;
  virtual void apply(model::Chunk& chunk, const model::Document& document) const = 0;

  // Changes whenever the same chunk would be transformed differently.
  virtual std::string fingerprint() const { return std::string(name()); }
};

using TransformerPtr = std::shared_ptr<const Transformer>;

// For transformers that replace the text: keeps the urtext, and marks the chunk's metadata with
// "transform_<name>": true.
class TextTransformer : public Transformer {
 public:
  void apply(model::Chunk& chunk, const model::Document& document) const final;

 protected:
  virtual std::string transform(const model::Chunk& chunk,
                                const model::Document& document) const = 0;
};

// Leaves chunks as they are, and no mark on them.
TransformerPtr no_op();

// Puts the lines "# Title:", "# URI:" and "# Section:" in front of the text, each where it is
// known.
TransformerPtr add_titles();

// One after the other, in their order.
TransformerPtr chained(std::vector<TransformerPtr> transformers);

// "none", "add_titles", or an array of these. Fails with invalid_argument, naming the nearest
// known.
base::Result<TransformerPtr> parse_transformer(const nlohmann::json& value,
                                               const std::string& path);

}  // namespace freshet::chunk
