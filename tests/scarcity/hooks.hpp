// tests/scarcity/hooks.hpp - makes the k-th allocation, thread or descriptor of the process fail.
//
// The functions of libc are replaced in the program itself, so that the library and its plugins get
// ours. Under a sanitizer, which has the allocator, it is operator new that fails.
#pragma once

namespace freshet::scarcity {

enum class Resource { memory, threads, descriptors };

// From now on, the calls with the numbers `first` to `last` (counted from 1) fail.
void arm(Resource resource, long first, long last);
// No more failures. Returns how many calls were counted.
long disarm();

}  // namespace freshet::scarcity
