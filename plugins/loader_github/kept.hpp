// loader_github/kept.hpp - what a listing brought with it, for the fetches that follow: a list of GitHub's has whole
// objects. Bounded: what was dropped is asked for again.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <freshet/sdk/json.hpp>

namespace freshet::loader_github {

class Kept {
 public:
  void put(const std::string& uri, std::string text) {
    const std::lock_guard lock(mutex_);
    if (!texts_.emplace(uri, text).second) return;
    bytes_ += text.size();
    order_.push_back(uri);
    while (bytes_ > most) drop(order_.front());
  }
  // Taken once: an object serves one fetch.
  std::optional<nlohmann::json> take(const std::string& uri) {
    const std::lock_guard lock(mutex_);
    const auto found = texts_.find(uri);
    if (found == texts_.end()) return std::nullopt;
    auto json = nlohmann::json::parse(found->second);
    bytes_ -= found->second.size();
    texts_.erase(found);
    return json;
  }

 private:
  static constexpr std::size_t most = std::size_t{32} << 20;
  void drop(const std::string& uri) {
    if (const auto found = texts_.find(uri); found != texts_.end()) {
      bytes_ -= found->second.size();
      texts_.erase(found);
    }
    order_.pop_front();
  }

  std::mutex mutex_;
  std::map<std::string, std::string> texts_;
  std::deque<std::string> order_;
  std::size_t bytes_ = 0;
};

}  // namespace freshet::loader_github
