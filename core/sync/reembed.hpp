// core/sync/reembed.hpp - what a run would embed again for the sake of its embedder alone.
//
// Vectors are of a model, and of texts with or without their titles. Where a run asks for others than any that
// the namespace was delivered with, everything that is stored is embedded once more, changed or not.
#pragma once

#include "core/sync/chunking.hpp"
#include "core/sync/config.hpp"
#include "core/sync/context.hpp"
#include "core/sync/estimate.hpp"

namespace freshet::sync {

// Opens an embedder where another one is named than before, to learn its model. Nothing: none of it is
// embedded again.
base::Result<std::optional<Reembed>> plan_reembedding(const Context& context,
                                                      const RunConfig& config,
                                                      const ports::Tokenizer* tokenizer,
                                                      const base::Cancel& cancel);

}  // namespace freshet::sync
