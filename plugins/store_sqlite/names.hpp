// store_sqlite/names.hpp - the names that a chunk defines: functions, classes, members, options. They are searched as a
// field of their own, so that the entry of a name stands above the many texts that mention it.
#pragma once

#include <string>
#include <string_view>

namespace store_sqlite {

// The names, one a line, each once. A definition is what documentation prints as one: a line of its own that is a
// signature, such as "class shelf.Shelf(dict, protocol=None)" or "int pond_open(const char *path)"; and the anchor of
// `url`, where that is a dotted name.
std::string names_of(std::string_view url, std::string_view text);

}  // namespace store_sqlite
