#include <set>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

// Where there is more to say than of one store that is live.
void print_stores(const Json& stores, const Output& output) {
  if (stores.size() < 2) return;
  for (const Json& store : stores) {
    std::string line = "target " + count(number(store, "target")) + ": " + text_of(store, "name");
    if (!store["embedder"].is_null()) line += ", model " + text_of(store["embedder"], "model");
    line += ": " + text_of(store, "state");
    if (store.value("searched", false)) line += ", searched";
    output.line(line + ", " + count(number(store, "pending"), "row", "rows") + " pending");
  }
}

void print_status(const Json& status, const Output& output) {
  output.line("repository " + text_of(status, "directory") + ", namespace " +
              text_of(status, "namespace"));
  if (status.contains("moved_to"))
    output.line("left by freshet reshard: what it had is in " +
                printable(status.value("moved_to", "")));
  if (status.contains("filled_from"))
    output.line("not whole: freshet reshard, from " + printable(status.value("filled_from", "")) +
                ", is to be run again");
  if (status.contains("shard"))
    output.line("shard " + count(number(status["shard"], "index")) + " of " +
                count(number(status["shard"], "count")));
  output.line(count(number(status, "roots"), "root", "roots") + ": " +
              count(number(status, "fresh")) + " fresh, " + count(number(status, "due")) +
              " due, " + count(number(status, "failing")) + " failing");
  output.line(count(number(status, "chunks"), "chunk", "chunks") + ", " +
              count(number(status, "vectors")) + " vectors");
  const Json& store = status["store"];
  output.line(store.is_null()
                  ? "no store yet"
                  : "store " + text_of(store, "name") + ": " +
                        count(number(status, "deliveries_pending"), "row", "rows") + " pending");
  print_stores(status["stores"], output);
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

constexpr const char* added_up[] = {"roots", "documents", "chunks",  "elements",          "fresh",
                                    "due",   "failing",   "vectors", "deliveries_pending"};

// The shards of one knowledge base that are not among `statuses`; one of another count, or twice the
// same, is an error.
std::vector<std::uint64_t> missing_shards(const Json& statuses) {
  std::set<std::uint64_t> here;
  std::uint64_t all = 0;
  for (const Json& status : statuses) {
    const Json shard = status.value("shard", Json{{"index", 0}, {"count", 1}});
    const std::uint64_t of = number(shard, "count");
    const std::string directory = text_of(status, "directory");
    if (all != 0 && of != all)
      throw Error(FRESHET_E_INVALID_ARGUMENT,
                  "is one of " + count(of, "shard", "shards") + ", and the one before it of " +
                      count(all) + ": these are not parts of one whole",
                  directory);
    all = of;
    if (!here.insert(number(shard, "index")).second)
      throw Error(FRESHET_E_INVALID_ARGUMENT,
                  "is shard " + count(number(shard, "index")) + ", which was named before",
                  directory);
  }
  std::vector<std::uint64_t> missing;
  for (std::uint64_t index = 0; index < all; ++index)
    if (!here.contains(index)) missing.push_back(index);
  return missing;
}

void print_statuses(const Json& together, const Output& output) {
  for (const Json& status : together["shards"]) print_status(status, output);
  output.line("together: " + count(number(together, "roots"), "root", "roots") + ": " +
              count(number(together, "fresh")) + " fresh, " + count(number(together, "due")) +
              " due, " + count(number(together, "failing")) + " failing; " +
              count(number(together, "chunks"), "chunk", "chunks") + ", " +
              count(number(together, "deliveries_pending"), "row", "rows") + " pending");
  if (!together["missing"].empty())
    output.line("not named: " + count(together["missing"].size(), "shard", "shards") +
                ", of which the first is shard " +
                count(together["missing"].front().get<std::uint64_t>()));
}

// Each shard, and what they have together.
int run_statuses(const Options& options, const Config& config, const Output& output) {
  Json together{{"shards", Json::array()}};
  for (const std::string& directory : options.directories) {
    Config one = config;
    one.directory = directory;
    together["shards"].push_back(Json::parse(open_existing(one, Access::read).status()));
  }
  together["missing"] = missing_shards(together["shards"]);
  for (const char* key : added_up) {
    std::uint64_t sum = 0;
    for (const Json& status : together["shards"]) sum += number(status, key);
    together[key] = sum;
  }
  if (output.json())
    output.result(together);
  else
    print_statuses(together, output);
  return exit_ok;
}

// Compares, or repairs, where anything was ever delivered.
Json check_store(Repository& repository, const Options& options, const Config& config,
                 const Limits& limits) {
  try {
    return Json::parse(repository.verify_store(how_to_verify(options, config).dump(), limits));
  } catch (const Error& error) {
    if (error.code() == FRESHET_E_NOT_FOUND) return nullptr;
    throw;
  }
}

// "of 320 rows, 20 compared by content (part 3 of 16, another one each day)"
std::string scope(const Json& store) {
  std::string text = "of " + count(number(store, "stored"), "row", "rows") + ", " +
                     count(number(store, "compared")) + " compared by content";
  const Json& sample = store["sample"];
  if (number(sample, "of") > 1)
    text += " (part " + count(number(sample, "part") + 1) + " of " + count(number(sample, "of")) +
            ", another one each day; all with --deep)";
  return text;
}

void print_store(const Json& store, bool repair, const Output& output) {
  if (store.value("in_step", false)) return output.line("store: in step; " + scope(store));
  output.line("store: " + count(number(store, "missing")) + " missing, " +
              count(number(store, "stale")) + " stale, " + count(number(store, "damaged")) +
              " damaged, " + count(number(store, "orphans")) + " that should not be there; " +
              scope(store));
  for (const Json& problem : store["problems"])
    output.line("  " + printable(problem.get<std::string>()));
  for (const Json& id : store["ids"]) output.line("  " + printable(id.get<std::string>()));
  if (!repair) return output.line("bring it in step with: freshet check --repair");
  output.line(std::string(store.value("rebuilt", false) ? "filled again: " : "repaired: ") +
              count(number(store, "upserts"), "row", "rows") + " delivered, " +
              count(number(store, "removals")) + " removed, " +
              count(number(store, "embedded_texts"), "text", "texts") + " embedded");
  if (number(store, "held") > 0) output.line(held_line(number(store, "held")));
  if (const std::string kept = text_of(store, "kept"); !kept.empty())
    output.line("the damaged file is kept, to be looked at or deleted: " + kept);
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
  print_store(store, repair, output);
}

}  // namespace

Repository open_existing(const Config& config, Access access) {
  nlohmann::json options = config.open;
  options["create"] = false;
  options["read_only"] = access == Access::read;
  return Repository(config.directory, options.dump());
}

int run_status(const Options& options, const Config& config, const Output& output) {
  if (!options.directories.empty()) return run_statuses(options, config, output);
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
  const Json store = check_store(repository, options, config, call.limits());
  if (output.json())
    output.result({{"repository", checked},
                   {"store", store},
                   {"repaired", options.repair && !store.is_null()}});
  else
    print_check(checked, store, options.repair, output);
  const bool repaired = options.repair && number(store, "held") == 0;
  const bool in_step = store.is_null() || store.value("in_step", false) || repaired;
  return checked.value("ok", false) && in_step ? exit_ok : exit_some_failed;
}

}  // namespace freshet::cli
