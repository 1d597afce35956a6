// core/base/system_error.hpp - what an errno means: one code and the same words wherever it is met.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace freshet::base {

Code code_of_errno(int number);
// "the disk is full", "too many open files in this process (ulimit -n)": lower case, no final stop.
std::string errno_words(int number);

// fail_errno(errno, "cannot be opened", path): "cannot be opened: the disk is full".
tl::unexpected<Error> fail_errno(int number, std::string_view what, std::string subject);

}  // namespace freshet::base
