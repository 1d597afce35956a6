// cli/backup.cpp - backup and restore.
#include <freshet/backup.h>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

// "12.3 MiB"
std::string size_of(std::uint64_t bytes) {
  constexpr const char* units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  double size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < std::size(units); ++unit) size /= 1024;
  char text[40];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", size, units[unit]);
  return text;
}

std::string target_of(const Options& options, const Config& config) {
  if (!options.backup_target.empty()) return options.backup_target;
  const Json configured = config.backup.value("target", Json());
  if (configured.is_string()) return configured.get<std::string>();
  throw Error(FRESHET_E_INVALID_ARGUMENT,
              "is needed: give a directory or s3://BUCKET/PREFIX, or [backup] target in the "
              "configuration",
              "TARGET");
}

// What the configuration says of the place, under what the command line says.
Json place_of(const Options& options, const Config& config) {
  Json how = config.backup;
  how.erase("target");
  if (!options.endpoint.empty()) how["endpoint"] = options.endpoint;
  if (!options.region.empty()) how["region"] = options.region;
  if (config.open.contains("allow_shared")) how["allow_shared"] = config.open["allow_shared"];
  return how;
}

// Without a repository, whose HTTP client it would be.
Json place_alone(const Options& options, const Config& config) {
  Json how = place_of(options, config);
  how.erase("keep");
  if (config.open.contains("http")) how["http"] = config.open["http"];
  return how;
}

int list(const Options& options, const Config& config, const Output& output) {
  const Interruptible call;
  const std::string text =
      list_backup(target_of(options, config), place_alone(options, config).dump(), call.limits());
  if (output.json()) {
    output.result_text(text);
    return exit_ok;
  }
  const Json all = Json::parse(text)["snapshots"];
  for (const Json& each : all)
    output.line(printable(text_of(each, "id")) + "  " + size_of(number(each, "bytes")) + " of " +
                printable(text_of(each, "repository")));
  if (all.empty()) output.line("no snapshots");
  return exit_ok;
}

void print_taken(const Json& taken, const Output& output) {
  const Json& written = taken["written"];
  output.line("snapshot " + text_of(taken, "snapshot") + ": " + size_of(number(taken, "bytes")) +
              ", " + size_of(number(written, "bytes")) + " of it new in " +
              count(number(written, "pieces"), "piece", "pieces"));
  const std::uint64_t removed = taken["removed"].size(), pieces = number(taken, "removed_pieces");
  if (removed + pieces > 0)
    output.line("removed " + count(removed, "snapshot", "snapshots") + " and " +
                count(pieces, "piece", "pieces") + " that none needs");
  output.line(count(taken["snapshots"].size(), "snapshot is", "snapshots are") + " kept");
}

}  // namespace

int run_backup(const Options& options, const Config& config, const Output& output) {
  require_backup(config);
  if (options.list) return list(options, config, output);
  const std::string target = target_of(options, config);
  Config beside = config;  // of all namespaces
  beside.open["namespace"] = "";
  const Repository repository = open_existing(beside, Access::read);
  Json how = place_of(options, config);
  if (options.keep) how["keep"] = *options.keep;
  const Interruptible call;
  const std::string text = repository.take_backup(target, how.dump(), call.limits());
  if (output.json())
    output.result_text(text);
  else
    print_taken(Json::parse(text), output);
  return exit_ok;
}

int run_restore(const Options& options, const Config& config, const Output& output) {
  require_backup(config);
  Json how = place_alone(options, config);
  if (!options.snapshot.empty()) how["snapshot"] = options.snapshot;
  const Interruptible call;
  const std::string text =
      restore_backup(options.backup_target, options.restore_to, how.dump(), call.limits());
  if (output.json()) {
    output.result_text(text);
    return exit_ok;
  }
  const Json restored = Json::parse(text);
  output.line("restored " + text_of(restored, "snapshot") + " to " + printable(options.restore_to) +
              ": " + count(number(restored, "roots"), "root", "roots") + ", " +
              count(number(restored, "chunks"), "chunk", "chunks"));
  output.line("the embedded store, where it is used, is filled by the next freshet refresh");
  return exit_ok;
}

}  // namespace freshet::cli
