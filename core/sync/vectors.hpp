// core/sync/vectors.hpp - finds which texts have no vector yet, and embeds just those.
#pragma once

#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/model/chunk.hpp"
#include "core/ports/embedder.hpp"
#include "core/ports/tokenizer.hpp"
#include "core/repository/repository.hpp"
#include "core/sync/ledger.hpp"

namespace freshet::sync {

// New vectors by the digest of their text.
using NewVectors = std::unordered_map<base::Digest, std::vector<float>>;

// About four bytes a token, as is common for English prose: an estimate, and said to be one.
std::uint64_t estimate_tokens(std::string_view text);

// How many of `texts`, from the first, go into one request to this embedder; at least one. Tokens are
// estimated, or as many as `tokens` says.
std::size_t fitting(std::span<const std::string_view> texts, const ports::EmbedderInfo& limits);
std::size_t fitting(std::span<const std::string_view> texts, std::span<const std::uint64_t> tokens,
                    const ports::EmbedderInfo& limits);

inline std::vector<std::string_view> views_of(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

// Why a text has no vector and will have none, by the digest of the text.
using Rejections = std::unordered_map<base::Digest, base::Error>;

// Whose texts they are, for whoever traces the run.
using NameRoots = std::function<std::vector<Activity::Root>()>;

// Thread-safe.
class Vectors {
 public:
  // A request carries at most `batch` texts, and never more than the embedder takes. Tokens are
  // counted by `tokenizer`, or estimated where it is null. `titles`: texts are embedded behind them.
  Vectors(repository::Repository& repository, ports::Embedder& embedder, std::size_t batch,
          Ledger& ledger, const ports::Tokenizer* tokenizer = nullptr, bool titles = false);

  // What is embedded of a chunk, whose document has this title.
  std::string text_of(const model::Chunk& chunk, std::string_view title) const;

  // Vectors for those of `texts` that the repository has none for; equal texts are embedded once.
  // Requests keep the embedder's limits. What a request brought is written before the next one is
  // sent, and what half a request brought before it failed, so that a failure costs nothing that was
  // paid for; the vectors of the last request are
  // still to be put with what they are for, unless it rejected something.
  base::Result<NewVectors> embed(std::span<const std::string_view> texts,
                                 const base::Cancel& cancel, Rejections& rejections,
                                 const NameRoots& roots = {});

  std::size_t batch() const { return batch_; }
  const std::string& model() const { return embedder_.info().model; }

 private:
  base::Result<std::vector<std::string_view>> missing(std::span<const std::string_view> texts);
  base::Result<std::vector<std::uint64_t>> tokens_of(std::span<const std::string_view> texts) const;
  void warn_of_long(std::span<const std::uint64_t> tokens);
  base::Result<ports::Embeddings> request(std::span<const std::string_view> texts,
                                          std::span<const std::uint64_t> tokens,
                                          const base::Cancel& cancel, const NameRoots& roots);

  repository::Repository& repository_;
  ports::Embedder& embedder_;
  const std::size_t batch_;
  Ledger& ledger_;
  const ports::Tokenizer* const tokenizer_;
  const bool titles_;
  std::once_flag warned_;
};

// Inside write(): keeps those that are not there yet.
base::Status put_vectors(repository::Writer& writer, const std::string& model,
                         const NewVectors& vectors);

}  // namespace freshet::sync
