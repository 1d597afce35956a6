// core/sync/chunking.hpp - how documents become chunks: the chunker's options, with the tokenizer
// and the transformers that they name, opened. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/chunk/chunker.hpp"
#include "core/chunk/transformer.hpp"
#include "core/ports/tokenizer.hpp"
#include "core/sync/config.hpp"
#include "core/sync/context.hpp"

namespace freshet::sync {

struct Offer;

// All that is wrong with the plugins that `config` names.
std::vector<base::Error> check_chunking(const Offer& offer, const ChunkingConfig& config);

class Chunking {
 public:
  Chunking() = default;  // the defaults: code points, no transformer
  static base::Result<Chunking> open(const Offer& offer, ports::Catalog& catalog,
                                     const ChunkingConfig& config, const base::Cancel& cancel = {});

  // Changes whenever the same document would be chunked differently.
  std::string fingerprint() const;

  // Texts may yet be transformed, and ids are not set.
  base::Result<std::vector<model::Chunk>> cut(const model::Document& document) const;
  bool transforms() const { return !transformers_.empty(); }
  // Transforms what cut() has made, and completes those that did not fail.
  void finish(std::span<chunk::Draft> drafts, const base::Cancel& cancel) const;
  // Counts the tokens of texts that are as they will be stored, and sets the ids.
  base::Status complete(const std::string& uri, std::vector<model::Chunk>& chunks) const;
  // All of it for one document.
  base::Result<std::vector<model::Chunk>> make(const model::Document& document,
                                               const base::Cancel& cancel) const;

  double most_repeated() const { return chunk::most_repeated(options_); }
  const ports::Tokenizer* tokenizer() const { return tokenizer_.get(); }  // null: none is named

 private:
  chunk::ChunkerOptions options_;
  std::shared_ptr<const ports::Tokenizer> tokenizer_;
  std::vector<chunk::TransformerPtr> transformers_;
};

// What complete() has counted, summed; nothing where it counted nothing.
std::optional<std::uint64_t> tokens_in(std::span<const model::Chunk> chunks);

}  // namespace freshet::sync
