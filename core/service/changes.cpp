#include "core/service/changes.hpp"

#include <iterator>

namespace freshet::service {
namespace {

constexpr base::Millis quiet{100}, longest{700};

}  // namespace

void Changes::note(std::size_t source, base::Millis ticks) {
  pending_.try_emplace(source, Times{ticks, ticks}).first->second.last = ticks;
}

std::vector<std::size_t> Changes::take(base::Millis ticks) {
  std::vector<std::size_t> over;
  for (auto each = pending_.begin(); each != pending_.end();) {
    const Times& times = each->second;
    const bool is_over = ticks - times.last >= quiet || ticks - times.first >= longest;
    if (is_over) over.push_back(each->first);
    each = is_over ? pending_.erase(each) : std::next(each);
  }
  return over;
}

}  // namespace freshet::service
