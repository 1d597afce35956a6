#include "cli/output.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "cli/exit.hpp"
#include "cli/standard_output.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

constexpr std::size_t longest_line = 200;  // a longer one would hide the message

// The line of the file, and a caret below the value. A tab takes one column, as it is counted.
void show_line(const Fault& fault) {
  if (fault.line.size() > longest_line) return;
  std::string text = printable(redacted(fault.line), true);
  std::replace(text.begin(), text.end(), '\t', ' ');
  const std::string number = std::to_string(fault.place.line);
  std::fprintf(stderr, "  %s | %s\n  %*s | %*s\n", number.c_str(), text.c_str(),
               static_cast<int>(number.size()), "", static_cast<int>(fault.place.column), "^");
}

std::string rounded(std::int64_t seconds) {
  if (seconds < 3600) return std::to_string(seconds / 60) + " min";
  if (seconds < 2 * 86400) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / 86400) + " days";
}

}  // namespace

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

void Output::result(const Json& value) const {
  result_text(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void Output::result_text(std::string_view json_text) const { put_json(json_text); }

void Output::line(const std::string& text) const {
  put(text);
  put("\n");
}

Json Output::error_json(freshet_status code, const std::string& message,
                        const std::string& subject) {
  return {{"code", freshet_status_name(code)},
          {"message", redacted(message)},
          {"subject", redacted(subject)}};
}

Json Output::error_json(const Error& error) {
  return error_json(error.code(), reason(error), error.subject());
}

void Output::error(freshet_status code, const std::string& message,
                   const std::string& subject) const {
  if (json_) {
    result({{"error", error_json(code, message, subject)}});
    return;
  }
  const std::string prefix = subject.empty() ? "" : printable(redacted(subject)) + ": ";
  std::fprintf(stderr, "freshet: %s%s\n", prefix.c_str(), printable(redacted(message)).c_str());
}

void Output::error(const Error& error, const std::optional<Fault>& fault) const {
  if (!fault) return this->error(error.code(), reason(error), error.subject());
  const auto& [line, column] = fault->place;
  if (json_) {
    Json json = error_json(error);
    json.update({{"file", fault->file}, {"line", line}, {"column", column}});
    if (!fault->source.empty()) json["source"] = fault->source;
    return result({{"error", std::move(json)}});
  }
  const std::string at = fault->file + ":" + std::to_string(line) + ":" + std::to_string(column);
  const std::string source =
      fault->source.empty() ? "" : "source \"" + printable(fault->source) + "\": ";
  const std::string subject =
      fault->subject.empty() ? "" : printable(redacted(fault->subject)) + ": ";
  std::fprintf(stderr, "freshet: %s: %s%s%s\n", printable(at).c_str(), source.c_str(),
               subject.c_str(), printable(redacted(reason(error))).c_str());
  show_line(*fault);
}

// The message with its causes, without the subject that is shown before it.
std::string Output::reason(const Error& error) {
  std::string whole = error.what();
  const std::string subject = error.subject() + ": ";
  if (!error.subject().empty() && whole.rfind(subject, 0) == 0) whole.erase(0, subject.size());
  return whole;
}

std::string redacted(const std::string& text) {
  try {
    return redact(text);
  } catch (const Error&) {  // it is no UTF-8
    return redact(printable(text));
  }
}

int exit_code_of(freshet_status code) {
  switch (code) {
    case FRESHET_E_INVALID_ARGUMENT:
    case FRESHET_E_MISUSE:
    case FRESHET_E_UNSUPPORTED:
      return exit_usage;
    default:
      return exit_nothing_done;
  }
}

std::uint64_t number(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<std::uint64_t>() : 0;
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? printable(found->get<std::string>()) : "";
}

std::string count(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string count(std::uint64_t number, const char* one, const char* many) {
  return count(number) + " " + (number == 1 ? one : many);
}

std::string ago(std::int64_t then_ms) {
  if (then_ms == 0) return "never";
  const std::int64_t now = now_ms();
  const std::int64_t seconds = now > then_ms ? (now - then_ms) / 1000 : 0;
  return seconds < 60 ? "just now" : rounded(seconds) + " ago";
}

std::string until(std::int64_t then_ms) {
  if (then_ms == FRESHET_NEVER) return "never";
  const std::int64_t now = now_ms();
  if (then_ms <= now) return "now";
  const std::int64_t seconds = (then_ms - now) / 1000;
  return seconds < 60 ? "in less than a minute" : "in " + rounded(seconds);
}

}  // namespace freshet::cli
