// core/service/status.hpp - what a repository says of itself, as JSON.
#pragma once

#include "core/base/json.hpp"
#include "core/repository/repository.hpp"

namespace freshet::service {

// Costs in proportion to what is due, not to what is known.
base::Result<base::Json> status_json(const repository::Repository& repository);

base::Json check_json(const repository::CheckReport& report);

}  // namespace freshet::service
