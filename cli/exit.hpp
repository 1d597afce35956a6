// cli/exit.hpp - what the program exits with.
#pragma once

namespace freshet::cli {

enum Exit { exit_ok = 0, exit_some_failed = 1, exit_usage = 2, exit_nothing_done = 3 };

}  // namespace freshet::cli
