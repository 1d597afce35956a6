#include <cstdio>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string plugin_options(const Config& config) {
  Json options = Json::object();
  if (config.open.contains("plugin_directories"))
    options["directories"] = config.open["plugin_directories"];
  return options.dump();
}

int list(const Config& config, const Output& output) {
  const Plugins plugins(plugin_options(config));
  const std::string text = plugins.list();
  if (output.json()) {
    output.result_text(text);
    return exit_ok;
  }
  for (const freshet_plugin_info info : plugins)
    output.line(padded(printable(info.kind), 10) + padded(printable(info.name), 16) +
                padded(printable(info.version), 8) + printable(info.description));
  const Json all = Json::parse(text);
  if (plugins.size() == 0) {
    output.line("no plugins; looked in:");
    for (const Json& place : all["search_path"])
      output.line("  " + printable(place.get<std::string>()));
  }
  for (const Json& problem : all["problems"])
    output.line("refused: " + printable(problem.get<std::string>()));
  return exit_ok;
}

// SUBJECT=VALUE, the subject a kind and a name.
std::pair<std::string, std::string> split_subject(const std::string& text, const char* form) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || text.find(' ') > equals)
    throw Error(FRESHET_E_INVALID_ARGUMENT, std::string("is not ") + form, text);
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::string check_options(const Options& options) {
  Json of_offers = Json::object(), samples = Json::object();
  for (const std::string& each : options.offer_options) {
    const auto [subject, value] = split_subject(each, "KIND NAME=JSON");
    of_offers[subject] = Json::parse(value, nullptr, false);
    if (!of_offers[subject].is_object())
      throw Error(FRESHET_E_INVALID_ARGUMENT, "is not a JSON object", value);
  }
  for (const std::string& each : options.samples) {
    const auto [subject, file] = split_subject(each, "KIND NAME=FILE");
    samples[subject] = file;
  }
  const Json all = {{"options", of_offers}, {"samples", samples}, {"network", options.network}};
  return all.dump();
}

std::size_t skipped_cases(const Json& report) {
  std::size_t skipped = 0;
  for (const Json& each : report["cases"]) skipped += each["verdict"] == "skip";
  return skipped;
}

// "5 of loader files, 1 of store sqlite".
std::string skipped_by_subject(const Json& report) {
  std::map<std::string, int> skipped;
  for (const Json& each : report["cases"])
    if (each["verdict"] == "skip") ++skipped[each.value("subject", "")];
  std::string text;
  for (const auto& [subject, cases] : skipped)
    text += (text.empty() ? "" : ", ") + std::to_string(cases) + " of " +
            (subject.empty() ? "the plugin" : printable(subject));
  return text;
}

std::string conclusion(const Json& report) {
  if (report.value("good", false)) {
    const std::string skipped = skipped_by_subject(report);
    if (skipped.empty()) return "the plugin keeps its contract";
    return "the plugin keeps its contract as far as it was tried; skipped: " + skipped;
  }
  std::string untried;
  for (const Json& each : report["untried"])
    untried += (untried.empty() ? "" : ", ") + printable(each.get<std::string>());
  for (const Json& each : report["cases"])
    if (each["verdict"] != "pass" && each["verdict"] != "skip")
      return "the plugin breaks its contract";
  return "nothing could be tried of " + untried + "; see --options";
}

int check(const Options& options, const Output& output) {
  const Interruptible call;
  Json report = Json::parse(Plugins::check(options.file, check_options(options), call.limits()));
  const std::size_t skipped = options.strict ? skipped_cases(report) : 0;
  const bool too_little = report.value("good", false) && skipped > 0;
  if (too_little) report["good"] = false;
  const int exit_code = report.value("good", false) ? exit_ok : exit_some_failed;
  if (output.json()) {
    output.result(report);
    return exit_code;
  }
  for (const Json& each : report["cases"]) {
    const std::string subject = printable(each.value("subject", ""));
    const std::string detail = printable(each.value("detail", ""));
    output.line(padded(printable(each.value("verdict", "")), 9) +
                (subject.empty() ? "" : subject + ": ") + printable(each.value("case", "")) +
                (detail.empty() ? "" : ": " + detail));
  }
  output.line(too_little ? count(skipped, "case was", "cases were") +
                               " skipped, which --strict does not allow"
                         : conclusion(report));
  return exit_code;
}

}  // namespace

int run_plugins(const Options& options, const Config& config, const Output& output) {
  return options.command == Command::plugins_check ? check(options, output) : list(config, output);
}

}  // namespace freshet::cli
