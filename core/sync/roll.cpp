#include "core/sync/roll.hpp"

#include <algorithm>
#include <limits>

namespace freshet::sync {

base::Result<Roll> Roll::take(const repository::Snapshot& snapshot, const base::Digest& source,
                              base::Instant now) {
  Roll roll;
  FRESHET_ASSIGN(roll.members_,
                 snapshot.members(source, {}, std::numeric_limits<std::size_t>::max()));
  for (std::vector<bool>* marks : {&roll.seen_, &roll.named_, &roll.confirmed_})
    marks->resize(roll.members_.size());
  roll.begun_ = now;
  roll.open_ = true;
  return roll;
}

std::size_t Roll::place(const base::Digest& root) const {
  const auto found = std::lower_bound(members_.begin(), members_.end(), root);
  if (found == members_.end() || *found != root) return members_.size();
  return static_cast<std::size_t>(found - members_.begin());
}

bool Roll::has(const base::Digest& root) const { return place(root) != members_.size(); }

bool Roll::name(const base::Digest& root) {
  const std::size_t at = place(root);
  if (at == members_.size()) return false;
  const bool before = named_[at];
  named_[at] = seen_[at] = true;
  return before;
}

void Roll::see(const base::Digest& root) {
  if (const std::size_t at = place(root); at != members_.size()) seen_[at] = true;
}

void Roll::confirm(const base::Digest& root) {
  if (const std::size_t at = place(root); at != members_.size())
    confirmed_[at] = confirmed_any_ = true;
}

bool Roll::saw(const base::Digest& root) const {
  const std::size_t at = place(root);
  return at != members_.size() && seen_[at];
}

std::vector<base::Digest> Roll::with(const std::vector<bool>& marks, bool mark) const {
  std::vector<base::Digest> roots;
  for (std::size_t at = 0; at < members_.size(); ++at)
    if (marks[at] == mark) roots.push_back(members_[at]);
  return roots;
}

}  // namespace freshet::sync
