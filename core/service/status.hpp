// core/service/status.hpp - what a repository says of itself, as JSON.
#pragma once

#include "core/base/json.hpp"
#include "core/repository/repository.hpp"

namespace freshet::service {

// Costs in proportion to what is due, not to what is known.
base::Result<base::Json> status_json(const repository::Repository& repository);

// Each with what is due of it, counted up to 10,000.
base::Result<base::Json> list_sources(const repository::Repository& repository);

// {"runs":[…]}, newest first, up to `limit` before the one of that id, without their failures.
base::Result<base::Json> list_runs(const repository::Repository& repository, std::size_t limit,
                                   std::uint64_t before);
// With its failures. Fails with not_found.
base::Result<base::Json> find_run(const repository::Repository& repository, std::uint64_t id);

base::Json check_json(const repository::CheckReport& report);

}  // namespace freshet::service
