#include "core/refresh/estimate.hpp"

#include <algorithm>
#include <cmath>

#include "core/refresh/state.hpp"

namespace freshet::refresh {
namespace {

constexpr std::size_t most_samples = 1000;
constexpr std::size_t most_counted = 20;       // roots whose tokens are counted
constexpr std::uint64_t least_text_part = 10;  // of a page of markup a tenth may be text

void add(std::optional<Range>& sum, const std::optional<Range>& more) {
  if (!sum || !more) return sum.reset();
  sum->low += more->low;
  sum->high += more->high;
}

struct Stored {
  Samples chunks, tokens;
};

// Roots lie in the order of a hash, so that the first ones are a fair sample.
base::Result<Stored> sample(const OpenSource& source, const repository::Snapshot& snapshot,
                            const TokenRate& rate) {
  Stored stored;
  FRESHET_ASSIGN(const auto members, snapshot.members(source.record.id, {}, most_samples));
  FRESHET_TRY(snapshot.roots(members, [&](std::size_t, const repository::RootView* root) {
    if (root == nullptr || !root->exists()) return;
    stored.chunks.add(root->chunks);
    stored.tokens.add(rate.of(root->length));
  }));
  return stored;
}

}  // namespace

std::uint64_t TokenRate::of(std::uint64_t bytes_of_text) const {
  const double exact =
      static_cast<double>(bytes_of_text) * static_cast<double>(tokens) / static_cast<double>(bytes);
  return static_cast<std::uint64_t>(std::ceil(exact));
}

base::Result<TokenRate> measure_rate(const ports::Tokenizer* tokenizer, const OpenSource& source,
                                     const repository::Snapshot& snapshot) {
  if (tokenizer == nullptr) return TokenRate{};
  TokenRate rate{0, 0};
  FRESHET_ASSIGN(const auto members, snapshot.members(source.record.id, {}, most_counted));
  for (const base::Digest& root : members) {
    FRESHET_ASSIGN(const auto chunks, snapshot.chunks_of(root));
    for (const auto& stored : chunks) {
      FRESHET_ASSIGN(const std::uint64_t tokens, tokenizer->count(stored.chunk.text));
      rate.tokens += tokens;
      rate.bytes += stored.chunk.text.size();
    }
  }
  return rate.bytes == 0 ? TokenRate{} : rate;
}

void Samples::add(std::uint64_t value) {
  ++count_;
  sum_ += static_cast<double>(value);
  squares_ += static_cast<double>(value) * static_cast<double>(value);
}

std::optional<Range> Samples::expect(std::uint64_t count) const {
  if (count == 0) return Range();
  if (count_ == 0) return std::nullopt;
  const auto n = static_cast<double>(count_);
  const double mean = sum_ / n;
  if (mean == 0) return std::nullopt;  // all are empty: that is no measure
  const double spread = std::sqrt(std::max(0.0, squares_ / n - mean * mean)) / mean;
  const double factor = 1 + std::max(spread, 1 / std::sqrt(n));
  const double all = static_cast<double>(count) * mean;
  return Range{static_cast<std::uint64_t>(all / factor),
               static_cast<std::uint64_t>(std::ceil(all * factor))};
}

std::optional<Range> Estimate::tokens() const {
  if (!new_tokens) return std::nullopt;
  return Range{new_tokens->low, new_tokens->high + known_tokens};
}

void SourceEstimate::take(const Item& item, const repository::Snapshot& snapshot) {
  ++sum_.fetch;
  if (item.exists || item.known.exists) {  // one that exists as an alias holds nothing
    const auto root = snapshot.root(item.root);
    if (!root || !*root) return;
    sum_.known_chunks += (*root)->chunks;
    sum_.known_tokens += rate_.of((*root)->length);
    return;
  }
  ++sum_.new_roots;
  if (!item.entry.size) return;
  ++sized_;
  listed_tokens_.low += rate_.of(*item.entry.size / least_text_part);
  listed_tokens_.high += rate_.of(*item.entry.size);
}

base::Status SourceEstimate::add_to(Estimate& estimate, const OpenSource& source,
                                    const repository::Snapshot& snapshot) const {
  FRESHET_ASSIGN(const Stored stored, sample(source, snapshot, rate_));
  estimate.fetch += sum_.fetch;
  estimate.new_roots += sum_.new_roots;
  estimate.known_chunks += sum_.known_chunks;
  estimate.known_tokens += sum_.known_tokens;
  add(estimate.new_chunks, stored.chunks.expect(sum_.new_roots));
  add(estimate.new_tokens, listed_tokens_);
  add(estimate.new_tokens, stored.tokens.expect(sum_.new_roots - sized_));
  return {};
}

}  // namespace freshet::refresh
