#include <chrono>
#include <cstdio>
#include <ctime>
#include <functional>
#include <set>
#include <utility>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/standard_output.hpp"
#include "cli/supervisor.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds look_every{100};  // for signals

// "2026-11-27T17:31:05Z"
std::string time_text(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

const char* kind_name(std::int32_t kind) {
  switch (kind) {
    case FRESHET_EVENT_RUN_STARTED:
      return "run_started";
    case FRESHET_EVENT_LISTING_STARTED:
      return "listing_started";
    case FRESHET_EVENT_LISTING_ENDED:
      return "listing_ended";
    case FRESHET_EVENT_ROOT_DONE:
      return "root_done";
    case FRESHET_EVENT_LOG:
      return "log";
    case FRESHET_EVENT_RUN_ENDED:
      return "run_ended";
    default:
      return "";
  }
}

// Beginnings, ends and what is wrong; the rest where people want all.
bool is_worth_a_line(const freshet_event& event, const Options& options) {
  switch (event.kind) {
    case FRESHET_EVENT_RUN_STARTED:
      return !options.quiet;
    case FRESHET_EVENT_RUN_ENDED:
      return !options.quiet || event.status != FRESHET_OK;
    case FRESHET_EVENT_LISTING_STARTED:
      return options.verbose;
    case FRESHET_EVENT_LISTING_ENDED:
      return options.verbose || event.status != FRESHET_OK || event.message[0] != '\0';
    case FRESHET_EVENT_ROOT_DONE:
      return options.verbose || event.outcome == FRESHET_OUTCOME_FAILED;
    case FRESHET_EVENT_LOG:
      return options.verbose || event.level >= FRESHET_LEVEL_WARNING;
    default:
      return false;
  }
}

std::string text_line(const freshet_event& event) {
  std::string line = time_text(event.time_ms) + " ";
  const char* name = event.label[0] != '\0' ? event.label : event.source;
  if (name[0] != '\0') line += printable(name) + ": ";
  if (event.kind == FRESHET_EVENT_RUN_STARTED)
    return line + "begins, as " + printable(event.reason);
  if (event.kind == FRESHET_EVENT_ROOT_DONE)
    line += std::string(freshet_outcome_name(event.outcome)) + " " + printable(event.uri) + " ";
  if (event.kind == FRESHET_EVENT_RUN_ENDED && event.status != FRESHET_OK) line += "failed: ";
  if (event.kind == FRESHET_EVENT_LISTING_STARTED) line += "listing";
  if (event.kind == FRESHET_EVENT_LISTING_ENDED && event.message[0] == '\0') line += "listed";
  return line + printable(event.message);
}

Json json_line(const freshet_event& event) {
  Json line{{"time", time_text(event.time_ms)}, {"event", kind_name(event.kind)}};
  for (const auto& [key, value] : {std::pair{"label", event.label},
                                   {"source", event.source},
                                   {"uri", event.uri},
                                   {"reason", event.reason},
                                   {"message", event.message}})
    if (value[0] != '\0') line[key] = value;
  if (event.kind == FRESHET_EVENT_ROOT_DONE) line["outcome"] = freshet_outcome_name(event.outcome);
  if (event.status != FRESHET_OK) line["error"] = freshet_status_name(event.status);
  if (event.dropped > 0) line["dropped"] = event.dropped;
  return line;
}

// The service, as the signals and whoever supervises it want it.
class Foreground {
 public:
  using Reading = std::function<Config(const Options&, const TomlFile*)>;

  Foreground(const Options& options, const Config& config, const Output& output, Reading reading)
      : options_(options),
        output_(output),
        reading_(std::move(reading)),
        directory_(config.directory),
        open_(config.open),
        repository_(config.directory, config.open.dump()),
        service_(repository_, config.refresh.dump()) {
    if (const auto interval = watchdog_interval()) alive_every_ = *interval / 2;
  }

  int run() {
    service_.start();
    say("ready", "keeps " + directory_ + " fresh");
    say_where();
    notify_supervisor("READY=1\nSTATUS=running");
    while (!interrupted()) {
      show_events(look_every);
      if (take_hangup() && !options_.config.empty()) reload();
      tell_alive();
      if (!flush_output()) return exit_some_failed;  // nobody hears it any more
    }
    return stop();
  }

 private:
  void say(const char* event, const std::string& message) const {
    if (options_.quiet && !output_.json()) return;
    if (output_.json())
      output_.result({{"time", time_text(now_ms())}, {"event", event}, {"message", message}});
    else
      output_.line(time_text(now_ms()) + " " + printable(message));
  }

  // Where operators find it.
  void say_where() {
    const Json listen = Json::parse(service_.statistics())["listen"];
    if (listen.is_string())
      say("listening", "listens on http://" + listen.get<std::string>() + "/");
  }

  void show(const freshet_event& event) const {
    if (!is_worth_a_line(event, options_)) return;
    if (output_.json())
      output_.result(json_line(event));
    else
      output_.line(text_line(event));
  }

  // Waits for the first for `wait` at most.
  void show_events(milliseconds wait) {
    freshet_event event = FRESHET_EVENT_INIT;
    while (freshet_service_next_event(service_.get(), wait.count(), &event, nullptr) ==
               FRESHET_OK &&
           event.kind != FRESHET_EVENT_NONE) {
      show(event);
      wait = milliseconds(0);
    }
  }

  // What opens the repository is given once.
  Config read_config(std::optional<TomlFile>& file) const {
    file = TomlFile::load(options_.config);
    Config config = reading_(options_, &*file);
    if (!config.unknown_keys.empty()) throw Error(config.unknown_keys.front());
    if (config.directory != directory_ || config.open != open_)
      throw Error(FRESHET_E_INVALID_ARGUMENT,
                  "names another repository, or opens it otherwise: that takes a restart",
                  options_.config);
    return config;
  }

  void reload() {
    notify_reloading();
    std::optional<TomlFile> file;
    Config config;
    try {
      config = read_config(file);
      service_.reload(config.refresh.dump());
      say("reloaded", "goes on with " + options_.config + " as it is now");
    } catch (const Error& error) {
      output_.error(error, file ? locate(*file, config, error.subject()) : std::nullopt);
      say("reload_failed", "goes on with the configuration that it has");
    }
    notify_supervisor("READY=1");
  }

  // Only where the service itself answers.
  void tell_alive() {
    const auto now = steady_clock::now();
    if (!alive_every_ || now - told_alive_ < *alive_every_) return;
    (void)service_.statistics();
    notify_supervisor("WATCHDOG=1");
    told_alive_ = now;
  }

  int stop() {
    notify_supervisor("STOPPING=1");
    say("stopping", "stopping; what is stored stays (again: stop at once)");
    (void)flush_output();
    service_.stop(stop_timeout());
    show_events(milliseconds(0));
    say("stopped", "stopped");
    return exit_ok;
  }

  milliseconds stop_timeout() const { return std::chrono::seconds(options_.stop_timeout); }

  const Options& options_;
  const Output& output_;
  const Reading reading_;
  const std::string directory_;
  const nlohmann::json open_;
  Repository repository_;
  Service service_;
  std::optional<std::chrono::microseconds> alive_every_;
  steady_clock::time_point told_alive_;
};

// The names of the loaders that take a local folder or file.
std::set<std::string> loaders_of_folders(const Config& config) {
  Json options = Json::object();
  if (config.open.contains("plugin_directories"))
    options["directories"] = config.open["plugin_directories"];
  std::set<std::string> names;
  const Json list = Json::parse(Plugins(options.dump()).list());
  for (const Json& plugin : list["plugins"]) {
    if (plugin["kind"] != "loader") continue;
    const Json properties = plugin["schema"].value("properties", Json::object());
    for (const Json& property : properties)
      if (property.value("format", "") == "path") names.insert(plugin.value("name", ""));
  }
  return names;
}

// Its sources that are folders, watched; the others are left alone.
Config watching(Config config) {
  using nlohmann::json;
  const json all = config.refresh.value("sources", json::array());
  const std::set<std::string> loaders = loaders_of_folders(config);
  json folders = json::array();
  for (const json& source : all) {
    if (!source.is_object() || !loaders.contains(source.value("loader", ""))) continue;
    folders.push_back(source);
    folders.back()["watch"] = true;
  }
  if (folders.empty())
    throw Error(FRESHET_E_INVALID_ARGUMENT,
                "has no folder: give --files, or a configuration with a source that is one",
                "watch");
  config.refresh["sources"] = std::move(folders);
  return config;
}

}  // namespace

int run_service(const Options& options, const Config& config, const Output& output) {
  if (options.config.empty())
    throw Error(FRESHET_E_INVALID_ARGUMENT,
                "is needed: a service has its sources and their schedules from a file", "--config");
  catch_hangup();
  return Foreground(options, config, output, make_config).run();
}

int run_watch(const Options& options, const Config& config, const Output& output) {
  catch_hangup();
  return Foreground(options, watching(config), output,
                    [](const Options& from, const TomlFile* file) {
                      return watching(make_config(from, file));
                    })
      .run();
}

}  // namespace freshet::cli
