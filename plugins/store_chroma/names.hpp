// store_chroma/names.hpp - namespaces under names that Chroma takes: 3 to 512 of A-Z a-z 0-9 . _ -,
// with a letter or a digit at both ends.
//
// A name that is legal stays as it is, so that people find their collection. Any other is written
// behind "freshet.ns.", each byte but letters and digits as "_" and two hexadecimal digits: never
// cut or hashed, so that it can be read back.
#pragma once

#include <optional>
#include <string>

namespace store_chroma {

// Throws FRESHET_E_INVALID_ARGUMENT where even the escaped name is too long.
std::string collection_name(const std::string& ns);

// Nothing where no namespace has this collection.
std::optional<std::string> namespace_name(const std::string& collection);

}  // namespace store_chroma
