// cli/suggest.hpp - "did you mean": the known word that is nearest to a mistyped one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace freshet::cli {

// "" where none is near enough: at most a third of the letters differ.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace freshet::cli
