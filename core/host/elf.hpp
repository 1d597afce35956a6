// core/host/elf.hpp - is a file a whole shared library for this machine?
//
// Asked before the system maps it. Mapping succeeds for a file that is cut short, too, and the
// process then dies by SIGBUS at the first page that the file does not have; the system's loader
// believes the headers and writes where they point. What is asked is whether the headers agree with
// the file and with each other. Damaged code or data inside a segment is not seen.
#pragma once

#include <string>

#include "core/base/error.hpp"

namespace freshet::host {

// Code::plugin where the file is missing or is no such library, with what is wrong; Code::limit,
// io or out_of_memory where this process cannot open or read it. The subject is the path.
base::Status check_elf(const std::string& path);

}  // namespace freshet::host
