// core/read/markdown_placeholder.hpp - which tags of a Markdown text are its author's words.
//
// "tide --from <start-date>", "List<Berth>": to CommonMark these are tags. A name that HTML does not
// know, without attributes, and that nothing in the text closes, is text.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

namespace freshet::read {

class Placeholders {
 public:
  explicit Placeholders(std::string_view source);

  bool has(std::string_view tag) const;

 private:
  std::unordered_set<std::string> closed_;  // names that an end tag has
};

}  // namespace freshet::read
