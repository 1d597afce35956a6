// core/sync/ingest.hpp - one document at a time, outside of any run: handed in by an
// application, or read where a policy says so.
#pragma once

#include <optional>
#include <string>

#include "core/base/cancel.hpp"
#include "core/base/json.hpp"
#include "core/model/document.hpp"
#include "core/policy/policy.hpp"
#include "core/ports/http.hpp"
#include "core/ports/reader.hpp"
#include "core/repository/repository.hpp"
#include "core/sync/chunking.hpp"

namespace freshet::sync {

// {"chunker":{…}}
base::Result<ChunkingConfig> parse_write_options(const base::Json& options);

// Chunks `document` and stores it in place of what its URI held, in one transaction.
// `first`, where there is one, begins that transaction.
base::Result<repository::DocumentDiff> write_document(
    repository::Repository& repository, const model::Document& document, const Chunking& chunking,
    base::Instant now, repository::Schedule ask_again,
    const std::function<base::Status(repository::Writer&)>& first = {});

// Whether the policy lets `document` take the place of what is known.
base::Result<bool> accepts(const policy::Policy& policy, const policy::OwnedKnown& known,
                           const model::Document& document, base::Instant now);

// Reads and stores what `uri` names if `policy` says so before and after; nothing where it does
// not.
base::Result<std::optional<model::Document>> ingest_if_needed(const policy::PolicyPtr& policy,
                                                              repository::Repository& repository,
                                                              const ports::Reader& reader,
                                                              ports::Http& http,
                                                              const std::string& uri,
                                                              const base::Cancel& cancel);

}  // namespace freshet::sync
