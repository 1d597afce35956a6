// core/ports/embedder.hpp - texts to vectors.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"

namespace freshet::ports {

// A limit of 0 is none.
struct EmbedderInfo {
  std::string model;      // names the vector space: equal model = comparable vectors
  std::string tokenizer;  // names what its tokens are counted with; empty: not told
  std::uint32_t dimension = 0;
  std::uint32_t max_inputs = 0;       // texts a request
  std::uint32_t max_tokens = 0;       // a request
  std::uint32_t max_text_tokens = 0;  // a text
  std::uint64_t max_bytes = 0;        // a request
};

// A text that will not be embedded, however often it is asked for.
struct Rejection {
  std::size_t index = 0;
  base::Error error;
};

struct Embeddings {
  std::vector<std::vector<float>> vectors;  // of the texts, in their order; empty: there is none
  std::vector<Rejection> rejections;
  std::optional<base::Error> failure;  // why texts have neither: the rest was paid for all the same
  std::uint64_t tokens = 0;            // used, as the embedder counts them; 0: not told
};

// What vectors are for: many models embed a question otherwise than what answers it.
enum class Purpose { document, query };

// Thread-safe.
class Embedder {
 public:
  virtual ~Embedder() = default;
  virtual const EmbedderInfo& info() const = 0;

  // For each text a vector, finite, not all zero, of info().dimension, or a rejection; or an error
  // for all. Where a call failed half-way, what it brought until then comes with its failure. At
  // most info().max_inputs texts.
  virtual base::Result<Embeddings> embed(std::span<const std::string_view> texts,
                                         const base::Cancel& cancel,
                                         Purpose purpose = Purpose::document) = 0;
};

// The same where every text has to have a vector: the failure or the first rejection is the error.
inline base::Result<std::vector<std::vector<float>>> embed_all(
    Embedder& embedder, std::span<const std::string_view> texts, const base::Cancel& cancel,
    Purpose purpose = Purpose::document) {
  FRESHET_ASSIGN(Embeddings made, embedder.embed(texts, cancel, purpose));
  if (made.failure) return base::fail(*std::move(made.failure));
  if (!made.rejections.empty()) return base::fail(std::move(made.rejections.front().error));
  return std::move(made.vectors);
}

}  // namespace freshet::ports
