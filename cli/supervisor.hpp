// cli/supervisor.hpp - what systemd is told, and wants told, of a service (sd_notify(3)).
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace freshet::cli {

// Sends `state` to the socket of $NOTIFY_SOCKET. Does nothing where there is none, and nothing is
// expected of it.
void notify_supervisor(const std::string& state);

// The same for a reload that begins now.
void notify_reloading();

// How often a sign of life is expected; nothing where none is.
std::optional<std::chrono::microseconds> watchdog_interval();

}  // namespace freshet::cli
