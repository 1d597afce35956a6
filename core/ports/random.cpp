#include "core/ports/random.hpp"

#include <sys/random.h>

#include <random>

namespace freshet::ports {
namespace {

// Of the kernel: a virtual machine may take a hundred times as long for the processor's own.
class SystemRandom : public Random {
 public:
  std::uint64_t draw() override {
    std::uint64_t number = 0;
    if (::getrandom(&number, sizeof number, 0) == sizeof number) return number;
    std::random_device device;  // a kernel that forbids the call
    return std::uint64_t{device()} << 32 | device();
  }
};

}  // namespace

Random& system_random() {
  static SystemRandom random;
  return random;
}

}  // namespace freshet::ports
