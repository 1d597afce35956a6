// core/read/html_depth.hpp - keeps a page from nesting deeper than a parser can bear.
//
// gumbo has no depth limit, and its time grows with the square of the depth. Browsers stop at 512
// and go on with siblings; so does this, on the source: tags that would open deeper are blanked
// out, with their end tags, and their content stays. One linear pass; ordinary pages come through
// untouched.
#pragma once

#include <string>
#include <string_view>

namespace freshet::read {

inline constexpr int most_html_depth = 512;

// `html` itself, or `storage` filled with the capped page.
std::string_view cap_depth(std::string_view html, std::string& storage);

}  // namespace freshet::read
