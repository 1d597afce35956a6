// core/read/outline.hpp - headings, as they come, to a tree of sections.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "core/model/document.hpp"

namespace freshet::read {

// A heading's parent is the nearest open heading of a lower level. What comes before the first
// heading is a section without a title. References to texts stay good while sections are opened.
class Outline {
 public:
  explicit Outline(std::string url) { open(0, {}, std::move(url)); }

  // Begins a section; returns its text.
  std::string& open(int level, std::string title, std::string url);
  std::string& text() { return flat_.back().text; }
  const std::string& url() const { return flat_.back().url; }  // of the open section

  // True while no section has a title or a text.
  bool blank() const;
  // The first title or line of text, whichever is first.
  struct First {
    std::string_view text;
    int level = 0;  // of the heading it is the title of; 0: a line of text
  };
  First first() const;

  std::vector<model::Section> finish();

 private:
  std::vector<model::Section> take(std::size_t& at, int above);

  std::deque<model::Section> flat_;
};

}  // namespace freshet::read
