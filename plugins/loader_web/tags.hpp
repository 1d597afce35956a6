// loader_web/tags.hpp - goes through the tags of an HTML text, one after the other.
//
// One forward pass over a tolerant outline, without a tree: linear, and bounded, whatever the bytes
// are. Views are good as long as the text is.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loader_web/text.hpp"

namespace freshet::loader_web {

using Attribute = std::pair<std::string_view, std::string_view>;  // name, raw value

// What an attribute means: its character references decoded, as far as they occur in URLs.
std::string decoded(std::string_view raw);

// Whether `word` is one of those in a list parted by blanks, such as that of rel.
bool has_word(std::string_view list, std::string_view word);

// Goes from tag to tag. What lies between is handed out as text, except inside elements whose
// content is not markup.
class Tags {
 public:
  // `without_scripts`: what stands in <noscript> counts, for nobody here runs the scripts.
  explicit Tags(std::string_view html, bool without_scripts = false)
      : html_(html), without_scripts_(without_scripts) {}

  // The next start or end tag; false at the end, or where a tag, a comment or a script never ends.
  bool next();
  bool closes() const { return closes_; }
  bool is(std::string_view name) const { return equals_ignoring_case(name_, name); }
  std::string_view name() const { return name_; }  // empty: a comment or the like
  std::string_view attribute(std::string_view name) const;
  bool has(std::string_view name) const;  // an attribute
  // Where the tag stands in the page, and where the text before it begins.
  std::size_t begin() const { return begin_; }
  std::size_t end() const { return at_; }
  std::size_t text_begin() const { return text_begin_; }
  std::string_view text() const { return text_; }  // between the last tag and this one

 private:
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
  bool skip_past(std::string_view end);
  bool skip_raw_text();
  bool read_tag();
  bool read_attribute();
  std::string_view read_value();

  std::string_view html_;
  std::size_t at_ = 0, begin_ = 0, text_begin_ = 0;
  std::string_view name_, text_;
  std::vector<Attribute> attributes_;
  bool closes_ = false;
  const bool without_scripts_;
};

}  // namespace freshet::loader_web
