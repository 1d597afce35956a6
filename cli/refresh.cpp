#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/plan_repository.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

constexpr std::size_t most_failures_shown = 20;

std::string progress_text(const freshet_refresh_counts& counts) {
  const std::uint64_t done = counts.refreshed + counts.unchanged + counts.skipped + counts.busy +
                             counts.failed + counts.excluded;
  std::string text =
      bar(done, counts.listed, 24) + "  " + count(done) + " of " + count(counts.listed) + " roots";
  if (counts.refreshed > 0) text += ", " + count(counts.refreshed) + " refreshed";
  if (counts.failed > 0) text += ", " + count(counts.failed) + " failed";
  if (counts.upserts > 0 || counts.pending > 0)
    text += "; " + count(counts.upserts) + " rows stored, " + count(counts.pending) + " to go";
  return text;
}

std::string root_text(const freshet_event& event) {
  std::string text = std::string(freshet_outcome_name(event.outcome)) + " " +
                     printable(event.label[0] != '\0' ? event.label : event.uri);
  if (event.reason[0] != '\0') text += " (" + printable(event.reason) + ")";
  if (event.message[0] != '\0') text += ": " + printable(event.message);
  return text;
}

// What is worth a line of its own on stderr; empty: nothing.
std::string event_text(const freshet_event& event, const Options& options) {
  switch (event.kind) {
    case FRESHET_EVENT_LOG:
      if (options.verbose || event.level >= FRESHET_LEVEL_WARNING)
        return (event.source[0] != '\0' ? printable(event.source) + ": " : "") +
               printable(event.message);
      return "";
    case FRESHET_EVENT_ROOT_DONE:
      return options.verbose ? root_text(event) : "";
    case FRESHET_EVENT_LISTING_STARTED:
      return options.verbose ? "listing " + printable(event.source) : "";
    case FRESHET_EVENT_LISTING_ENDED:  // what was wrong with it is told at the end
      return options.verbose ? "listed " + printable(event.source) +
                                   (event.message[0] != '\0' ? ": " + printable(event.message) : "")
                             : "";
    default:
      return "";
  }
}

// Follows the run to its end; asks it to stop once the user did.
void follow(Refresh& run, const Options& options) {
  const bool chatty = !options.quiet && !options.json;
  ProgressLine line(chatty);
  bool asked = false;
  auto shown = std::chrono::steady_clock::time_point();
  for (;;) {
    if (interrupted() && !asked) {
      asked = true;
      run.cancel();
      line.clear();
      if (chatty) std::fputs("stopping; what is stored stays (again: stop at once)\n", stderr);
    }
    freshet_event event = FRESHET_EVENT_INIT;
    const freshet_status status = freshet_refresh_next_event(run.get(), 100, &event, nullptr);
    if (status == FRESHET_OK && event.kind == FRESHET_EVENT_NONE) return;
    if (status == FRESHET_OK && !options.quiet && (chatty || options.verbose)) {
      const std::string text = event_text(event, options);
      if (!text.empty()) {
        line.clear();
        std::fprintf(stderr, "%s\n", text.c_str());
      }
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - shown < std::chrono::milliseconds(100)) continue;
    shown = now;
    line.show(progress_text(run.counts()));
  }
}

// The report without the roots, but for the first that failed: a report of a million roots is not
// taken apart in memory.
struct Summary {
  Json report;
  std::vector<Json> failed;
};

Summary summarise(std::string_view text) {
  using Event = nlohmann::json::parse_event_t;
  Summary summary;
  bool in_roots = false;
  const auto watch = [&](int depth, Event event, Json& parsed) {
    if (event == Event::key && depth == 1) in_roots = parsed == "roots";
    if (event != Event::object_end || depth != 2 || !in_roots) return true;
    if (parsed.value("outcome", "") == "failed" && summary.failed.size() < most_failures_shown)
      summary.failed.push_back(std::move(parsed));
    return false;
  };
  summary.report = Json::parse(text, watch);
  return summary;
}

void print_counts(const Json& report, const Output& output) {
  const double seconds = report.value("seconds", 0.0);
  char took[32];
  std::snprintf(took, sizeof took, seconds < 1 ? "%.0f ms" : "%.1f s",
                seconds < 1 ? seconds * 1000 : seconds);
  std::string line = count(number(report, "listed"), "root", "roots") + " listed in " + took + ": ";
  bool first = true;
  for (const char* key :
       {"refreshed", "unchanged", "skipped", "removed", "busy", "failed", "held", "excluded"}) {
    const std::uint64_t value = number(report, key);
    if (value == 0 && std::string_view(key) != "refreshed") continue;
    line += (first ? "" : ", ") + count(value) + " " + key;
    first = false;
  }
  output.line(line);
}

