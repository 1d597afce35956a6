// loader_web/selector.hpp - which elements of a page are meant: the part of CSS that tells a part of a page
// from another. docs/decisions/2026-11-28-rules-of-web-sources.md says which, and why no more.
//
// Elements are matched as they are opened, from the outside in: each needs only what was matched of its
// parent, so a page takes time in proportion to its length, whatever the selectors are. Immutable once made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "loader_web/tags.hpp"

namespace freshet::loader_web {

// Of a selector's parts, one bit each: those that end at an element, and at it or anything around it.
struct Matched {
  std::uint64_t here = 0, around = 0;
};

class Selectors {
 public:
  static constexpr std::size_t most_parts = 64;

  Selectors() = default;
  // "main .content > p, #api": throws sdk::Failure, whose subject is `path`, where one is something else.
  Selectors(const std::vector<std::string>& texts, const std::string& path);

  bool empty() const { return parts_.empty(); }
  // Of the start tag at which `tags` stands, inside of a parent of which `parent` was matched.
  Matched match(const Tags& tags, const Matched& parent) const;
  bool selects(const Matched& element) const { return (element.here & last_) != 0; }

 private:
  struct Test {
    std::string name, value;
    bool any = false;  // of value
  };
  // What has no blank in it: "p.note[lang=en]".
  struct Part {
    std::string tag;  // in lower case; empty: any
    std::vector<std::string> classes;
    std::vector<Test> tests;  // of attributes, the id among them
    bool first = false, child = false;
  };
  class Parser;
  static bool fits(const Part& part, const Tags& tags);

  std::vector<Part> parts_;
  std::uint64_t last_ = 0;  // the parts that end a selector
};

}  // namespace freshet::loader_web
