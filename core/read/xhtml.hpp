// core/read/xhtml.hpp - XML's spelling of a page as HTML's.
#pragma once

#include <string>
#include <string_view>

namespace freshet::read {

// `<script src="x"/>` as a start tag and an end tag, CDATA as text, without processing instructions.
// For what comes as XHTML by its type or its name: under any other, "/" in a tag says nothing.
std::string xhtml_as_html(std::string_view xhtml);

}  // namespace freshet::read
