// core/net/robots.hpp - robots.txt as RFC 9309 reads it. Pure: text in, answers out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/instant.hpp"

namespace freshet::net {

// What is read of a robots.txt; the rest is ignored, as the RFC allows.
inline constexpr std::size_t robots_bytes = 500u << 10;

class Robots {
 public:
  // The rules that `text` has for `product` ("freshet"), or else for everybody. Never fails: what
  // is no rule is passed over. Crawl-delay counts up to `most_delay`.
  static Robots parse(std::string_view text, std::string_view product, base::Millis most_delay);

  // `target`: path and query, normalised. Linear in it for each rule.
  bool allows(std::string_view target) const;

  base::Millis crawl_delay() const { return crawl_delay_; }  // 0: none asked
  bool delay_capped() const { return delay_capped_; }
  std::size_t rule_count() const { return rules_.size(); }

 private:
  struct Rule {
    std::string pattern;
    bool allow;
  };
  struct Group;
  std::vector<Rule> rules_;
  base::Millis crawl_delay_{0};
  bool delay_capped_ = false;
};

// `pattern` of a rule: a prefix in which * stands for anything and a final $ for the end.
bool robots_match(std::string_view pattern, std::string_view target);

}  // namespace freshet::net
