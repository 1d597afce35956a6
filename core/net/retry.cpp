#include "core/net/retry.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::net {
namespace {

using base::Code;

Code code_of(int status) {
  if (status == 429) return Code::rate_limited;
  return status == 408 ? Code::timeout : Code::remote;
}

}  // namespace

bool is_transient_status(int status) {
  switch (status) {
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return true;
    default:
      return false;
  }
}

bool may_retry(const Trouble& trouble, bool idempotent) {
  if (trouble.status == 429) return true;
  if (trouble.status != 0) return idempotent && is_transient_status(trouble.status);
  if (trouble.code != Code::network && trouble.code != Code::timeout) return false;
  return idempotent || !trouble.sent;
}

base::Millis backoff_wait(int attempt, base::Millis base, base::Millis cap, double draw) {
  const int doublings = std::clamp(attempt - 1, 0, 30);
  const double most =
      std::min(static_cast<double>(base.count()) * static_cast<double>(1LL << doublings),
               static_cast<double>(cap.count()));
  return base::Millis(static_cast<std::int64_t>(most * draw));
}

base::Error status_error(int status, std::string subject) {
  base::Error error;
  error.code = code_of(status);
  error.message = fmt::format("the server answered {}", status);
  error.subject = std::move(subject);
  return error;
}

}  // namespace freshet::net
