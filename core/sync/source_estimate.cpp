#include "core/sync/source_estimate.hpp"

#include <algorithm>

namespace freshet::sync {
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
    stored.tokens.add(rate.most_of(root->length, root->chunks));
  }));
  return stored;
}

}  // namespace

base::Result<TokenRate> measure_rate(const ports::Tokenizer* tokenizer, double repeats,
                                     const OpenSource& source,
                                     const repository::Snapshot& snapshot) {
  const TokenRate common{.repeats = repeats};
  TokenRate rate{0, 0, repeats};
  FRESHET_ASSIGN(const auto members, snapshot.members(source.record.id, {}, most_counted));
  for (const base::Digest& id : members) {
    FRESHET_ASSIGN(const auto root, snapshot.root(id));
    if (!root || !root->exists()) continue;
    FRESHET_ASSIGN(const auto chunks, snapshot.chunks_of(id));
    std::uint64_t bytes = 0;
    for (const auto& stored : chunks) {
      const std::string& text = stored.chunk.text;
      FRESHET_ASSIGN(const std::uint64_t tokens,
                     tokenizer != nullptr ? tokenizer->count(text)
                                          : base::Result<std::uint64_t>(common.of(text.size())));
      rate.tokens += tokens;
      bytes += text.size();
    }
    rate.bytes += std::min(bytes, common.most_bytes(root->length));
  }
  return rate.bytes == 0 ? common : rate;
}

void SourceEstimate::take(const Item& item, const repository::Snapshot& snapshot) {
  ++sum_.fetch;
  if (item.exists || item.known.exists) {  // one that exists as an alias holds nothing
    const auto root = snapshot.root(item.root);
    if (!root || !*root) return;
    sum_.known_chunks += (*root)->chunks;
    sum_.known_tokens += rate_.most_of((*root)->length, (*root)->chunks);
    return;
  }
  ++sum_.new_roots;
  if (!item.entry.size) return;
  ++sized_;
  listed_tokens_.low += rate_.of(*item.entry.size / least_text_part);
  listed_tokens_.high += rate_.of(rate_.most_bytes(*item.entry.size));
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

}  // namespace freshet::sync
