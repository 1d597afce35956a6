// core/read/archive.hpp - what kind of document a zip archive is.
#pragma once

#include <string_view>

namespace freshet::read {

// By what its directory of names says: of OpenDocument, EPUB and Office Open XML, else "application/zip".
// Looks at names alone, and unpacks nothing.
std::string_view archive_type(std::string_view bytes);

}  // namespace freshet::read
