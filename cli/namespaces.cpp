#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

// Of no namespace in particular: the configured one need not be there.
Repository open_beside(const Config& config, Access access) {
  Config beside = config;
  beside.open["namespace"] = "";
  return open_existing(beside, access);
}

std::string line_of(const Json& space) {
  std::string line = printable(space.value("name", "")) + "  " +
                     count(number(space, "roots"), "root", "roots") + ", " +
                     count(number(space, "chunks"), "chunk", "chunks");
  if (number(space, "pending") > 0) line += ", " + count(number(space, "pending")) + " pending";
  if (space.value("dropping", false)) line += ", being dropped: drop it again to end that";
  return line;
}

int list_namespaces(const Repository& repository, const Output& output) {
  const std::string text = repository.namespaces();
  if (output.json()) {
    output.result_text(text);
    return exit_ok;
  }
  const Json all = Json::parse(text)["namespaces"];
  for (const Json& space : all) output.line(line_of(space));
  if (all.empty()) output.line("no namespaces");
  return exit_ok;
}

int drop(Repository& repository, const Options& options, const Output& output) {
  const Interruptible call;
  const Json how{{"keep_rows", options.keep_rows}};
  repository.drop_namespace(options.name, how.dump(), call.limits());
  if (output.json())
    output.result({{"name", options.name}, {"dropped", true}});
  else
    output.line("dropped " + printable(options.name));
  return exit_ok;
}

}  // namespace

int run_namespaces(const Options& options, const Config& config, const Output& output) {
  const bool drops = options.command == Command::namespaces_drop;
  Repository repository = open_beside(config, drops ? Access::write : Access::read);
  return drops ? drop(repository, options, output) : list_namespaces(repository, output);
}

}  // namespace freshet::cli
