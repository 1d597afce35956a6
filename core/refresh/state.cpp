#include "core/refresh/state.hpp"

#include <algorithm>

#include "core/base/json.hpp"

namespace freshet::refresh {
namespace {

constexpr base::Millis first_retry{60'000};
constexpr base::Millis longest_retry{24 * 3'600'000};

}  // namespace

base::Instant next_time(const Item& item, base::Instant now, bool changed) {
  policy::Known known;
  known.uri = item.entry.uri;
  known.exists = true;
  known.ingested = changed ? now : std::min(item.ingested, now);  // as the commit settles them
  known.checked = now;
  known.changed = changed ? now : std::min(item.changed, now);
  Json metadata, flags;  // what the policy may look at; ill-formed texts were refused when stored
  if (!item.metadata.empty())
    known.metadata = &(metadata = Json::parse(item.metadata, nullptr, false));
  if (!item.flags.empty()) known.flags = &(flags = Json::parse(item.flags, nullptr, false));
  return item.source->config->policy->decide(known, now).ask_again;
}

base::Instant retry_time(const base::Error& error, std::uint32_t failures, base::Instant now) {
  const std::uint32_t doublings = std::min(failures, 12u);
  base::Millis wait = std::min(longest_retry, first_retry * (1 << doublings));
  if (error.retry_after_ms >= 0)
    wait = std::max(wait, std::min(longest_hold, base::Millis(error.retry_after_ms)));
  return now + wait;
}

}  // namespace freshet::refresh
