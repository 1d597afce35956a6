// Where the checkout and its build lie. Functions of one file, so that no other object of the tests depends on it.
#pragma once

#include <string>

namespace freshet::testing {

std::string source_path(const std::string& below);
std::string build_path(const std::string& below);

}  // namespace freshet::testing
