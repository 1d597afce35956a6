// core/sync/deliveries.hpp - one delivery for each target of a namespace, side by side.
//
// They share nothing but the run: one that is slow, or whose store does not answer, holds up no other,
// and no source.
#pragma once

#include <deque>
#include <optional>

#include "core/ports/tokenizer.hpp"
#include "core/sync/deliver.hpp"
#include "core/sync/targets.hpp"
#include "core/sync/vectors.hpp"

namespace freshet::sync {

class Deliveries {
 public:
  // `targets` outlives it; each is delivered to with vectors of its own embedder. A request to one
  // has at most `batch` texts, and counts its tokens by `tokenizer`, if there is one.
  Deliveries(repository::Repository& repository, const OpenTargets& targets, std::size_t batch,
             const ports::Tokenizer* tokenizer, Leases& leases, Ledger& ledger,
             const base::Cancel& cancel);

  base::Status start();
  // Something fills that waits for documents to be made by other readers or another chunker.
  base::Result<bool> awaits_recipe() const;
  void complete_recipe();
  // There may be new rows.
  void wake();
  // Delivers what is left, and waits for that.
  void finish();

  // Of what the run asks for first: a document is committed with these. Null: it has no embedder.
  Vectors* vectors() { return first_; }

 private:
  std::deque<Vectors> vectors_;
  std::deque<Delivery> all_;
  Vectors* first_ = nullptr;
};

// Empties what is retired in its store, and forgets it. What is not reached now is for the next run.
void empty_retired(const Context& context, Leases& leases, Ledger& ledger,
                   const base::Cancel& cancel);

}  // namespace freshet::sync
