// loader_web/feed_items.hpp - the items of feeds that were read in this run, for those who fetch them.
//
// Thread-safe. Each feed is read once.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_web/feed.hpp"

namespace freshet::loader_web {

// An item as it is listed and handed out.
struct KnownItem {
  std::string uri;
  std::string id;        // or empty
  std::string version;   // of the document; empty where the content is the page that it leads to
  std::string document;  // HTML; or empty
  std::string title;
  nlohmann::json metadata;
  std::optional<std::int64_t> changed_ms;
};

using KnownItems = std::vector<KnownItem>;

class FeedItems {
 public:
  // The items of `feed`, which `read` reads where they are not known yet; what it throws is thrown on.
  std::shared_ptr<const KnownItems> of(const std::string& feed,
                                       const std::function<KnownItems()>& read);
  void put(const std::string& feed, KnownItems items);
  // A listing found the feed as it was: so are the items that it had.
  void set_unchanged(const std::string& feed);
  bool is_unchanged(const std::string& feed);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const KnownItems>> feeds_;  // null: unchanged
};

}  // namespace freshet::loader_web
