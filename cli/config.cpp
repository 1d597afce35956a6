#include "cli/config.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <freshet/freshet.hpp>
#include <fstream>
#include <iterator>
#include <sstream>

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

namespace freshet::cli {
namespace {

using nlohmann::json;

[[noreturn]] void wrong(const std::string& subject, const std::string& message) {
  throw Error(FRESHET_E_INVALID_ARGUMENT, message, subject);
}

std::string load(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) wrong(path, "there is no such file");
  if (!S_ISREG(info.st_mode)) wrong(path, "is not a regular file");
  if (info.st_size > 1 << 20) wrong(path, "is larger than 1 MiB");
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.good() && !file.eof()) wrong(path, "cannot be read");
  return text;
}

json to_json(const toml::node& node) {
  if (const auto* table = node.as_table()) {
    json out = json::object();
    for (const auto& [key, value] : *table) out[std::string(key.str())] = to_json(value);
    return out;
  }
  if (const auto* array = node.as_array()) {
    json out = json::array();
    for (const auto& value : *array) out.push_back(to_json(value));
    return out;
  }
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* flag = node.as_boolean()) return flag->get();
  std::ostringstream date;  // dates and times have no JSON form: as text
  node.visit([&](const auto& value) {
    if constexpr (toml::is_date<decltype(value)> || toml::is_time<decltype(value)> ||
                  toml::is_date_time<decltype(value)>)
      date << value.get();
  });
  return date.str();
}

json parse_toml(const std::string& path) {
  try {
    return to_json(toml::parse(load(path), path));
  } catch (const toml::parse_error& problem) {
    const auto& at = problem.source().begin;
    wrong(path + ":" + std::to_string(at.line) + ":" + std::to_string(at.column),
          std::string(problem.description()));
  }
}

// "" where the variable is not set.
std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string default_directory() {
  const std::string data = environment("XDG_DATA_HOME");
  if (!data.empty() && data.front() == '/') return data + "/freshet";
  const std::string home = environment("HOME");
  if (home.empty()) wrong("--repository", "is needed, for HOME is not set");
  return home + "/.local/share/freshet";
}

std::string directory(const Options& options, const json& file) {
  if (!options.repository.empty()) return options.repository;
  const std::string variable = environment("FRESHET_REPOSITORY");
  if (!variable.empty()) return variable;
  if (const auto found = file.find("repository"); found != file.end()) {
    if (!found->is_string()) wrong("repository", "is not a text");
    return found->get<std::string>();
  }
  return default_directory();
}

json parse_option(const std::string& text, const std::string& name) {
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) wrong(name, "is not valid JSON");
  return value;
}

// "sqlite" or "sqlite={…}".
json parse_use(const std::string& text, const std::string& name) {
  const auto equals = text.find('=');
  json use{{"name", text.substr(0, equals)}};
  if (equals != std::string::npos) use["options"] = parse_option(text.substr(equals + 1), name);
  return use;
}

// A bare word is a policy's name: --policy never.
json parse_policy(const std::string& text) {
  const bool word = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos;
  return word ? json(text) : parse_option(text, "--policy");
}

std::string absolute(const std::string& path) {
  std::error_code failed;
  const std::filesystem::path whole = std::filesystem::weakly_canonical(path, failed);
  return failed ? path : whole.string();
}

json source(const char* loader, json options, const Options& from, bool patterns) {
  if (patterns && !from.include.empty()) options["include"] = from.include;
  if (patterns && !from.exclude.empty()) options["exclude"] = from.exclude;
  return {{"loader", loader}, {"options", std::move(options)}};
}

json sources_of(const Options& options) {
  json sources = json::array();
  for (const std::string& url : options.sitemaps)
    sources.push_back(source("sitemap", {{"url", url}}, options, true));
  for (const std::string& url : options.urls)
    sources.push_back(source("url", {{"urls", json::array({url})}}, options, false));
  // Absolute, so that it is the same source wherever the program is started from.
  for (const std::string& path : options.files)
    sources.push_back(source("files", {{"path", absolute(path)}}, options, true));
  const bool patterns = !options.include.empty() || !options.exclude.empty();
  if (patterns && options.sitemaps.empty() && options.files.empty())
    wrong(options.include.empty() ? "--exclude" : "--include", "needs --sitemap or --files");
  return sources;
}

// What opens the repository, taken out of the file's top level; the rest is the run's.
void split(json file, Config& config) {
  for (const char* key : {"namespace", "http", "plugin_directories", "force_filesystem"}) {
    if (!file.contains(key)) continue;
    config.open[key] = file[key];
    file.erase(key);
  }
  file.erase("repository");
  if (file.contains("source")) {
    if (file.contains("sources")) wrong("source", "cannot stand beside \"sources\"");
    file["sources"] = file["source"];
    file.erase("source");
  }
  config.refresh = std::move(file);
}

void apply_policy(const Options& options, json& refresh) {
  if (options.policy.empty()) return;
  refresh["policy"] = parse_policy(options.policy);
  if (!refresh.contains("sources") || !refresh["sources"].is_array()) return;
  for (json& each : refresh["sources"])
    if (each.is_object()) each.erase("policy");
}

void apply(const Options& options, Config& config) {
  if (!options.name_space.empty()) config.open["namespace"] = options.name_space;
  if (options.command != Command::refresh) return;
  json& refresh = config.refresh;
  if (json sources = sources_of(options); !sources.empty()) refresh["sources"] = std::move(sources);
  if (!options.store.empty()) refresh["store"] = parse_use(options.store, "--store");
  if (!options.embedder.empty()) refresh["embedder"] = parse_use(options.embedder, "--embedder");
  if (options.force) refresh["force"] = true;
  if (options.dry_run) refresh["dry_run"] = true;
  if (options.accept_shrink) refresh["accept_shrink"] = true;
  if (options.rebuild) refresh["rebuild"] = true;
  if (options.jobs) refresh["jobs"] = *options.jobs;
  apply_policy(options, refresh);
  if (!refresh.contains("sources"))
    wrong("refresh",
          "has no source: give --sitemap, --url or --files, or a configuration with [[source]]");
}

}  // namespace

Config make_config(const Options& options) {
  const json file = options.config.empty() ? json::object() : parse_toml(options.config);
  Config config;
  config.directory = directory(options, file);
  split(file, config);
  apply(options, config);
  return config;
}

}  // namespace freshet::cli
