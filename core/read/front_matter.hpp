// core/read/front_matter.hpp - what stands before a Markdown text between lines of --- or +++.
//
// A capped subset of YAML and TOML, read line by line: keys with texts, numbers, true and false,
// lists of those, block texts. Nested maps are left out; anchors, aliases and tags are plain text.
// No YAML engine, so nothing in it can unfold.
#pragma once

#include <string_view>

#include "core/model/document.hpp"

namespace freshet::read {

struct FrontMatter {
  model::Json metadata = model::Json::object();
  std::string_view rest;  // the text behind it; all of it where there is none
};

// `text` has \n line ends. What only looks like front matter (no end, or lines that are no keys) is
// text.
FrontMatter take_front_matter(std::string_view text);

}  // namespace freshet::read
