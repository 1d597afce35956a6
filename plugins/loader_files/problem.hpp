// loader_files/problem.hpp - what an errno means to the host.
#pragma once

#include <freshet/status.h>

#include <string>

namespace freshet::loader_files {

freshet_status status_of(int error);
std::string describe(int error);

}  // namespace freshet::loader_files
