// core/query/fold.hpp - of hits that say nearly the same on several pages, the best stands for all.
#pragma once

#include "core/query/sift.hpp"

namespace freshet::query {

// Which hits go, each with the better one that says it: 0 where it stays, else that one's number from 1.
std::vector<std::size_t> fold(const std::vector<ports::Hit>& hits);

}  // namespace freshet::query
