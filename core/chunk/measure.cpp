#include "core/chunk/measure.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace freshet::chunk {

Measure::Measure(std::string_view text, const std::vector<std::size_t>* token_ends)
    : text_(text), ends_(token_ends) {
  if (ends_ != nullptr || base::code_points(text) == text.size()) return;
  counts_.reserve(text.size() / stride + 2);
  std::size_t total = 0;
  for (std::size_t at = 0; at <= text.size(); at += stride) {
    counts_.push_back(total);
    total += base::code_points(text.substr(at, stride));
  }
}

std::size_t Measure::points_before(std::size_t offset) const {
  if (counts_.empty()) return offset;
  const std::size_t nearest = offset / stride * stride;
  return counts_[offset / stride] + base::code_points(text_.substr(nearest, offset - nearest));
}

std::size_t Measure::point_at(std::size_t index) const {
  if (counts_.empty()) return index;
  const auto after = std::upper_bound(counts_.begin() + 1, counts_.end(), index);
  const auto block = static_cast<std::size_t>(after - counts_.begin()) - 1;
  std::size_t at = block * stride;
  while (!is_start(at)) ++at;
  return base::advance_code_points(text_, at, index - counts_[block]);
}

std::size_t Measure::tokens_before(std::size_t offset) const {
  return static_cast<std::size_t>(std::upper_bound(ends_->begin(), ends_->end(), offset) -
                                  ends_->begin());
}

std::size_t Measure::token_begin(std::size_t index) const {
  return index == 0 ? 0 : (*ends_)[index - 1];
}

// Whether the token `index`, the first that has not ended at `offset`, has begun before.
bool Measure::in_token(std::size_t offset, std::size_t index) const {
  return index < ends_->size() && token_begin(index) < offset;
}

bool Measure::is_start(std::size_t offset) const {
  return offset >= text_.size() || (static_cast<unsigned char>(text_[offset]) & 0xC0) != 0x80;
}

std::size_t Measure::count(std::size_t begin, std::size_t end) const {
  if (ends_ != nullptr) {
    const std::size_t last = tokens_before(end);
    return end <= begin ? 0 : last - tokens_before(begin) + (in_token(end, last) ? 1 : 0);
  }
  return points_before(end) - points_before(begin);
}

std::size_t Measure::previous(std::size_t from, std::size_t least) const {
  if (from <= least) return from;
  std::size_t at = from - 1;
  while (at > least && !is_start(at)) --at;
  return at;
}

std::size_t Measure::back(std::size_t from, std::size_t units, std::size_t least) const {
  std::size_t at = from;
  if (ends_ == nullptr) {
    for (; at > least && units > 0; --units) at = previous(at, least);
    return at;
  }
  const std::size_t index = tokens_before(from);
  const std::size_t all = index + (in_token(from, index) ? 1 : 0);
  at = std::max(token_begin(all - std::min(all, units)), least);
  while (at < from && !is_start(at)) ++at;
  return at;
}

std::size_t Measure::forward(std::size_t from, std::size_t units, std::size_t most) const {
  if (ends_ == nullptr) return std::min(point_at(points_before(from) + units), most);
  const std::size_t index = tokens_before(from) + units;
  std::size_t at = index > ends_->size() ? most : std::min(token_begin(index), most);
  while (at > from && !is_start(at)) --at;
  return at;
}

}  // namespace freshet::chunk
