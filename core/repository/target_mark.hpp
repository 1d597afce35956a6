// core/repository/target_mark.hpp - how stores tell two targets in one place apart.
#pragma once

#include <string_view>

namespace freshet::repository {

// The second one's rows are under the namespace's name, this, and its number. All stores take these
// letters in names, so no namespace may be given a name that has them.
inline constexpr std::string_view target_mark = ".freshet.";

}  // namespace freshet::repository
