// loader_command/options.hpp - the options, read and checked. docs/command.md explains them, the manifest gives
// their defaults.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <freshet/sdk/json.hpp>

namespace freshet::loader_command {

struct Options {
  std::vector<std::string> command;
  nlohmann::json options;                          // the program's own
  std::map<std::string, std::string> environment;  // with references to secrets in it
  std::string directory;
  std::size_t processes = 4;
  std::int64_t timeout_ms = 0;
  std::uint64_t max_bytes = 0, max_memory = 0;

  std::uint64_t max_line() const;  // of what one content may take as JSON
};

Options read_options(const nlohmann::json& json);

}  // namespace freshet::loader_command
