#include <cstdio>

#include "cli/commands.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

std::string seconds_text(const Json& run) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", run.value("seconds", 0.0));
  return text;
}

std::string sources_text(const Json& run) {
  std::string text;
  for (const Json& source : run.value("sources", Json::array()))
    text += (text.empty() ? "" : ", ") + printable(text_of(source, "name"));
  return text.empty() ? "no source" : text;
}

std::string counts_text(const Json& run) {
  std::string text = count(number(run, "refreshed")) + " refreshed";
  for (const char* key : {"unchanged", "skipped", "removed", "busy", "failed", "held", "excluded"})
    if (number(run, key) > 0) text += ", " + count(number(run, key)) + " " + key;
  return text;
}

std::string run_line(const Json& run) {
  return std::to_string(number(run, "id")) + "  " + text_of(run, "ended") + "  " +
         sources_text(run) + ": " + counts_text(run) + " in " + seconds_text(run) +
         (run.value("cancelled", false) ? "; stopped before its end" : "");
}

void print_run(const Json& run, const Output& output) {
  output.line("run " + run_line(run));
  output.line("began " + text_of(run, "started"));
  for (const Json& source : run.value("sources", Json::array())) {
    const Json error = source.value("error", Json());
    if (error.is_object())
      output.line("source " + printable(text_of(source, "name")) +
                  " failed: " + printable(text_of(error, "message")));
    else if (!text_of(source, "note").empty())
      output.line("source " + printable(text_of(source, "name")) + ": " +
                  printable(text_of(source, "note")));
  }
  for (const Json& error : run.value("errors", Json::array()))
    output.line("error: " + printable(text_of(error, "message")));
  const Json failures = run.value("failures", Json::array());
  for (const Json& failure : failures)
    output.line("failed " + printable(text_of(failure, "uri")) + ": " +
                printable(text_of(failure.value("error", Json::object()), "message")));
  if (number(run, "failed") > failures.size())
    output.line("and " + count(number(run, "failed") - failures.size()) +
                " more that are not kept");
}

}  // namespace

int run_runs(const Options& options, const Config& config, const Output& output) {
  if (options.limit < 0) throw Error(FRESHET_E_INVALID_ARGUMENT, "is less than 0", "-k");
  const Repository repository = open_existing(config, Access::read);
  const bool one = options.command == Command::runs_show;
  const std::string text =
      one ? repository.run(options.run) : repository.runs(static_cast<std::size_t>(options.limit));
  if (output.json()) {
    output.result_text(text);
  } else if (one) {
    print_run(Json::parse(text), output);
  } else {
    const Json runs = Json::parse(text);
    for (const Json& run : runs["runs"]) output.line(run_line(run));
    if (runs["runs"].empty()) output.line("no run is kept");
  }
  return exit_ok;
}

}  // namespace freshet::cli
