// cli/config.hpp - from the command line and freshet.toml to what the C API takes.
#pragma once

#include <freshet/freshet.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <freshet/sdk/json.hpp>

#include "cli/options.hpp"
#include "cli/toml_file.hpp"

namespace freshet::cli {

struct Config {
  std::string directory;                              // of the repository
  nlohmann::json open = nlohmann::json::object();     // options of freshet_repository_open()
  nlohmann::json refresh = nlohmann::json::object();  // configuration of freshet_refresh_start()
  nlohmann::json backup = nlohmann::json::object();   // of freshet_backup_take(), and "target"
  std::set<std::string> from_command_line;            // top-level keys that it has set
  std::vector<Error> unknown_keys;                    // of the file's top level; they go nowhere
};

// What the command line says, over what the file says (null: there is none). Throws freshet::Error
// with FRESHET_E_INVALID_ARGUMENT where the command line itself is wrong.
Config make_config(const Options& options, const TomlFile* file);

// A plugin as the option `name` names it: "sqlite" or "sqlite={…}".
nlohmann::json parse_use(const std::string& text, const std::string& name);

// What a run lacks that has no source.
std::optional<Error> missing_source(const Config& config);

// All that is wrong with it, before anything is opened.
std::vector<Error> problems_of(const Config& config);

// Throws what is wrong with [backup], where something is.
void require_backup(const Config& config);

// Nothing where `subject` is no value of the file.
std::optional<Fault> locate(const TomlFile& file, const Config& config, std::string subject);

}  // namespace freshet::cli
