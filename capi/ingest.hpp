// capi/ingest.hpp - stores a document that an application hands in, outside of any run.
#pragma once

#include "core/base/json.hpp"
#include "core/chunk/chunker.hpp"
#include "core/model/document.hpp"
#include "core/repository/repository.hpp"

namespace freshet::capi {

// {"chunker":{…}}
base::Result<chunk::Chunking> parse_write_options(const base::Json& options);

// Chunks `document` and stores it in place of what its URI held, in one transaction.
base::Result<repository::DocumentDiff> write_document(repository::Repository& repository,
                                                      const model::Document& document,
                                                      const chunk::Chunking& chunking,
                                                      base::Instant ask_again);

}  // namespace freshet::capi
