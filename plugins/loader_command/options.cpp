#include "loader_command/options.hpp"

#include <freshet/sdk/freshet_sdk.hpp>
#include <freshet/sdk/options.hpp>

namespace freshet::loader_command {
namespace {

[[noreturn]] void reject(const std::string& path, std::string message) {
  throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, std::move(message), path);
}

void check_name(const std::string& name) {
  if (name.empty() || name.find('=') != std::string::npos || name.find('\0') != std::string::npos)
    reject("environment." + name, "not the name of a variable");
}

}  // namespace

// A text may take six bytes for one: "\u0001".
std::uint64_t Options::max_line() const { return 6 * max_bytes + (std::uint64_t{1} << 20); }

Options read_options(const nlohmann::json& json) {
  Options options;
  options.command = json.at("command").get<std::vector<std::string>>();
  for (std::size_t i = 0; i < options.command.size(); ++i)
    if (options.command[i].find('\0') != std::string::npos ||
        (i == 0 && options.command[i].empty()))
      reject("command[" + std::to_string(i) + "]", "not the name of a program, or has a NUL");
  options.options = json.at("options");
  options.environment = json.at("environment").get<std::map<std::string, std::string>>();
  for (const auto& [name, value] : options.environment) check_name(name);
  options.directory = json.at("directory").get<std::string>();
  if (!options.directory.empty() && !options.directory.starts_with('/'))
    reject("directory", "not an absolute path");
  options.processes = json.at("processes").get<std::size_t>();
  options.timeout_ms = sdk::duration_ms(json.at("timeout"));
  if (options.timeout_ms < 1) reject("timeout", "expected a time longer than 0s");
  options.max_bytes = sdk::size_bytes(json.at("max_bytes"));
  if (options.max_bytes < 1 || options.max_bytes > std::uint64_t{1} << 30)
    reject("max_bytes", "expected a size from 1 byte to 1GiB");
  options.max_memory = sdk::size_bytes(json.at("max_memory"));
  return options;
}

}  // namespace freshet::loader_command
