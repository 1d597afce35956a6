// core/sync/confirm.hpp - a root was found as it is known.
#pragma once

#include <string>

#include "core/repository/repository.hpp"

namespace freshet::sync {

// Inside write(). Where the root is another name, what it names was confirmed with it, unless that is fetched
// by its own name, has failed and is not due yet, is perhaps gone, or is in work.
base::Status confirm_root(repository::Writer& writer, const repository::Touch& touch,
                          const std::string& alias_of);

}  // namespace freshet::sync
