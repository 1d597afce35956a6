// loader_web/problems.hpp - why a listing is not complete: the first reason in full, the others counted.
#pragma once

#include <cstdint>
#include <set>
#include <string>

namespace freshet::loader_web {

class Problems {
 public:
  void add(const std::string& url, const std::string& what) {
    if (count_++ == 0) first_ = url + ": " + what;
  }
  // One that stands for many: told with the first address that it is about.
  void add_once(const std::string& what, const std::string& url) {
    if (told_.size() < most_told && told_.insert(what).second) add(url, what);
  }
  bool any() const { return count_ > 0; }
  std::string note() const {
    if (count_ < 2) return first_;
    return first_ + "; and " + std::to_string(count_ - 1) + " more problems";
  }

 private:
  static constexpr std::size_t most_told = 1'000;
  std::uint64_t count_ = 0;
  std::string first_;
  std::set<std::string> told_;
};

}  // namespace freshet::loader_web