// What somebody has done to the store behind our back.
void print_drift(const Json& verified, const Output& output) {
  const std::uint64_t wrong =
      number(verified, "missing") + number(verified, "stale") + number(verified, "damaged");
  if (wrong == 0) return;
  output.line(
      "store: of " + count(number(verified, "checked"), "row", "rows") + " that were looked at " +
      count(wrong) +
      " had gone or changed, and were sent again; compare all with: freshet verify --repair");
}

void print_work(const Json& report, const Output& output) {
  const Json& chunks = report["chunks"];
  const Json& embedded = report["embedded"];
  const Json& delivered = report["delivered"];
  std::string tokens;
  if (chunks["tokens"].is_number())
    tokens = "; " + count(number(chunks, "tokens"), "token", "tokens") + " in what was stored";
  output.line("chunks: " + count(number(chunks, "added")) + " added, " +
              count(number(chunks, "removed")) + " removed, " + count(number(chunks, "kept")) +
              " kept" + tokens);
  if (number(embedded, "texts") > 0 || number(embedded, "cached") > 0)
    output.line("embedded: " + count(number(embedded, "texts"), "text", "texts") + ", " +
                count(number(embedded, "cached")) + " from the cache");
  output.line("store: " + count(number(delivered, "upserts"), "row", "rows") + " written, " +
              count(number(delivered, "removals")) + " removed, " +
              count(number(delivered, "pending")) + " pending");
  print_drift(report["verified"], output);
}

// "100 to 400 tokens"; "unknown" where the range is null.
std::string range_text(const Json& range, const char* what) {
  if (!range.is_object()) return std::string("an unknown number of ") + what;
  const std::uint64_t low = number(range, "low"), high = number(range, "high");
  return (low == high ? "" : count(low) + " to ") + count(high) + " " + what;
}

std::string money(double amount) {
  char text[64];
  std::snprintf(text, sizeof text, amount >= 1 || amount == 0 ? "%.2f" : "%.2g", amount);
  return text;
}

std::string cost_text(const Json& cost) {
  if (!cost.is_object()) return "";
  return ", which costs " + money(cost.value("low", 0.0)) + " to " + money(cost.value("high", 0.0));
}

// How each source was understood, where it says so.
void print_ways(const Json& report, const Output& output) {
  for (const Json& source : report["sources"])
    if (const std::string way = text_of(source, "way"); !way.empty())
      output.line(text_of(source, "name") + ": " + way);
}

constexpr std::size_t most_uris_shown = 20;

void print_uris(const Json& plan, const Output& output) {
  const Json uris = plan.value("uris", Json::array());
  for (std::size_t i = 0; i < std::min(uris.size(), most_uris_shown); ++i)
    output.line("  " + printable(uris[i].get<std::string>()));
  const std::uint64_t all = number(plan, "fetch");
  if (all > most_uris_shown) output.line("  and " + count(all - most_uris_shown) + " more");
}

void print_reembedding(const Json& plan, const Output& output) {
  const Json again = plan.value("reembed", Json());
  if (!again.is_object()) return;
  const std::string why = text_of(again, "why");
  output.line("would embed the " + count(number(again, "chunks"), "chunk", "chunks") +
              " that are stored again, at most " +
              count(number(again, "tokens"), "token", "tokens") + ", " +
              (why == "titles"      ? "as titles come into what is embedded"
               : why == "no titles" ? "as titles go out of what is embedded"
                                    : "as the model is another") +
              "; on_change says how");
}

// One line for each day, and how many there are on the average.
void print_days(const Json& plan, const Output& output) {
  if (!plan.contains("requests_by_day")) return;
  const auto days = plan["requests_by_day"].get<std::vector<std::uint64_t>>();
  std::uint64_t all = 0;
  for (const std::uint64_t requests : days) all += requests;
  output.line("requests for known roots by day, as if nothing changed:");
  for (std::size_t i = 0; i < days.size(); ++i)
    output.line("  day " + std::to_string(i + 1) + ": " + count(days[i]));
  output.line("  in all " + count(all) + ", " + count((all + days.size() / 2) / days.size()) +
              " a day on the average");
}

