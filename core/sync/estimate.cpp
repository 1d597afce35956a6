#include "core/sync/estimate.hpp"

#include <algorithm>
#include <cmath>

namespace freshet::sync {
std::uint64_t TokenRate::of(std::uint64_t bytes_of_text) const {
  const double exact =
      static_cast<double>(bytes_of_text) * static_cast<double>(tokens) / static_cast<double>(bytes);
  return static_cast<std::uint64_t>(std::ceil(exact));
}

std::uint64_t TokenRate::most_bytes(std::uint64_t bytes_of_text) const {
  return static_cast<std::uint64_t>(std::ceil(static_cast<double>(bytes_of_text) * (1 + repeats)));
}

std::uint64_t TokenRate::most_of(std::uint64_t bytes_of_text, std::uint64_t chunks) const {
  return of(chunks > 1 ? most_bytes(bytes_of_text) : bytes_of_text) + chunks;
}

void Samples::add(std::uint64_t value) {
  ++count_;
  sum_ += static_cast<double>(value);
  squares_ += static_cast<double>(value) * static_cast<double>(value);
}

std::optional<Range> Samples::expect(std::uint64_t count) const {
  if (count == 0) return Range();
  if (count_ == 0) return std::nullopt;
  const auto n = static_cast<double>(count_);
  const double mean = sum_ / n;
  if (mean == 0) return std::nullopt;  // all are empty: that is no measure
  const double spread = std::sqrt(std::max(0.0, squares_ / n - mean * mean)) / mean;
  const double factor = 1 + std::max(spread, 1 / std::sqrt(n));
  const double all = static_cast<double>(count) * mean;
  return Range{static_cast<std::uint64_t>(all / factor),
               static_cast<std::uint64_t>(std::ceil(all * factor))};
}

std::optional<Range> Estimate::tokens() const {
  if (!new_tokens) return std::nullopt;
  const std::uint64_t again = reembed ? reembed->tokens : 0;
  return Range{new_tokens->low + again, new_tokens->high + std::max(again, known_tokens)};
}

}  // namespace freshet::sync
