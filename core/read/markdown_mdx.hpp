// core/read/markdown_mdx.hpp - the lines of MDX that are not Markdown.
#pragma once

#include <string>
#include <string_view>

namespace freshet::read {

// Line by line: imports, exports and comments go; of a component's tag its title is left.
class MdxState {
 public:
  // True where the line is no Markdown; what is left of it is added to `out`.
  bool take(std::string_view line, std::string& out);

  // The line without the indent that its component gave it: in MDX nothing is code for its indent.
  std::string_view at_margin(std::string_view line);

 private:
  bool take_script(std::string_view bare);
  bool take_tag(std::string_view bare, std::string& out);

  std::string tag_;  // one that goes on over several lines
  int braces_ = 0;   // open in a script
  bool script_ = false;
  bool comment_ = false;
  std::size_t margin_ = 0;
  bool margin_known_ = true;
  bool in_list_ = false;
};

}  // namespace freshet::read
