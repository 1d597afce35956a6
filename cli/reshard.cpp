#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

void print(const Json& report, const Output& output) {
  output.line(count(number(report, "roots"), "root", "roots") + " with " +
              count(number(report, "chunks"), "chunk", "chunks") + " moved; the old directories " +
              "are not used any more");
  if (number(report, "pending") > 0)
    output.line(count(number(report, "pending"), "row", "rows") +
                " to deliver, by the next run of each shard");
  if (number(report, "parted") > 0)
    output.line(count(number(report, "parted"), "other name of a page", "other names of pages") +
                " fell to another shard than the page: read by the next run");
  for (const Json& name : report["to_fill"])
    output.line("namespace " + printable(name.get<std::string>()) +
                ": each shard has a store of its own, which its next run fills");
}

}  // namespace

int run_reshard(const Options& options, const Config& config, const Output& output) {
  Json how{{"from", options.directories}, {"to", options.new_directories}};
  for (const char* key : {"plugin_directories", "force_filesystem", "allow_shared"})
    if (config.open.contains(key)) how[key] = config.open[key];
  const Interruptible call;
  const std::string report = move_shards(how.dump(), call.limits());
  if (output.json())
    output.result_text(report);
  else
    print(Json::parse(report), output);
  return exit_ok;
}

}  // namespace freshet::cli
