// core/model/limits.hpp - how long what every chunk repeats may be.
//
// Titles, URLs and metadata stand once in a page and again with each of its chunks. Without limits
// a page could make a repository of many times its size. A page is cut, and loses nothing of its
// text; the document of a caller is refused, with the limit named.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/model/document.hpp"

namespace freshet::model {

// In bytes.
inline constexpr std::size_t most_title = 512;           // of a document
inline constexpr std::size_t most_heading = 1024;        // the title of a section
inline constexpr std::size_t most_anchor = 1024;         // what stands behind the # of a URL
inline constexpr std::size_t most_url = 8 * 1024;        // or URI
inline constexpr std::size_t most_metadata = 64 * 1024;  // of a document, as JSON
inline constexpr std::size_t most_section_metadata = 4 * 1024;
inline constexpr std::size_t most_loader_metadata = 16 * 1024;  // of an entry, or of a content

// `text`, or its beginning and "…", `most` bytes at most; no code point is cut in two.
std::string shortened(std::string_view text, std::size_t most);

// `metadata` without its longest values, until it is `most` bytes of JSON at most.
Json lightened(Json metadata, std::size_t most);

// Before finish(). A heading that is too long stays whole at the beginning of its section's text. A
// URL that is too long is left out, so that the one above it counts; where those of all sections
// would come to more than 8 times the text (and 64 KiB), all are. Metadata of sections loses its
// longest values, and all of it where it would be more than the text (and 64 KiB). Beyond 1024
// sections and one for every 32 bytes, the rest is text of the last.
void cut_to_limits(Document& document);

// Fails with invalid_argument, whose subject is `name`.
base::Status check_length(std::string_view text, std::size_t most, const std::string& name);
base::Status check_metadata(const Json& metadata, const std::string& name,
                            std::size_t most = most_metadata);

}  // namespace freshet::model
