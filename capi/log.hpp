// capi/log.hpp - the log of the process: who takes the lines that no run and no call hears.
#pragma once

#include <string>
#include <string_view>

#include "freshet/log.h"

#include "core/base/error.hpp"

namespace freshet::capi {

// Fails with misuse where the log itself calls it. Waits for lines that are being taken.
base::Status set_log(freshet_log_callback callback, void* payload);

// Hands out a line; drops it where there is no log, or where the log itself brings it about.
void write_log(int level, std::string_view plugin, std::string_view message);

// For who reads secrets.
inline void warn_of_secret(const std::string& line) {
  write_log(FRESHET_LEVEL_WARNING, "freshet", line);
}

}  // namespace freshet::capi
