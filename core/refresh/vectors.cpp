#include "core/refresh/vectors.hpp"

#include <algorithm>
#include <unordered_set>

namespace freshet::refresh {

std::uint64_t estimate_tokens(std::string_view text) { return (text.size() + 3) / 4; }

std::size_t fitting(std::span<const std::string_view> texts, std::uint64_t most_tokens) {
  std::size_t count = 0;
  for (std::uint64_t tokens = 0; count < texts.size(); ++count) {
    tokens += estimate_tokens(texts[count]);
    if (most_tokens != 0 && tokens > most_tokens && count > 0) break;
  }
  return count;
}

Vectors::Vectors(repository::Repository& repository, ports::Embedder& embedder, std::size_t batch,
                 Ledger& ledger)
    : repository_(repository),
      embedder_(embedder),
      batch_(std::max<std::size_t>(1, std::min<std::size_t>(batch, embedder.info().max_inputs))),
      ledger_(ledger) {}

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

base::Status Vectors::request(std::span<const std::string_view> texts, NewVectors& out,
                              const base::Cancel& cancel) {
  FRESHET_ASSIGN(std::vector<std::vector<float>> vectors, embedder_.embed(texts, cancel));
  Counts counts;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    out.emplace(base::digest_of(texts[i]), std::move(vectors[i]));
    counts.embedded_tokens += estimate_tokens(texts[i]);
  }
  counts.embedded_texts = texts.size();
  ledger_.add(counts);
  return {};
}

base::Result<NewVectors> Vectors::embed(std::span<const std::string_view> texts,
                                        const base::Cancel& cancel) {
  FRESHET_ASSIGN(const std::vector<std::string_view> wanted, missing(texts));
  Counts counts;
  counts.embedded_cached = texts.size() - wanted.size();
  ledger_.add(counts);
  NewVectors vectors;
  for (std::span<const std::string_view> left = wanted; !left.empty();) {
    const auto batch =
        left.first(fitting(left.first(std::min(batch_, left.size())), embedder_.info().max_tokens));
    NewVectors brought;
    FRESHET_TRY(request(batch, brought, cancel));
    left = left.subspan(batch.size());
    if (!left.empty())
      FRESHET_TRY(repository_.write(
          [&](repository::Writer& writer) { return put_vectors(writer, model(), brought); }));
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

}  // namespace freshet::refresh
