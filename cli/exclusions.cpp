#include "cli/interrupt.hpp"
#include "cli/roots.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

std::string shown(const std::string& uri) { return printable(redacted(uri)); }

Json shown(const std::vector<std::string>& uris) {
  Json all = Json::array();
  for (const std::string& uri : uris) all.push_back(redacted(uri));
  return all;
}

// Brings the store in step at once. Null: nothing was delivered yet. Where the store cannot be
// reached, that is in "error"; what is to be done there waits for the next refresh.
Json deliver(Repository& repository) {
  const Interruptible call;
  try {
    return Json::parse(repository.deliver(call.limits()));
  } catch (const Error& error) {
    if (error.code() == FRESHET_E_NOT_FOUND) return nullptr;
    return {{"pending", number(Json::parse(repository.status()), "deliveries_pending")},
            {"error", Output::error_json(error)}};
  }
}

std::string store_line(const Json& store) {
  if (store.is_null()) return "store: nothing was delivered yet";
  const std::uint64_t pending = number(store, "pending");
  if (store.contains("error"))
    return "store: " + count(pending, "row is", "rows are") +
           " pending, and the next refresh delivers them: " +
           printable(text_of(store["error"], "message"));
  return "store: " + count(number(store, "removals"), "row", "rows") + " removed" +
         (pending > 0 ? ", " + count(pending) + " pending" : "");
}

// Tells what was done, in the repository and, right after that, in the store.
int settle(Repository& repository, Json done, const std::vector<std::string>& lines,
           const Output& output) {
  const Json store = deliver(repository);
  done["store"] = store;
  if (output.json()) {
    output.result(done);
  } else {
    for (const std::string& line : lines) output.line(line);
    output.line(store_line(store));
  }
  const bool all_done =
      store.is_null() || (!store.contains("error") && number(store, "pending") == 0);
  return all_done ? exit_ok : exit_some_failed;
}

std::string with_how_much(std::uint64_t removed) {
  return removed == 0 ? "" : " with " + count(removed, "element and chunk", "elements and chunks");
}

int exclude(Repository& repository, const std::vector<std::string>& uris, const Options& options,
            const Output& output) {
  const bool deletes = options.command == Command::roots_delete;
  const std::uint64_t removed = repository.exclude(uris, options.why);
  std::vector<std::string> lines;
  for (const std::string& uri : uris)
    lines.push_back((deletes ? "deleted " : "excluded ") + shown(uri));
  lines.push_back("removed " + count(removed, "element and chunk", "elements and chunks") +
                  "; no refresh brings it back until: freshet roots include URI");
  return settle(repository, {{"uris", shown(uris)}, {"deleted", removed}, {"excluded", true}},
                lines, output);
}

// Where a source still lists them they come back.
int delete_once(Repository& repository, const std::vector<std::string>& uris,
                const Output& output) {
  std::uint64_t removed = 0;
  std::vector<std::string> lines;
  for (const std::string& uri : uris) {
    const std::uint64_t here = repository.delete_root_and_descendants(uri).value_or(0);
    lines.push_back("deleted " + shown(uri) + with_how_much(here));
    removed += here;
  }
  lines.emplace_back("what a source still lists comes back with the next refresh");
  return settle(repository, {{"uris", shown(uris)}, {"deleted", removed}, {"excluded", false}},
                lines, output);
}

// As given, or as `roots excluded` shows it.
std::string find_excluded(const Json& list, const std::string& given) {
  std::string found;
  for (const Json& each : list) {
    const std::string uri = text_of(each, "uri");
    if (uri == given) return uri;
    if (redacted(uri) != given) continue;
    if (!found.empty())
      throw Error(FRESHET_E_INVALID_ARGUMENT, "stands for more than one URI: write it without ***",
                  given);
    found = uri;
  }
  return found.empty() ? given : found;
}

int include(Repository& repository, const Options& options, const Output& output) {
  const Json list = Json::parse(repository.excluded())["excluded"];
  std::vector<std::string> uris;
  for (const std::string& given : options.uris) uris.push_back(find_excluded(list, given));
  if (!repository.include(uris))
    throw Error(FRESHET_E_NOT_FOUND, "one of them is not excluded; nothing was changed",
                uris.size() == 1 ? uris.front() : "URI");
  if (output.json()) {
    output.result({{"uris", shown(uris)}, {"included", uris.size()}});
    return exit_ok;
  }
  for (const std::string& uri : uris) output.line("included " + shown(uri));
  output.line("the next refresh lists every source anew, and brings back what is still there");
  return exit_ok;
}

int list_excluded(const Repository& repository, const Output& output) {
  Json all = Json::parse(repository.excluded());
  for (Json& each : all["excluded"]) each["uri"] = redacted(text_of(each, "uri"));
  if (output.json()) {
    output.result(all);
    return exit_ok;
  }
  for (const Json& each : all["excluded"]) {
    const std::string why = text_of(each, "why");
    output.line(printable(text_of(each, "uri")) + "  excluded " +
                ago(each.value("since_ms", std::int64_t{0})) +
                (why.empty() ? "" : ": " + printable(why)));
  }
  if (all["excluded"].empty()) output.line("nothing is excluded");
  return exit_ok;
}

}  // namespace

int run_exclusions(Repository& repository, const Options& options, const Output& output) {
  if (options.command == Command::roots_excluded) return list_excluded(repository, output);
  if (options.command == Command::roots_include) return include(repository, options, output);
  std::vector<std::string> uris;
  for (const std::string& given : options.uris) {
    uris.push_back(find_uri(repository, given));
    const bool as_shown = uris.back().find("***") != std::string::npos;
    const bool known = options.command == Command::roots_exclude && !as_shown;
    if (!known && !repository.find_root(uris.back())) unknown_root(uris.back());
  }
  return options.once ? delete_once(repository, uris, output)
                      : exclude(repository, uris, options, output);
}

}  // namespace freshet::cli
