// reader_office/inlines.hpp - running text in pandoc's syntax tree, as text.
#pragma once

#include <functional>
#include <string>

#include "reader_office/options.hpp"

namespace freshet::reader_office {

// What stands beside the text: `note` gets the blocks of a note and gives its mark, such as "[1]"; `comment` the
// text of a comment. Empty functions: they are left out.
struct Beside {
  std::function<std::string(const nlohmann::json& blocks)> note{};
  std::function<void(const std::string& text)> comment{};
};

inline constexpr int kDeepest = 100;  // elements in each other; beyond it the file is refused

std::string text_of_inlines(const nlohmann::json& inlines, const Beside& beside, int depth = 0);

[[noreturn]] void fail_depth();

}  // namespace freshet::reader_office
