// cli/config.hpp - from the command line and freshet.toml to what the C API takes.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cli/options.hpp"

namespace freshet::cli {

struct Config {
  std::string directory;                              // of the repository
  nlohmann::json open = nlohmann::json::object();     // options of freshet_repository_open()
  nlohmann::json refresh = nlohmann::json::object();  // configuration of freshet_refresh_start()
};

// Reads the configuration file, if there is one, and puts what the command line says over it.
// Throws freshet::Error with FRESHET_E_INVALID_ARGUMENT.
Config make_config(const Options& options);

}  // namespace freshet::cli
