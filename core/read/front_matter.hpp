// core/read/front_matter.hpp - what stands before a Markdown text between lines of --- or +++.
//
// YAML and TOML, as libyaml and toml++ read them. Nothing unfolds: an alias is the text that it is written as.
// What is too much is left out: docs/readers.md has the limits.
#pragma once

#include <string_view>

#include "core/model/document.hpp"

namespace freshet::read {

struct FrontMatter {
  model::Json metadata = model::Json::object();
  std::string_view rest;  // the text behind it; all of it where there is none
};

// `text` has \n line ends. What only looks like front matter (no end, or no keys and values) is text.
FrontMatter take_front_matter(std::string_view text);

}  // namespace freshet::read
