// core/read/names.hpp - what a URI's path says of its content.
#pragma once

#include <string>
#include <string_view>

namespace freshet::read {

// "a b" of "a%20b"; what is no escape stays as it is.
std::string percent_decoded(std::string_view text);

// The last segment of the path that is not empty, percent-decoded: "a b.html" of
// "https://x/docs/a%20b.html?v=1". Empty where there is none, or where it is not valid UTF-8.
std::string last_segment(std::string_view uri);

// In lower case, without the dot: "html". Empty where the name has none.
std::string extension(std::string_view uri);

// "uri#id", the id escaped as far as a URI needs it; the URI alone where the id is empty, or where
// the URI bears a fragment already.
std::string with_fragment(std::string_view uri, std::string_view id);

}  // namespace freshet::read
