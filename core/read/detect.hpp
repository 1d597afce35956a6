// core/read/detect.hpp - which reader some bytes are for.
//
// By declared media type, then by the name's extension, then by content; and against the content:
// bytes that are plainly something else than they are declared to be are routed by what they are.
// Text is never taken for Markdown by its looks: only by type or name.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/ports/reader.hpp"

namespace freshet::read {

enum class Kind { html, markdown, plain, other };

struct Detected {
  Kind kind = Kind::other;
  std::string media_type;  // of the content: "text/html", or for other kinds "application/pdf"
  // Why there is no reader, for Kind::other.
  base::Code code = base::Code::unsupported;
  std::string problem;
};

Detected detect(const ports::Content& content);

// The media type that the first bytes prove, or "": formats with a signature, "text/html", and
// "application/octet-stream" for what is binary but unknown.
std::string_view sniff(std::string_view bytes);

// "text/html" of "Text/HTML; charset=utf-8".
std::string bare_type(std::string_view declared);

}  // namespace freshet::read
