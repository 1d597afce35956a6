// core/sync/source_estimate.hpp - what the due roots of one source would cost to embed.
#pragma once

#include "core/ports/tokenizer.hpp"
#include "core/sync/estimate.hpp"
#include "core/sync/state.hpp"

namespace freshet::sync {

// As `tokenizer` counts in some of what is stored of the source, and as is common where it is null.
// What the stored chunks have beyond their document's text and `repeats` of it, such as what
// transformers added, makes the rate higher. The common rate where nothing is stored.
base::Result<TokenRate> measure_rate(const ports::Tokenizer* tokenizer, double repeats,
                                     const OpenSource& source,
                                     const repository::Snapshot& snapshot);

// The due roots of one source, added up.
class SourceEstimate {
 public:
  explicit SourceEstimate(TokenRate rate = {}) : rate_(rate) {}
  void take(const Item& item, const repository::Snapshot& snapshot);
  base::Status add_to(Estimate& estimate, const OpenSource& source,
                      const repository::Snapshot& snapshot) const;

 private:
  const TokenRate rate_;
  Estimate sum_;             // without what is to be guessed
  Range listed_tokens_;      // of the new roots whose size is listed
  std::uint64_t sized_ = 0;  // how many these are
};

}  // namespace freshet::sync
