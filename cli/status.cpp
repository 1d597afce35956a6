#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

std::uint64_t number(const Json& object, const char* key) {
  return object.value(key, std::uint64_t{0});
}
std::string text_of(const Json& object, const char* key) {
  return printable(object.value(key, ""));
}

void print_status(const Json& status, const Output& output) {
  output.line("repository " + text_of(status, "directory") + ", namespace " +
              text_of(status, "namespace"));
  output.line(count(number(status, "roots"), "root", "roots") + ": " +
              count(number(status, "fresh")) + " fresh, " + count(number(status, "due")) +
              " due, " + count(number(status, "failing")) + " failing");
  output.line(count(number(status, "chunks"), "chunk", "chunks") + ", " +
              count(number(status, "vectors")) + " vectors");
  const Json& store = status["store"];
  output.line(store.is_null() ? "no store yet"
                              : "store " + text_of(store, "name") + ": " +
                                    count(number(status, "deliveries_pending")) + " rows pending");
  for (const Json& source : status["sources"]) {
    std::string line = "source " + text_of(source, "name") + ": " +
                       count(number(source, "roots"), "root", "roots");
    if (number(source, "held") > 0) line += ", " + count(number(source, "held")) + " removals held";
    if (!text_of(source, "note").empty()) line += "; " + text_of(source, "note");
    output.line(line);
  }
  if (!status["runs"].empty()) {
    const Json& run = status["runs"].front();
    output.line("last run " + text_of(run, "ended") + ": " + count(number(run, "refreshed")) +
                " refreshed, " + count(number(run, "failed")) + " failed");
  }
}

// Compares, or repairs, where anything was ever delivered.
Json check_store(Repository& repository, bool repair, const Limits& limits) {
  try {
    return Json::parse(repair ? repository.repair_store(limits) : repository.verify_store(limits));
  } catch (const Error& error) {
    if (error.code() == FRESHET_E_NOT_FOUND) return nullptr;
    throw;
  }
}

void print_check(const Json& repository, const Json& store, bool repair, const Output& output) {
  output.line("repository: " + count(number(repository, "roots"), "root", "roots") + ", " +
              count(number(repository, "chunks"), "chunk", "chunks") + ", " +
              (repository.value("ok", false)
                   ? "no problem found"
                   : count(number(repository, "problem_count"), "problem", "problems")));
  for (const Json& problem : repository["problems"])
    output.line("  " + printable(problem.get<std::string>()));
  if (store.is_null()) return output.line("store: nothing was delivered yet");
  if (store.value("in_step", false)) {
    output.line("store: in step, " + count(number(store, "stored"), "row", "rows"));
    return;
  }
  output.line("store: " + count(number(store, "missing")) + " missing, " +
              count(number(store, "stale")) + " stale, " + count(number(store, "orphans")) +
              " that should not be there" + (repair ? "; repaired" : ""));
  for (const Json& id : store["ids"]) output.line("  " + printable(id.get<std::string>()));
  if (!repair) output.line("bring it in step with: freshet check --repair");
}

}  // namespace

Repository open_existing(const Config& config, Access access) {
  nlohmann::json options = config.open;
  options["create"] = false;
  options["read_only"] = access == Access::read;
  return Repository(config.directory, options.dump());
}

int run_status(const Config& config, const Output& output) {
  const Repository repository = open_existing(config, Access::read);
  const std::string status = repository.status();
  if (output.json())
    output.result_text(status);
  else
    print_status(Json::parse(status), output);
  return exit_ok;
}

int run_check(const Options& options, const Config& config, const Output& output) {
  Repository repository = open_existing(config, options.repair ? Access::write : Access::read);
  const Interruptible call;
  const Json checked = Json::parse(repository.check(call.limits()));
  const Json store = check_store(repository, options.repair, call.limits());
  if (output.json())
    output.result({{"repository", checked},
                   {"store", store},
                   {"repaired", options.repair && !store.is_null()}});
  else
    print_check(checked, store, options.repair, output);
  const bool in_step = store.is_null() || store.value("in_step", false) || options.repair;
  return checked.value("ok", false) && in_step ? exit_ok : exit_some_failed;
}

}  // namespace freshet::cli
