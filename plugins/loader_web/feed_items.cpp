#include "loader_web/feed_items.hpp"

namespace freshet::loader_web {

// Under the lock: whoever comes meanwhile waits for the one request.
std::shared_ptr<const KnownItems> FeedItems::of(const std::string& feed,
                                                const std::function<KnownItems()>& read) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const KnownItems>& items = feeds_[feed];
  if (items == nullptr) items = std::make_shared<const KnownItems>(read());
  return items;
}

void FeedItems::put(const std::string& feed, KnownItems items) {
  const std::lock_guard lock(mutex_);
  feeds_[feed] = std::make_shared<const KnownItems>(std::move(items));
}

void FeedItems::set_unchanged(const std::string& feed) {
  const std::lock_guard lock(mutex_);
  feeds_[feed] = nullptr;
}

bool FeedItems::is_unchanged(const std::string& feed) {
  const std::lock_guard lock(mutex_);
  const auto found = feeds_.find(feed);
  return found != feeds_.end() && found->second == nullptr;
}

}  // namespace freshet::loader_web
