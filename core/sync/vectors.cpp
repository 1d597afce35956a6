#include "core/sync/vectors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "core/model/embedded.hpp"

namespace freshet::sync {
namespace {

Activity activity_of(std::size_t texts, const std::string& model,
                     const base::Result<ports::Embeddings>& answer, const NameRoots& roots) {
  Activity activity;
  activity.kind = ActivityKind::embed;
  if (roots) activity.roots = roots();
  activity.by = model;
  activity.count = texts;
  if (!answer) {
    activity.error = base::Error(answer.error());
  } else {
    activity.amount = answer->tokens;
    activity.error = answer->failure;
  }
  return activity;
}

}  // namespace

std::uint64_t estimate_tokens(std::string_view text) { return (text.size() + 3) / 4; }

std::size_t fitting(std::span<const std::string_view> texts, const ports::EmbedderInfo& limits) {
  std::vector<std::uint64_t> tokens;
  for (const std::string_view text : texts) tokens.push_back(estimate_tokens(text));
  return fitting(texts, tokens, limits);
}

std::size_t fitting(std::span<const std::string_view> texts, std::span<const std::uint64_t> tokens,
                    const ports::EmbedderInfo& limits) {
  std::size_t count = 0;
  for (std::uint64_t sum = 0, bytes = 0; count < texts.size(); ++count) {
    sum += tokens[count];
    bytes += texts[count].size();
    const bool over = (limits.max_tokens != 0 && sum > limits.max_tokens) ||
                      (limits.max_bytes != 0 && bytes > limits.max_bytes);
    if (over && count > 0) break;
  }
  return count;
}

Vectors::Vectors(repository::Repository& repository, ports::Embedder& embedder, std::size_t batch,
                 Ledger& ledger, const ports::Tokenizer* tokenizer, bool titles)
    : repository_(repository),
      embedder_(embedder),
      batch_(std::max<std::size_t>(1, std::min<std::size_t>(batch, embedder.info().max_inputs))),
      ledger_(ledger),
      tokenizer_(tokenizer),
      titles_(titles) {}

std::string Vectors::text_of(const model::Chunk& chunk, std::string_view title) const {
  return titles_ ? model::with_titles(chunk, title) : chunk.text;
}

base::Result<std::vector<std::string_view>> Vectors::missing(
    std::span<const std::string_view> texts) {
  std::vector<std::string_view> without;
  std::unordered_set<base::Digest> met;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository_.read());
  for (const std::string_view text : texts) {
    const base::Digest digest = base::digest_of(text);
    if (!met.insert(digest).second) continue;
    FRESHET_ASSIGN(const bool known, snapshot.has_vector(model(), digest));
    if (!known) without.push_back(text);
  }
  return without;
}

base::Result<std::vector<std::uint64_t>> Vectors::tokens_of(
    std::span<const std::string_view> texts) const {
  std::vector<std::uint64_t> tokens;
  for (const std::string_view text : texts) {
    std::uint64_t count = estimate_tokens(text);
    if (tokenizer_ != nullptr) {
      FRESHET_ASSIGN(count, tokenizer_->count(text));
    }
    tokens.push_back(count);
  }
  return tokens;
}

// Once a run: the model's answer to a text that is too long may be a vector of its beginning alone.
void Vectors::warn_of_long(std::span<const std::uint64_t> tokens) {
  const std::uint32_t most = embedder_.info().max_text_tokens;
  if (most == 0) return;
  for (const std::uint64_t count : tokens)
    if (count > most)
      std::call_once(warned_, [&] {
        ledger_.log(log_warning,
                    fmt::format("a chunk of {}{} tokens is longer than the {} that {} takes: "
                                "chunker.max_chunk_size makes it shorter",
                                tokenizer_ == nullptr ? "about " : "", count, most, model()));
      });
}

base::Result<ports::Embeddings> Vectors::request(std::span<const std::string_view> texts,
                                                 std::span<const std::uint64_t> tokens,
                                                 const base::Cancel& cancel,
                                                 const NameRoots& roots) {
  warn_of_long(tokens);
  const base::Instant began = ledger_.activity_begins();
  auto answer = embedder_.embed(texts, cancel);
  ledger_.activity_ended(began, [&] { return activity_of(texts.size(), model(), answer, roots); });
  FRESHET_ASSIGN(ports::Embeddings made, std::move(answer));
  Counts counts;
  counts.embedded_tokens = made.tokens;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (made.vectors[i].empty()) continue;
    ++counts.embedded_texts;
    if (made.tokens == 0) counts.embedded_tokens += tokens[i];
  }
  if (made.tokens == 0 && tokenizer_ == nullptr) counts.estimated_tokens = counts.embedded_tokens;
  ledger_.add(counts);
  return made;
}

base::Result<NewVectors> Vectors::embed(std::span<const std::string_view> texts,
                                        const base::Cancel& cancel, Rejections& rejections,
                                        const NameRoots& roots) {
  FRESHET_ASSIGN(const std::vector<std::string_view> wanted, missing(texts));
  Counts counts;
  counts.embedded_cached = texts.size() - wanted.size();
  ledger_.add(counts);
  FRESHET_ASSIGN(const std::vector<std::uint64_t> all_tokens, tokens_of(wanted));
  NewVectors vectors;
  std::span<const std::uint64_t> tokens = all_tokens;
  for (std::span<const std::string_view> left = wanted; !left.empty();) {
    const auto batch =
        left.first(fitting(left.first(std::min(batch_, left.size())), tokens, embedder_.info()));
    FRESHET_ASSIGN(ports::Embeddings made,
                   request(batch, tokens.first(batch.size()), cancel, roots));
    tokens = tokens.subspan(batch.size());
    NewVectors brought;
    for (std::size_t i = 0; i < batch.size(); ++i)
      if (!made.vectors[i].empty())
        brought.emplace(base::digest_of(batch[i]), std::move(made.vectors[i]));
    for (ports::Rejection& rejection : made.rejections)
      rejections.emplace(base::digest_of(batch[rejection.index]), std::move(rejection.error));
    left = left.subspan(batch.size());
    if (!left.empty() || !rejections.empty() || made.failure)
      FRESHET_TRY(repository_.write(
          [&](repository::Writer& writer) { return put_vectors(writer, model(), brought); }));
    if (made.failure) return base::fail(*std::move(made.failure));
    vectors.merge(brought);
  }
  return vectors;
}

base::Status put_vectors(repository::Writer& writer, const std::string& model,
                         const NewVectors& vectors) {
  for (const auto& [digest, vector] : vectors) {
    FRESHET_ASSIGN(const bool known, writer.read().has_vector(model, digest));
    if (!known) FRESHET_TRY(writer.put_vector(model, digest, vector));
  }
  return {};
}

}  // namespace freshet::sync
