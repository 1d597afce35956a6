// core/lmdb/fork.hpp - whether this process is still the one that opened something.
#pragma once

#include <cstdint>

namespace freshet::lmdb {

// Differs in a forked child from what it was in its parent.
std::uint32_t fork_generation();

}  // namespace freshet::lmdb
