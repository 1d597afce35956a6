// loader_web/covering.hpp - whether a list of pages is one of the site at hand.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "loader_web/naming.hpp"
#include "loader_web/sink.hpp"

namespace freshet::loader_web {

// Holds the first entries back until one of them is a page that the site's front page leads to. A sitemap
// that names none of those is of something else, such as the versions of a manual.
class Covering {
 public:
  static constexpr std::size_t looked_at = 1'000;  // entries; of a list that is longer any is taken
  static constexpr std::size_t fewest_links = 3;   // a front page with fewer says nothing

  Covering(const Sink& sink, const std::vector<std::string>& links) : sink_(sink) {
    for (const std::string& link : links) links_.insert(same_page_key(link));
    proven_ = links_.size() < fewest_links;
  }
  Sink sink() {
    return {[this](const sdk::Entry& entry) { take(entry); },
            [this](const std::string& text) { state_ = text; }};
  }
  // False: it lists nothing of the site, and nothing was handed on.
  bool finish() {
    if (count_ == 0 || !proven_) return false;
    if (state_) sink_.state(*state_);
    return true;
  }

 private:
  void take(const sdk::Entry& entry) {
    ++count_;
    proven_ = proven_ || count_ >= looked_at || links_.contains(same_page_key(entry.uri));
    held_.push_back(entry);
    if (!proven_) return;
    for (const sdk::Entry& each : std::exchange(held_, {})) sink_.entry(each);
  }

  const Sink& sink_;
  std::unordered_set<std::string> links_;
  std::vector<sdk::Entry> held_;
  std::optional<std::string> state_;
  std::size_t count_ = 0;
  bool proven_ = false;
};

}  // namespace freshet::loader_web
