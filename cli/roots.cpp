#include "cli/roots.hpp"

#include <optional>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/standard_output.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

Json object_of(const char* text) {
  Json parsed = Json::parse(text, nullptr, false);
  return parsed.is_object() ? parsed : Json::object();
}

Json instant(std::int64_t ms) { return ms == 0 || ms == FRESHET_NEVER ? Json() : Json(ms); }

Json to_json(const freshet_root_info& info) {
  Json out{{"uri", redacted(info.uri)},
           {"title", info.title},
           {"media_type", info.media_type},
           {"version", info.version},
           {"chunks", info.chunks},
           {"elements", info.elements},
           {"ingested_ms", instant(info.ingested_ms)},
           {"checked_ms", instant(info.checked_ms)},
           {"changed_ms", instant(info.changed_ms)},
           {"ask_again_ms", instant(info.ask_again_ms)},
           {"failures", info.failures},
           {"metadata", object_of(info.metadata)},
           {"flags", object_of(info.flags)}};
  if (info.alias_of[0] != '\0') out["alias_of"] = redacted(info.alias_of);
  if (info.failures > 0)
    out["error"] = {{"code", freshet_status_name(info.error_code)}, {"message", info.error}};
  return out;
}

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The error, without naming again the root that it stands beside.
std::string error_of(const freshet_root_info& info) {
  std::string_view error = info.error;
  const std::string subject = redacted(info.uri) + ": ";
  if (error.starts_with(subject)) error.remove_prefix(subject.size());
  return printable(error);
}

std::string list_line(const freshet_root_info& info) {
  std::string line = printable(redacted(info.uri)) + "  " + count(info.chunks, "chunk", "chunks");
  if (info.alias_of[0] != '\0') return line + ", the same as " + printable(redacted(info.alias_of));
  line += ", checked " + ago(info.checked_ms);
  if (info.failures > 0) line += ", failing: " + error_of(info);
  return line;
}

std::uint64_t list_lines(const Repository& repository, const Output& output) {
  std::uint64_t roots = 0;
  repository.each_root([&](const Root& root) {
    ++roots;
    output.line(list_line(root.info()));
    return !interrupted();
  });
  return roots;
}

// The error that ended the listing, or null. What came before it is valid JSON all the same.
std::optional<Error> list_json(const Repository& repository) {
  std::optional<Error> problem;
  std::uint64_t roots = 0;
  put("{\"roots\":[");
  try {
    repository.each_root([&](const Root& root) {
      if (interrupted()) throw Error(FRESHET_E_CANCELLED, "the listing was interrupted", "");
      put(roots++ == 0 ? "" : ",");
      put(printable_json(dump(to_json(root.info()))));
      return true;
    });
  } catch (const Error& error) {
    problem = error;
  }
  put("],\"count\":" + std::to_string(roots));
  if (problem) put(",\"error\":" + printable_json(dump(Output::error_json(*problem))));
  put("}\n");
  return problem;
}

// Root by root, however many there are.
int list_roots(const Repository& repository, const Output& output) {
  if (!output.json()) {
    if (list_lines(repository, output) == 0) output.line("no roots");
    return interrupted() ? exit_some_failed : exit_ok;
  }
  const auto problem = list_json(repository);
  if (!problem) return exit_ok;
  return problem->code() == FRESHET_E_CANCELLED ? exit_some_failed : exit_code_of(problem->code());
}

void print_root(const freshet_root_info& info, const Output& output) {
  output.line(printable(redacted(info.uri)));
  if (info.title[0] != '\0') output.line("title     " + printable(info.title));
  if (info.media_type[0] != '\0') output.line("type      " + printable(info.media_type));
  if (info.alias_of[0] != '\0') output.line("alias of  " + printable(redacted(info.alias_of)));
  output.line("holds     " + count(info.chunks, "chunk", "chunks") + ", " +
              count(info.elements, "element", "elements"));
  output.line("stored    " + ago(info.ingested_ms));
  output.line("checked   " + ago(info.checked_ms));
  output.line("changed   " + ago(info.changed_ms));
  if (info.failures > 0)
    output.line("failing   " + count(info.failures, "time", "times") + ", last " +
                ago(info.failed_ms) + ": " + error_of(info));
  output.line("metadata  " + printable(info.metadata));
  output.line("flags     " + printable(info.flags));
}

int show(const Repository& repository, const std::string& uri, const Output& output) {
  const auto root = repository.find_root(uri);
  if (!root) unknown_root(uri);
  if (output.json())
    output.result(to_json(root->info()));
  else
    print_root(root->info(), output);
  return exit_ok;
}

// KEY=VALUE, the value as JSON where it is some, else as text; KEY= removes the flag.
Json parse_flags(const std::vector<std::string>& texts) {
  Json flags = Json::object();
  for (const std::string& text : texts) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      throw Error(FRESHET_E_INVALID_ARGUMENT, "is not KEY=VALUE", text);
    const std::string value = text.substr(equals + 1);
    Json parsed = value.empty() ? Json() : Json::parse(value, nullptr, false);
    flags[text.substr(0, equals)] = parsed.is_discarded() ? Json(value) : parsed;
  }
  return flags;
}

int flag(Repository& repository, const std::string& uri, const std::vector<std::string>& flags,
         const Output& output) {
  repository.set_flags(uri, dump(parse_flags(flags)));
  const auto root = repository.find_root(uri);
  if (!root) unknown_root(uri);
  if (output.json())
    output.result({{"uri", redacted(uri)}, {"flags", object_of(root->info().flags)}});
  else
    output.line("flags of " + printable(redacted(uri)) + ": " + printable(root->info().flags));
  return exit_ok;
}

}  // namespace

std::string find_uri(const Repository& repository, const std::string& given) {
  if (given.find("***") == std::string::npos || repository.find_root(given)) return given;
  std::vector<std::string> found;
  repository.each_root([&](const Root& root) {
    if (redacted(root.info().uri) == given) found.emplace_back(root.info().uri);
    return found.size() < 2;
  });
  if (found.size() > 1)
    throw Error(FRESHET_E_INVALID_ARGUMENT,
                "stands for more than one root: write the URI without ***", given);
  return found.empty() ? given : found.front();
}

void unknown_root(const std::string& uri) {
  throw Error(FRESHET_E_NOT_FOUND, "is not a known root", uri);
}

int run_roots(const Options& options, const Config& config, const Output& output) {
  const Command command = options.command;
  const bool reads = command == Command::roots_list || command == Command::roots_show ||
                     command == Command::roots_excluded;
  Repository repository = open_existing(config, reads ? Access::read : Access::write);
  switch (command) {
    case Command::roots_list:
      return list_roots(repository, output);
    case Command::roots_show:
      return show(repository, find_uri(repository, options.uri), output);
    case Command::roots_flag:
      return flag(repository, find_uri(repository, options.uri), options.flags, output);
    default:
      return run_exclusions(repository, options, output);
  }
}

}  // namespace freshet::cli
