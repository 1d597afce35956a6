#include "cli/config.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <freshet/freshet.hpp>

#include "cli/file_paths.hpp"
#include "cli/suggest.hpp"

namespace freshet::cli {
namespace {

using nlohmann::json;

[[noreturn]] void wrong(const std::string& subject, const std::string& message) {
  throw Error(FRESHET_E_INVALID_ARGUMENT, message, subject);
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

}  // namespace

json parse_use(const std::string& text, const std::string& name) {
  const auto equals = text.find('=');
  json use{{"name", text.substr(0, equals)}};
  if (equals != std::string::npos) use["options"] = parse_option(text.substr(equals + 1), name);
  return use;
}

namespace {

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

// A path that is here is made absolute, so that it is the same source wherever the program is started
// from; anything else means the same everywhere.
std::string address_from(const std::string& text) {
  std::error_code failed;
  const bool is_path = std::filesystem::exists(text, failed) && !failed;
  return is_path ? absolute(text) : text;
}

json address_source(const std::string& text, const Options& from) {
  json options = json::object();
  if (!from.include.empty()) options["include"] = from.include;
  if (!from.exclude.empty()) options["exclude"] = from.exclude;
  json one{{"address", address_from(text)}};
  if (!options.empty()) one["options"] = std::move(options);
  return one;
}

json sources_of(const Options& options) {
  json sources = json::array();
  for (const std::string& text : options.addresses)
    sources.push_back(address_source(text, options));
  for (const std::string& url : options.sitemaps)
    sources.push_back(source("sitemap", {{"url", url}}, options, true));
  for (const std::string& url : options.urls)
    sources.push_back(
        {{"loader", "url"}, {"options", {{"urls", json::array({url})}}}, {"visit", true}});
  // Absolute, so that it is the same source wherever the program is started from.
  for (const std::string& path : options.files)
    sources.push_back(source("files", {{"path", absolute(path)}}, options, true));
  const bool patterns = !options.include.empty() || !options.exclude.empty();
  if (patterns && options.addresses.empty() && options.sitemaps.empty() && options.files.empty())
    wrong(options.include.empty() ? "--exclude" : "--include",
          "needs an address, --sitemap or --files");
  return sources;
}

// Every key of the top level. The library knows those of a run only, and cannot suggest the others.
const std::vector<std::string>& known_keys() {
  static const std::vector<std::string> keys = {"repository",
                                                "namespace",
                                                "http",
                                                "plugin_directories",
                                                "plugin_timeout",
                                                "force_filesystem",
                                                "allow_shared",
                                                "source",
                                                "sources",
                                                "policy",
                                                "store",
                                                "embedder",
                                                "reader",
                                                "readers",
                                                "chunker",
                                                "force",
                                                "dry_run",
                                                "plan_days",
                                                "accept_shrink",
                                                "rebuild",
                                                "jobs",
                                                "max_shrink",
                                                "gone_after",
                                                "only",
                                                "stores",
                                                "on_change",
                                                "on_new_fingerprint",
                                                "keep_retired",
                                                "keep_runs",
                                                "keep_runs_for",
                                                "service",
                                                "verify_sample",
                                                "owned",
                                                "retry",
                                                "rate",
                                                "breaker",
                                                "labels",
                                                "shard",
                                                "backup",
                                                "otel",
                                                "traceparent",
                                                "listing"};
  return keys;
}

Error unknown_key(const std::string& key) {
  const std::string near = nearest(key, known_keys());
  return {FRESHET_E_INVALID_ARGUMENT,
          near.empty() ? "is not a known key; docs/configuration.md lists them"
                       : "is not a known key; did you mean \"" + near + "\"?",
          key};
}

void take_out_unknown_keys(json& file, std::vector<Error>& out) {
  for (const auto& member : file.items()) {
    const auto& keys = known_keys();
    if (std::find(keys.begin(), keys.end(), member.key()) == keys.end())
      out.push_back(unknown_key(member.key()));
  }
  for (const Error& each : out) file.erase(each.subject());
}

// What opens the repository, taken out of the file's top level; the rest is the run's.
void split(json file, Config& config) {
  for (const char* key : {"namespace", "http", "plugin_directories", "plugin_timeout",
                          "force_filesystem", "allow_shared", "otel"}) {
    if (!file.contains(key)) continue;
    config.open[key] = file[key];
    file.erase(key);
  }
  file.erase("repository");
  if (const auto found = file.find("backup"); found != file.end()) {
    config.backup = *found;
    file.erase("backup");
  }
  if (file.contains("source")) {
    if (file.contains("sources")) wrong("source", "cannot stand beside \"sources\"");
    file["sources"] = file["source"];
    file.erase("source");
  }
  config.refresh = std::move(file);
}

// What the command line says stands over the file, and has no place in it.
void set(Config& config, const char* key, json value) {
  config.refresh[key] = std::move(value);
  config.from_command_line.insert(key);
}

json parse_shard(const std::string& text) {
  std::uint32_t index = 0, count = 0;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, index);
  const bool slash = first.ec == std::errc() && first.ptr != end && *first.ptr == '/';
  const auto second = std::from_chars(slash ? first.ptr + 1 : end, end, count);
  if (!slash || second.ec != std::errc() || second.ptr != end || index >= count)
    wrong("--shard", "is no shard: 0/4 is the first of four, and 3/4 the last");
  return {{"index", index}, {"count", count}};
}

json only_of(const Options& options) {
  json only = json::object();
  if (!options.only_sources.empty()) only["sources"] = options.only_sources;
  if (!options.only_roots.empty()) only["roots"] = options.only_roots;
  if (!options.only_prefix.empty()) only["prefix"] = options.only_prefix;
  return only;
}

void apply_policy(const Options& options, Config& config) {
  if (options.policy.empty()) return;
  set(config, "policy", parse_policy(options.policy));
  json& refresh = config.refresh;
  if (!refresh.contains("sources") || !refresh["sources"].is_array()) return;
  for (json& each : refresh["sources"])
    if (each.is_object()) each.erase("policy");
}

void apply_labels(const Options& options, Config& config) {
  for (const auto& [key, value] : {std::pair{"run", options.label}, {"item", options.item_label}}) {
    if (value.empty()) continue;
    if (!config.refresh["labels"].is_object()) config.refresh["labels"] = json::object();
    config.refresh["labels"][key] = value;
    config.from_command_line.insert("labels");
  }
}

void apply(const Options& options, Config& config) {
  if (!options.name_space.empty()) {
    config.open["namespace"] = options.name_space;
    config.from_command_line.insert("namespace");
  }
  if (options.allow_shared) {
    config.open["allow_shared"] = true;
    config.from_command_line.insert("allow_shared");
  }
  if (!options.listen.empty()) {
    config.refresh["service"]["listen"] = options.listen;
    config.from_command_line.insert("service");
  }
  apply_labels(options, config);
  if (options.command == Command::watch && !options.files.empty())
    set(config, "sources", sources_of(options));
  if (options.command == Command::listing && !options.addresses.empty())
    set(config, "sources", sources_of(options));
  if (options.command != Command::refresh) return;
  if (json sources = sources_of(options); !sources.empty())
    set(config, "sources", std::move(sources));
  if (json only = only_of(options); !only.empty()) set(config, "only", std::move(only));
  // One store is named, in place of all that the file may have.
  if (!options.store.empty()) config.refresh.erase("stores");
  if (!options.store.empty()) set(config, "store", parse_use(options.store, "--store"));
  if (!options.embedder.empty()) set(config, "embedder", parse_use(options.embedder, "--embedder"));
  if (options.force) set(config, "force", true);
  if (options.dry_run) set(config, "dry_run", true);
  if (options.plan_days) set(config, "plan_days", *options.plan_days);
  if (options.accept_shrink) set(config, "accept_shrink", true);
  if (options.rebuild) set(config, "rebuild", true);
  if (!options.on_change.empty()) set(config, "on_change", options.on_change);
  if (options.jobs) set(config, "jobs", *options.jobs);
  if (!options.shard.empty()) set(config, "shard", parse_shard(options.shard));
  if (!options.listing.empty()) set(config, "listing", absolute(options.listing));
  apply_policy(options, config);
}

// "sources[1].options.url" into the name of that source and "options.url".
std::string name_source(const json& refresh, std::string& subject) {
  constexpr std::string_view prefix = "sources[";
  const auto end = subject.find(']');
  if (!subject.starts_with(prefix) || end == std::string::npos) return "";
  const json* source = nullptr;
  if (const auto list = refresh.find("sources"); list != refresh.end() && list->is_array()) {
    const std::size_t index = std::strtoul(subject.c_str() + prefix.size(), nullptr, 10);
    if (index < list->size()) source = &(*list)[index];
  }
  if (source == nullptr || !source->is_object()) return "";
  const auto name = source->find("name");
  if (name == source->end() || !name->is_string()) return "";
  subject.erase(0, std::min(end + 2, subject.size()));
  return name->get<std::string>();
}

bool are_texts(const json& value) {
  return value.is_array() &&
         std::all_of(value.begin(), value.end(), [](const json& each) { return each.is_string(); });
}

}  // namespace

Config make_config(const Options& options, const TomlFile* file) {
  json values = file != nullptr ? file->values() : json::object();
  if (file != nullptr) resolve_paths(file->path(), values);
  Config config;
  take_out_unknown_keys(values, config.unknown_keys);
  config.directory = directory(options, values);
  split(values, config);
  // It is of one run, and nothing else that reads a configuration knows it.
  if (options.command != Command::refresh && options.command != Command::config_check)
    config.refresh.erase("traceparent");
  apply(options, config);
  return config;
}

std::optional<Error> missing_source(const Config& config) {
  if (config.refresh.contains("sources")) return {};
  return Error(FRESHET_E_INVALID_ARGUMENT,
               "has no source: give an address such as https://docs.example.org, --sitemap, --url "
               "or --files, "
               "or a configuration with [[source]]",
               "refresh");
}

std::vector<Error> problems_of(const Config& config) {
  std::vector<Error> problems = config.unknown_keys;
  json how{{"open", config.open}, {"backup", config.backup}};
  if (are_texts(config.open.value("plugin_directories", json())))
    how["plugin_directories"] = config.open["plugin_directories"];
  const json report = json::parse(check_config(nullptr, config.refresh.dump(), how.dump()));
  for (const json& each : report["problems"])
    problems.emplace_back(FRESHET_E_INVALID_ARGUMENT, each.value("message", ""),
                          each.value("at", ""));
  return problems;
}

void require_backup(const Config& config) {
  for (const Error& each : problems_of(config))
    if (each.subject().starts_with("backup")) throw Error(each);
}

std::optional<Fault> locate(const TomlFile& file, const Config& config, std::string subject) {
  const std::string top = subject.substr(0, subject.find_first_of(".["));
  if (top.empty() || config.from_command_line.contains(top)) return {};
  const std::optional<Place> place = file.find(subject);
  if (!place) return {};
  Fault fault{file.path(), *place, file.line(place->line), "", std::move(subject)};
  fault.source = name_source(config.refresh, fault.subject);
  return fault;
}

}  // namespace freshet::cli
