// tests/scarcity/hooks.hpp - makes the k-th allocation, thread or descriptor of the process fail.
//
// The functions of libc are replaced in the program itself, so that the library and its plugins get
// ours. Under a sanitizer, which has the allocator, it is operator new that fails.
#pragma once

#include <cstdint>
#include <vector>

namespace freshet::scarcity {

enum class Resource { memory, threads, descriptors };

// From now on, the calls with the numbers `first` to `last` (counted from 1) fail.
void arm(Resource resource, long first, long last);
// A place is an allocation as its innermost callers tell it. Until disarm(), the places are noted where
// memory is allocated; places() has them all, in the order in which they were met.
void note_places();
std::vector<std::uint64_t> places();
// From now on, the first allocation at `place` fails, and the `more` after it.
void arm_place(std::uint64_t place, long more);
// No more failures. Returns how many calls were counted.
long disarm();

}  // namespace freshet::scarcity
