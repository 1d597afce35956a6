#include <algorithm>

#include "cli/commands.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

std::optional<Fault> fault_of(const Error& problem, const Config& config, const TomlFile* file) {
  return file != nullptr ? locate(*file, config, problem.subject()) : std::nullopt;
}

Json to_json(const Error& problem, const std::optional<Fault>& fault) {
  const Json error = Output::error_json(problem);
  Json json{{"code", error["code"]}, {"at", error["subject"]}, {"message", error["message"]}};
  if (!fault) return json;
  json["file"] = fault->file;
  json["line"] = fault->place.line;
  json["column"] = fault->place.column;
  if (!fault->source.empty()) json["source"] = fault->source;
  return json;
}

Json to_json(const std::vector<Error>& problems, const Config& config, const TomlFile* file) {
  Json all = Json::array();
  for (const Error& each : problems) all.push_back(to_json(each, fault_of(each, config, file)));
  return all;
}

}  // namespace

int run_config_check(const Config& config, const TomlFile* file, const Output& output) {
  if (file == nullptr)
    throw Error(FRESHET_E_INVALID_ARGUMENT, "is needed: name a configuration", "FILE");
  const std::vector<Error> problems = problems_of(config);
  if (output.json())
    output.result({{"ok", problems.empty()}, {"problems", to_json(problems, config, file)}});
  else if (problems.empty())
    output.line(printable(file->path()) + ": nothing is wrong");
  else
    for (const Error& each : problems) output.error(each, fault_of(each, config, file));
  return problems.empty() ? exit_ok : exit_usage;
}

void tell_all_that_is_wrong(const Error& first, const Config& config, const TomlFile* file,
                            const Output& output) {
  std::vector<Error> problems = problems_of(config);
  if (const auto missing = missing_source(config)) problems.push_back(*missing);
  const auto is_first = [&](const Error& each) { return each.subject() == first.subject(); };
  if (std::none_of(problems.begin(), problems.end(), is_first)) problems.push_back(first);
  if (problems.size() == 1) return output.error(first, fault_of(first, config, file));
  if (!output.json()) {
    for (const Error& each : problems) output.error(each, fault_of(each, config, file));
    return;
  }
  output.result(
      {{"error", Output::error_json(first)}, {"problems", to_json(problems, config, file)}});
}

}  // namespace freshet::cli
