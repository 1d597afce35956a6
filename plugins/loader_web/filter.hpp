// loader_web/filter.hpp - which URLs of a sitemap are taken, and what they become.
//
// Patterns are matched against the whole normalised URL by RE2, in linear time. Immutable once
// made: safe to share between threads. What is wrong with a pattern throws sdk::Failure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <freshet/sdk/json.hpp>

namespace re2 {
class RE2;
}

namespace freshet::loader_web {

using Json = nlohmann::json;

// A text is a substring; "glob:…" and "regex:…", {"glob":…} and {"regex":…} are what they say. A
// regex is searched for, a glob matches the whole.
class Pattern {
 public:
  Pattern(const Json& value, const std::string& path);
  bool matches(const std::string& url) const;

 private:
  std::string contained_;
  std::shared_ptr<const re2::RE2> regex_;
  bool whole_ = false;
};

// Without an include everything is included; an exclude wins.
class UrlFilter {
 public:
  UrlFilter() = default;
  UrlFilter(const Json& include, const Json& exclude);
  bool takes(const std::string& url) const;
  bool excludes(const std::string& url) const;

 private:
  std::vector<Pattern> include_, exclude_;
};

// {"regex":…,"replace":…} replaces every match, with \1 for the first group;
// {"prefix":…,"with":…} replaces the start of a URL. One after the other.
class Rewriter {
 public:
  Rewriter() = default;
  explicit Rewriter(const Json& rules);
  bool empty() const { return rules_.empty(); }
  std::string apply(std::string url) const;

 private:
  struct Rule {
    std::shared_ptr<const re2::RE2> regex;  // null: a prefix
    std::string from, to;
  };
  static Rule read_rule(const Json& value, const std::string& path);
  std::vector<Rule> rules_;
};

}  // namespace freshet::loader_web
