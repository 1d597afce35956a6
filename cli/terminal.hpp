// cli/terminal.hpp - what may be shown on a terminal, and the progress line.
//
// Titles, URIs and messages come from strangers. Shown as they are, they could move the cursor,
// change colours, or hide and turn around text, so everything of the kind is written out as \u{…}.
#pragma once

#include <string>
#include <string_view>

namespace freshet::cli {

// `text` with control characters, terminal escapes, bidi controls, line separators, invisible tags
// and ill-formed UTF-8 written out. Newlines and tabs are kept if asked for.
std::string printable(std::string_view text, bool keep_newlines = false);

// JSON text in which the same characters are escaped as JSON escapes them: the value is the same.
std::string printable_json(std::string_view json);

// Puts a long JSON text on stdout as printable_json() makes it, and a newline, without a second
// copy of it.
void put_json(std::string_view json);

// One line on stderr that is rewritten in place; nothing at all where stderr is no terminal.
class ProgressLine {
 public:
  explicit ProgressLine(bool wanted);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const std::string& line);
  void clear();  // before anything else is written

 private:
  bool on_;
  bool shown_ = false;
};

// "[#####.....]  50 %", with the number of columns that `width` gives the bar.
std::string bar(std::size_t done, std::size_t total, std::size_t width);

}  // namespace freshet::cli
