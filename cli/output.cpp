#include "cli/output.hpp"

#include <chrono>
#include <cstdio>

#include "cli/options.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {

void Output::result(const Json& value) const {
  result_text(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void Output::result_text(std::string_view json_text) const { write_json(stdout, json_text); }

void Output::line(const std::string& text) const {
  std::fputs(text.c_str(), stdout);
  std::fputc('\n', stdout);
}

void Output::error(freshet_status code, const std::string& message,
                   const std::string& subject) const {
  if (json_) {
    result({{"error",
             {{"code", freshet_status_name(code)}, {"message", message}, {"subject", subject}}}});
    return;
  }
  const std::string prefix = subject.empty() ? "" : printable(subject) + ": ";
  std::fprintf(stderr, "freshet: %s%s\n", prefix.c_str(), printable(message).c_str());
}

// The message with its causes, without the subject that is shown before it.
std::string Output::reason(const Error& error) {
  std::string whole = error.what();
  const std::string subject = error.subject() + ": ";
  if (!error.subject().empty() && whole.rfind(subject, 0) == 0) whole.erase(0, subject.size());
  return whole;
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
  using namespace std::chrono;
  const std::int64_t now =
      duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  const std::int64_t seconds = now > then_ms ? (now - then_ms) / 1000 : 0;
  if (seconds < 60) return "just now";
  if (seconds < 3600) return std::to_string(seconds / 60) + " min ago";
  if (seconds < 2 * 86400) return std::to_string(seconds / 3600) + " h ago";
  return std::to_string(seconds / 86400) + " days ago";
}

}  // namespace freshet::cli
