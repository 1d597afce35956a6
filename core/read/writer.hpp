// core/read/writer.hpp - the text of a section, written block by block.
//
// Breaks are asked for and written only between two pieces of text, so that no text begins or ends
// with white space and asking twice is harmless.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace freshet::read {

class Writer {
 public:
  explicit Writer(std::string& out) : out_(&out) {}

  // Goes on in another text, at its margin.
  void retarget(std::string& out);

  // White space collapsed; invisible and bidi control characters left out; no-break spaces plain.
  void inline_text(std::string_view text);
  // As it stands but for the margin, line by line. Starts and ends a line of its own.
  void verbatim(std::string_view lines);

  void space();      // if nothing stronger is asked for
  void line();       // a new line, at least
  void paragraph();  // a blank line, at least
  // A new line and no more: what is asked for until the next text is not heard.
  void only_line();

  // A list item: `marker` before its first text, and what follows indented by its width. Breaks
  // that its first block asks for are not heard. Returns the width, for close_item(); 0 where the
  // margin is as wide as it may be.
  std::size_t open_item(std::string_view marker);
  void close_item(std::size_t width);

  // True when text was written since retarget().
  bool wrote() const { return wrote_; }

 private:
  enum class Break { none, space, line, paragraph };

  void ask(Break wanted);
  void flush();
  void margin();

  std::string* out_;
  std::string indent_;
  std::string marker_;  // the tail of the indent that the next line shows instead of blanks
  Break break_ = Break::none;
  bool held_ = false;  // the break is settled
  bool wrote_ = false;
};

// One line of collapsed text.
std::string collapsed(std::string_view text);

}  // namespace freshet::read
