#include "capi/log.hpp"

#include <mutex>
#include <shared_mutex>
#include <string>

#include "capi/boundary.hpp"
#include "core/base/silence.hpp"

namespace freshet::capi {
namespace {

struct Log {
  std::shared_mutex mutex;  // shared by those who are handing out a line
  freshet_log_callback callback = nullptr;
  void* payload = nullptr;
};

// Never destroyed: at the end of a program plugins may still have something to say.
Log& the_log() {
  static Log& log = *new Log;
  return log;
}

}  // namespace

base::Status set_log(freshet_log_callback callback, void* payload) {
  if (base::is_silent) return base::fail(base::Code::misuse, "is set by itself", "log");
  Log& log = the_log();
  const std::unique_lock lock(log.mutex);
  log.callback = callback;
  log.payload = payload;
  return {};
}

void write_log(int level, std::string_view plugin, std::string_view message) {
  if (base::is_silent) return;
  Log& log = the_log();
  const std::shared_lock lock(log.mutex);
  if (log.callback == nullptr) return;
  const base::SilenceScope mark(true);
  try {
    log.callback(log.payload, level, std::string(plugin).c_str(), std::string(message).c_str());
  } catch (...) {  // it may not throw; if it does, whoever logs is none the worse for it
  }
}

}  // namespace freshet::capi

extern "C" {

using namespace freshet::capi;

FRESHET_API freshet_status freshet_log_set(freshet_log_callback callback, void* payload,
                                           freshet_error** out_error) noexcept {
  return guard(out_error, [&] { return set_log(callback, payload); });
}

}  // extern "C"
