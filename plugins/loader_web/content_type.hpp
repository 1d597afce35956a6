// loader_web/content_type.hpp - what a server says that a content is.
#pragma once

#include <string>
#include <string_view>

namespace freshet::loader_web {

// The media type and the charset of a Content-Type, in lower case; empty where it bears none.
struct ContentType {
  std::string media_type, charset;
};
ContentType parse_content_type(std::string_view value);

// A value of a header's parameter, without the quotes around it.
std::string unquoted(std::string_view value);

}  // namespace freshet::loader_web
