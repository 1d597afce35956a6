#include "core/chunk/measure.hpp"

#include "core/base/text.hpp"

namespace freshet::chunk {

Measure::Measure(std::string_view text) : text_(text) {
  if (base::code_points(text) == text.size()) return;
  counts_.reserve(text.size() / stride + 2);
  std::size_t total = 0;
  for (std::size_t at = 0; at <= text.size(); at += stride) {
    counts_.push_back(total);
    total += base::code_points(text.substr(at, stride));
  }
}

std::size_t Measure::before(std::size_t offset) const {
  const std::size_t nearest = offset / stride * stride;
  return counts_[offset / stride] + base::code_points(text_.substr(nearest, offset - nearest));
}

std::size_t Measure::count(std::size_t begin, std::size_t end) const {
  return counts_.empty() ? end - begin : before(end) - before(begin);
}

std::size_t Measure::back(std::size_t from, std::size_t points, std::size_t least) const {
  std::size_t at = from;
  while (at > least && points > 0) {
    --at;
    while (at > least && (static_cast<unsigned char>(text_[at]) & 0xC0) == 0x80) --at;
    --points;
  }
  return at;
}

}  // namespace freshet::chunk
