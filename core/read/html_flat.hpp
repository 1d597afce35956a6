// core/read/html_flat.hpp - elements to one text, whatever they are made of.
#pragma once

#include <string>
#include <string_view>

#include "core/read/html_dom.hpp"
#include "core/read/writer.hpp"

namespace freshet::read {

// What is below `node` as one line.
std::string flat_text(const GumboNode* node);

// The same, into a writer: for what stands in one line whatever it is made of.
void flatten(const GumboNode* node, Writer& writer);

// The same of a heading, without links to itself. Its buttons are its text where it has no other.
std::string heading_text(const GumboNode* heading, std::string_view id);

// TeX, or the text alternative, of an equation.
std::string math_text(const GumboNode* math);

// The alternative text of an image, unless it is only its file name.
std::string_view image_text(const GumboNode* image);

}  // namespace freshet::read
