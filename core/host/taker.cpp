#include "core/host/taker.hpp"

namespace freshet::host {

freshet_status refuse_late(const std::weak_ptr<const Caller>& caller) noexcept {
  base::Status untold;
  take_safely(untold, [&] {
    if (const auto still = caller.lock())
      log(still->services, FRESHET_LOG_WARNING, still->plugin,
          "used a sink after the call that it was for");
  });
  return FRESHET_E_MISUSE;
}

}  // namespace freshet::host
