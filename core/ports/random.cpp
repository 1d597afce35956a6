#include "core/ports/random.hpp"

#include <random>

namespace freshet::ports {
namespace {

class SystemRandom : public Random {
 public:
  std::uint64_t draw() override {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
  }
};

}  // namespace

Random& system_random() {
  static SystemRandom random;
  return random;
}

}  // namespace freshet::ports
