#include "cli/commands.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

std::optional<Fault> fault_of(const Json& problem, const Config& config, const TomlFile* file) {
  return file != nullptr ? locate(*file, config, problem.value("at", "")) : std::nullopt;
}

void add_place(Json& problem, const std::optional<Fault>& fault) {
  if (!fault) return;
  problem["file"] = fault->file;
  problem["line"] = fault->place.line;
  problem["column"] = fault->place.column;
  if (!fault->source.empty()) problem["source"] = fault->source;
}

}  // namespace

int run_config_check(const Config& config, const TomlFile* file, const Output& output) {
  if (file == nullptr)
    throw Error(FRESHET_E_INVALID_ARGUMENT, "is needed: name a configuration", "FILE");
  nlohmann::json how = nlohmann::json::object();
  if (config.open.contains("plugin_directories"))
    how["plugin_directories"] = config.open["plugin_directories"];
  Json report = Json::parse(check_config(nullptr, config.refresh.dump(), how.dump()));
  for (Json& problem : report["problems"]) {
    const auto fault = fault_of(problem, config, file);
    if (output.json())
      add_place(problem, fault);
    else
      output.error(
          Error(FRESHET_E_INVALID_ARGUMENT, problem.value("message", ""), problem.value("at", "")),
          fault);
  }
  const bool ok = report.value("ok", false);
  if (output.json())
    output.result(report);
  else if (ok)
    output.line(printable(file->path()) + ": nothing is wrong");
  return ok ? exit_ok : exit_usage;
}

}  // namespace freshet::cli
