#include "tests/support/places.hpp"

namespace freshet::testing {

std::string source_path(const std::string& below) { return FRESHET_SOURCE_DIR "/" + below; }
std::string build_path(const std::string& below) { return FRESHET_BUILD_DIR "/" + below; }

}  // namespace freshet::testing
