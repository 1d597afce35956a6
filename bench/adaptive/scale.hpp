// bench/adaptive/scale.hpp - what a decision costs at a million pages, and what is kept of each.
#pragma once

#include <cstddef>

namespace freshet::bench {

// Judges so many pages of a site a few times, and prints nanoseconds a page and bytes.
void print_scale(std::size_t pages);

}  // namespace freshet::bench
