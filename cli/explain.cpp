#include <cstdio>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/roots.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

// A time of the report, as people say it; null: "never".
std::string when(const Json& at) { return ago(at.is_null() ? 0 : at.get<std::int64_t>()); }
std::string next(const Json& at) {
  return at.is_null() ? "never by itself" : until(at.get<std::int64_t>());
}

void line(const Output& output, const char* what, const std::string& rest) {
  std::string begin = what;
  begin.resize(10, ' ');
  output.line(begin + rest);
}

void print_failure(const Json& failure, const Output& output) {
  if (failure.is_null()) return;
  line(output, "failing",
       count(number(failure, "in_a_row"), "time", "times") + ", last " + when(failure["at_ms"]) +
           ": " + text_of(failure, "message"));
}

void print_root(const Json& told, const Output& output) {
  if (!told["known"].get<bool>()) return line(output, "content", "none: it is not a known root");
  if (!text_of(told, "title").empty()) line(output, "title", text_of(told, "title"));
  if (!text_of(told, "alias_of").empty()) line(output, "alias", "of " + text_of(told, "alias_of"));
  line(output, "content",
       "stored " + when(told["ingested_ms"]) + ", checked " + when(told["checked_ms"]) +
           ", changed " + when(told["changed_ms"]));
  line(output, "again", next(told["ask_again_ms"]));
  print_failure(told["failure"], output);
  if (const Json& refusal = told["refusal"]; !refusal.is_null())
    line(output, "refused",
         when(refusal["since_ms"]) + " by the " + text_of(refusal, "by") +
             "; not tried again before the content or the " + text_of(refusal, "by") + " changes");
  for (const Json& place : told.value("volatile_places", Json(nullptr)))
    line(output, place.value("learnt", false) ? "volatile" : "changed", text_of(place, "line"));
  if (!told["flags"].empty()) line(output, "flags", printable(told["flags"].dump()));
}

void print_wishes(const Json& told, const Output& output) {
  if (const Json& trigger = told["trigger"]; !trigger.is_null())
    line(output, "trigger", when(trigger["since_ms"]) + ": " + text_of(trigger, "reason"));
  if (const Json& exclusion = told["exclusion"]; !exclusion.is_null())
    line(output, "excluded",
         when(exclusion["since_ms"]) +
             (text_of(exclusion, "why").empty() ? "" : ": " + text_of(exclusion, "why")));
  if (const Json& lease = told["lease"]; !lease.is_null())
    line(output, "in work", "by process " + std::to_string(number(lease, "pid")));
}

void print_source(const Json& source, const Output& output) {
  std::string rest = text_of(source, "name") + " (" + text_of(source, "loader") + "), listed " +
                     when(source["listed_ms"]) + ", policy " + printable(source["policy"].dump());
  if (!source["in_last_listing"].get<bool>()) rest += "; not in its last listing";
  if (!text_of(source, "note").empty()) rest += "; " + text_of(source, "note");
  line(output, "source", rest);
}

void print_decision(const Json& decision, const Output& output) {
  std::string rest = text_of(decision, "source") + ": ";
  if (decision.contains("error"))
    rest += "the policy failed: " + text_of(decision, "error");
  else if (decision["refresh"].get<bool>())
    rest += "refresh, for " + text_of(decision, "reason");
  else
    rest += "leave it, for " + text_of(decision, "reason") + "; ask again " +
            next(decision["ask_again_ms"]);
  if (decision.contains("cached_until_ms"))
    rest += "; its cache ends " + next(decision["cached_until_ms"]);
  if (!decision["has_it"].get<bool>()) rest += "; should it list it";
  line(output, "now", rest);
}

// How far what a source tells of its pages was right.
void print_signal(const std::string& name, const Json& signal, const Output& output) {
  if (signal.is_null()) return;
  const auto percent = [&](const char* key) {
    char text[32];
    std::snprintf(text, sizeof text, "%.0f %%", 100 * signal[key].get<double>());
    return std::string(text);
  };
  std::string text = name + ": of what it said had changed, " + percent("precision") + " had";
  if (signal.contains("recall"))
    text += "; it told of " + percent("recall") + " of the changes; " + text_of(signal, "use");
  else
    text += "; " + percent("not_modified") + " of the requests were answered that nothing had";
  line(output, "signal", text);
}

void print_learnt(const Json& learnt, const Output& output) {
  const auto number = [&](const char* key) { return learnt[key].get<double>(); };
  char text[256];
  std::snprintf(text, sizeof text,
                "changed with a chance of %.2g %%; worth %.2g, and a request goes to what is worth "
                "%.2g; %.1f requests saved; %.0f changes found, %.1f expected",
                100 * number("chance"), number("worth"), number("worth_needed"),
                number("requests_saved"), number("changes_found"), number("changes_expected"));
  line(output, "learnt", text);
  for (const auto& [name, signal] : learnt["signals"].items()) print_signal(name, signal, output);
}

void print(const Json& told, const Output& output) {
  output.line(text_of(told, "uri"));
  print_root(told, output);
  print_wishes(told, output);
  for (const Json& source : told["sources"]) print_source(source, output);
  if (told["decisions"].is_null()) return;
  for (const Json& decision : told["decisions"]) {
    print_decision(decision, output);
    if (decision.contains("learnt") && !decision["learnt"].is_null())
      print_learnt(decision["learnt"], output);
  }
}

}  // namespace

int run_explain(const Options& options, const Config& config, const Output& output) {
  Repository repository = open_existing(config, Access::read);
  const bool asks = config.refresh.contains("sources");
  const Interruptible call;
  const Json told = Json::parse(repository.explain_root(
      find_uri(repository, options.uri), asks ? config.refresh.dump() : "", call.limits()));
  if (output.json())
    output.result(told);
  else
    print(told, output);
  return exit_ok;
}

}  // namespace freshet::cli
