// tests/scarcity/preload.cpp - the same for a program that is not ours to change: preloaded, it arms
// the hooks as main begins. FRESHET_SCARCE is "RESOURCE FIRST LAST", as numbers.
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>

#include "tests/scarcity/hooks.hpp"

namespace {

using Main = int(int, char**, char**);

Main* real_main = nullptr;

int armed_main(int count, char** arguments, char** environment) {
  int resource = 0;
  long first = 0, last = 0;
  const char* const wanted = std::getenv("FRESHET_SCARCE");
  if (wanted != nullptr && std::sscanf(wanted, "%d %ld %ld", &resource, &first, &last) == 3)
    freshet::scarcity::arm(static_cast<freshet::scarcity::Resource>(resource), first, last);
  return real_main(count, arguments, environment);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int __libc_start_main(
    Main* program, int count, char** arguments, void (*init)(), void (*fini)(), void (*rtld_fini)(),
    void* stack_end) {
  using Start = int(Main*, int, char**, void (*)(), void (*)(), void (*)(), void*);
  real_main = program;
  auto* const start = reinterpret_cast<Start*>(dlsym(RTLD_NEXT, "__libc_start_main"));
  return start(armed_main, count, arguments, init, fini, rtld_fini, stack_end);
}
