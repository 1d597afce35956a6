#include "core/sync/roll.hpp"

#include <algorithm>

namespace freshet::sync {

base::Result<Roll> Roll::take(const repository::Snapshot& snapshot, const base::Digest& source,
                              base::Instant now) {
  Roll roll;
  FRESHET_ASSIGN(roll.members_,
                 snapshot.members(source, {}, std::numeric_limits<std::size_t>::max()));
  for (std::vector<bool>* marks : {&roll.seen_, &roll.named_, &roll.confirmed_})
    marks->resize(roll.members_.size());
  roll.begun_ = now;
  return roll;
}

std::size_t Roll::find(const base::Digest& root) const {
  const auto found = std::lower_bound(members_.begin(), members_.end(), root);
  if (found == members_.end() || *found != root) return none;
  return static_cast<std::size_t>(found - members_.begin());
}

std::size_t Roll::find_behind(const base::Digest& root, std::size_t& from) const {
  std::size_t step = 1;
  for (; from + step < members_.size() && members_[from + step] < root; step *= 2) from += step;
  const auto begin = members_.begin() + static_cast<std::ptrdiff_t>(from);
  const auto end =
      members_.begin() + static_cast<std::ptrdiff_t>(std::min(members_.size(), from + step + 1));
  const auto found = std::lower_bound(begin, end, root);
  from = static_cast<std::size_t>(found - members_.begin());
  return found != end && *found == root ? from : none;
}

bool Roll::name(std::size_t place) {
  const bool before = named_[place];
  named_[place] = seen_[place] = true;
  return before;
}

bool Roll::saw(const base::Digest& root) const {
  const std::size_t place = find(root);
  return place != none && seen_[place];
}

bool Roll::named(const base::Digest& root) const {
  const std::size_t place = find(root);
  return place != none && named_[place];
}

std::vector<base::Digest> Roll::with(const std::vector<bool>& marks, bool mark) const {
  std::vector<base::Digest> roots;
  for (std::size_t at = 0; at < members_.size(); ++at)
    if (marks[at] == mark) roots.push_back(members_[at]);
  return roots;
}

}  // namespace freshet::sync
