#include "loader_command/worker.hpp"

#include <array>
#include <utility>

namespace freshet::loader_command {
namespace {

using Json = nlohmann::json;

sdk::Command command_of(const sdk::Call& call, const Options& options) {
  static constexpr const char* taken[] = {"PATH", "HOME", "LANG", "TMPDIR"};
  sdk::Command command;
  command.arguments = options.command;
  command.environment = sdk::environment_of(taken);
  for (const auto& [name, value] : options.environment)
    command.environment.push_back(name + "=" + call.secret(value));
  command.directory = options.directory;
  command.max_memory_bytes = options.max_memory;
  command.max_output_bytes = options.max_line();
  command.timeout_ms = options.timeout_ms;
  return command;
}

freshet_status status_of(const std::string& name) {
  static constexpr std::pair<std::string_view, freshet_status> names[] = {
      {"busy", FRESHET_E_BUSY},
      {"timeout", FRESHET_E_TIMEOUT},
      {"network", FRESHET_E_NETWORK},
      {"rate_limited", FRESHET_E_RATE_LIMITED},
      {"remote", FRESHET_E_REMOTE},
      {"denied", FRESHET_E_DENIED},
      {"limit", FRESHET_E_LIMIT},
      {"parse", FRESHET_E_PARSE},
      {"io", FRESHET_E_IO},
      {"not_found", FRESHET_E_NOT_FOUND},
      {"unsupported", FRESHET_E_UNSUPPORTED},
      {"invalid_argument", FRESHET_E_INVALID_ARGUMENT}};
  for (const auto& [known, status] : names)
    if (known == name) return status;
  return FRESHET_OK;
}

std::string last_line(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  text.remove_prefix(text.rfind('\n') + 1);
  std::string line(text.substr(0, 300));
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return line;
}

std::string text_in(const Json& object, const char* key) {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>()
                                                         : std::string();
}

}  // namespace

Worker::Worker(const sdk::Call& call, const Options& options)
    : options_(options), process_(command_of(call, options)) {}

void Worker::ask(const Json& request) {
  process_.renew();
  process_.write(sdk::detail::json_text(request) + "\n");
}

void Worker::broken(const std::string& why) const {
  throw sdk::Failure(FRESHET_E_PLUGIN, why, options_.command.front());
}

void Worker::fail_ended(const sdk::Call& call) {
  const int status = process_.wait(call);
  std::string why = "ended with status " + std::to_string(status) + " before its answer did";
  if (const std::string said = last_line(process_.errors); !said.empty()) why += ": " + said;
  broken(why);
}

std::string Worker::read_line(const sdk::Call& call) {
  std::size_t looked = 0;
  for (;;) {
    std::string& output = process_.output;
    if (const std::size_t end = output.find('\n', looked); end != std::string::npos) {
      std::string line = output.substr(0, end);
      output.erase(0, end + 1);
      process_.renew();
      return line;
    }
    looked = output.size();
    if (!process_.pump(call)) fail_ended(call);
  }
}

void Worker::log(const sdk::Call& call, const Json& line) const {
  static constexpr std::array<std::string_view, 4> levels{"debug", "info", "warning", "error"};
  const std::string level = text_in(line, "level");
  for (std::size_t i = 0; i < levels.size(); ++i)
    if (levels[i] == level) return call.log(static_cast<std::int32_t>(i), text_in(line, "message"));
  broken("its log line has no level of debug, info, warning and error");
}

Json Worker::next(const sdk::Call& call) {
  for (;;) {
    const std::string text = read_line(call);
    Json line = Json::parse(text, nullptr, false);
    if (!line.is_object() || line.size() != 1)
      broken("wrote a line that is no JSON object with one member: " + last_line(text));
    if (line.contains("log")) {
      log(call, line["log"]);
      continue;
    }
    if (!line.contains("error")) return line;
    const Json& error = line["error"];
    const freshet_status status = status_of(text_in(error, "code"));
    if (status == FRESHET_OK)
      broken("its error has a code that is none: " + text_in(error, "code"));
    const Json retry = error.value("retry_after_ms", Json(-1));
    throw sdk::Failure(status, text_in(error, "message"), text_in(error, "subject"),
                       retry.is_number_integer() ? retry.get<std::int64_t>() : -1);
  }
}

}  // namespace freshet::loader_command
