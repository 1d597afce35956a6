#include "core/net/manners.hpp"

#include <algorithm>
#include <charconv>

#include "core/net/retry.hpp"

namespace freshet::net {
namespace {

constexpr std::uint32_t most_count = 10'000;  // each is remembered for a period

std::optional<base::Millis> period_of(std::string_view unit) {
  if (unit == "s") return std::chrono::seconds(1);
  if (unit == "m") return std::chrono::minutes(1);
  if (unit == "h") return std::chrono::hours(1);
  return std::nullopt;
}

}  // namespace

base::Result<Rate> parse_rate(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  Rate rate;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + slash, rate.count);
  const bool whole = problem == std::errc() && end == text.data() + slash;
  const auto period = slash < text.size() ? period_of(text.substr(slash + 1)) : std::nullopt;
  if (!whole || !period || rate.count == 0 || rate.count > most_count)
    return base::fail(base::Code::invalid_argument,
                      "is not a rate such as \"10/s\", \"600/m\" or \"1000/h\", of 1 to 10000");
  rate.period = *period;
  return rate;
}

Manners with(Manners manners, const ports::RetryOptions& own) {
  if (own.attempts) manners.attempts = *own.attempts;
  if (own.backoff || own.backoff_cap) manners.delays.clear();
  if (own.backoff) manners.backoff = *own.backoff;
  if (own.backoff_cap) manners.backoff_cap = *own.backoff_cap;
  if (own.delays) manners.delays = *own.delays;
  if (own.deadline) manners.deadline = *own.deadline;
  return manners;
}

base::Millis wait_after(const Manners& manners, int attempt, double draw) {
  if (manners.delays.empty())
    return backoff_wait(attempt, manners.backoff, manners.backoff_cap, draw);
  const auto last = manners.delays.size() - 1;
  return manners.delays[std::min(static_cast<std::size_t>(std::max(attempt, 1) - 1), last)];
}

}  // namespace freshet::net