// Of new roots only what is known; the rest is said to be unknown.
void print_plan(const Json& plan, const Output& output) {
  output.line("this was a dry run: nothing was changed");
  output.line("would fetch " + count(number(plan, "fetch"), "root", "roots") + ", of which " +
              count(number(plan, "new")) + " are new");
  if (number(plan, "reread") > 0)
    output.line(count(number(plan, "reread"), "was", "were") +
                " made by another reader or chunker than now, and would be read again");
  print_uris(plan, output);
  print_reembedding(plan, output);
  print_days(plan, output);
  if (number(plan, "fetch") == 0 && plan.value("reembed", Json()).is_null()) return;
  if (plan["tokens"].is_object())
    return output.line("would embed about " + range_text(plan["tokens"], "tokens") +
                       cost_text(plan["cost"]) + "; the new roots make " +
                       range_text(plan["new_chunks"], "chunks"));
  output.line("would embed at most " + count(number(plan, "known_tokens")) +
              " tokens of known roots; how much the new ones have is unknown, as neither their "
              "listing nor a stored root of their source says it");
}

// "name: message", where the message does not begin with the name itself.
std::string after(const std::string& name, const std::string& message) {
  return message.starts_with(name + ": ") ? message : name + ": " + message;
}

void print_failures(const Summary& summary, const Output& output) {
  for (const Json& source : summary.report["sources"]) {
    const std::string name = text_of(source, "name");
    if (source.contains("error") && source["error"].is_object())
      output.line("source failed: " + after(name, text_of(source["error"], "message")));
    else if (!text_of(source, "note").empty())
      output.line("note: " + after(name, text_of(source, "note")));
  }
  for (const Json& error : summary.report.value("errors", Json::array()))
    output.line("error: " + text_of(error, "message"));
  if (summary.failed.empty()) return;
  output.line("failed:");
  for (const Json& root : summary.failed) {
    const Json error = root.value("error", Json());
    const std::string why = error.is_object() ? text_of(error, "message") : text_of(root, "reason");
    output.line("  " + after(text_of(root, "uri"), why));
  }
  const std::uint64_t all = number(summary.report, "failed");
  if (all > summary.failed.size())
    output.line("  and " + count(all - summary.failed.size()) + " more: see --json");
}

void print_advice(const Json& report, const Output& output) {
  if (report.value("cancelled", false))
    output.line("stopped before the end: the next run goes on from here");
  if (number(report, "held") > 0)
    output.line(count(number(report, "held"), "removal is", "removals are") +
                " held, since too much would go at once. Look at the sources; if it is right, run "
                "again with "
                "--accept-shrink");
  if (number(report["delivered"], "pending") > 0 && !report.value("dry_run", false))
    output.line("some rows are not in the store yet: the next run delivers them");
}

void print_report(std::string_view text, const Options& options, const Output& output) {
  const Summary summary = summarise(text);
  if (!options.quiet) {
    print_ways(summary.report, output);
    print_counts(summary.report, output);
    if (summary.report.contains("plan"))
      print_plan(summary.report["plan"], output);
    else
      print_work(summary.report, output);
  }
  print_failures(summary, output);
  print_advice(summary.report, output);
}

int refresh(Repository& repository, const Options& options, const Config& config,
            const Output& output) {
  Refresh run = Refresh::start(repository, config.refresh.dump());
  follow(run, options);
  run.wait();
  if (output.json())
    output.result_text(run.report());
  else
    print_report(run.report(), options, output);
  return run.exit_code();
}

}  // namespace

int run_refresh(const Options& options, const Config& config, const Output& output) {
  if (const auto missing = missing_source(config)) throw Error(*missing);
  const auto dry_run = config.refresh.find("dry_run");
  if (dry_run != config.refresh.end() && *dry_run == true) {
    PlanRepository plan(config);
    return refresh(plan.get(), options, config, output);
  }
  Repository repository(config.directory, config.open.dump());
  return refresh(repository, options, config, output);
}

int run_listing(const Options& options, const Config& config, const Output& output) {
  if (const auto missing = missing_source(config)) throw Error(*missing);
  Json how = config.refresh;
  for (const char* key : {"shard", "listing", "only", "rebuild"}) how.erase(key);
  how["dry_run"] = true;
  how["listing_out"] = options.out;
  const TemporaryDirectory place;
  Repository repository(place.path(), config.open.dump());
  Refresh run = Refresh::start(repository, how.dump());
  follow(run, options);
  run.wait();
  const Json report = summarise(run.report()).report;
  if (output.json())
    output.result_text(Json{
        {"out", options.out}, {"listed", number(report, "listed")}, {"sources", report["sources"]}}
                           .dump());
  else if (!options.quiet && !report.value("cancelled", false))
    output.line(count(number(report, "listed"), "entry", "entries") + " in " + options.out);
  return run.exit_code();
}

}  // namespace freshet::cli
