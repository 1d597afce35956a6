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

// The text of <pre>, as it stands.
std::string verbatim_text(const GumboNode* pre);

// "python3" where a class of the block, its code element or the boxes around it says so.
std::string code_language(const GumboNode* pre);

// The code within a fence that is longer than any in it.
std::string fenced(std::string_view code, std::string_view language);

// TeX, or the text alternative, of an equation.
std::string math_text(const GumboNode* math);

// The alternative text of an image, unless it is only its file name.
std::string_view image_text(const GumboNode* image);

}  // namespace freshet::read
