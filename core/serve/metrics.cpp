#include "core/serve/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/base/instant.hpp"

namespace freshet::serve {
namespace {

using base::Json;

// A label's value, as the format wants it.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? "\\n" : std::string(1, c);
  }
  return out;
}

std::string label(std::string_view name, std::string_view value) {
  return fmt::format("{}=\"{}\"", name, escaped(value));
}

class Text {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  }
  void sample(const std::string& labels, double value, std::string_view suffix = "") {
    text_ += labels.empty() ? fmt::format("{}{} {}\n", name_, suffix, value)
                            : fmt::format("{}{}{{{}}} {}\n", name_, suffix, labels, value);
  }
  void one(std::string_view name, std::string_view type, std::string_view help, double value) {
    family(name, type, help);
    sample("", value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string name_, text_;
};

double number(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  return value.is_number() ? value.get<double>() : 0;
}

// Seconds since 1970; 0 where it is not known.
double seconds_of(const Json& instant) {
  const auto at = base::parse_instant(instant.is_string() ? instant.get<std::string>() : "");
  return at ? static_cast<double>(at->ms) / 1000 : 0;
}

void gauges(Text& out, const Json& status, const Json& statistics) {
  out.one("freshet_running", "gauge", "1 while the service runs.", number(statistics["running"]));
  out.one("freshet_start_time_seconds", "gauge", "When the service began, since 1970.",
          seconds_of(statistics["since"]));
  const std::pair<const char*, const char*> known[] = {
      {"roots", "Roots that are known."},
      {"documents", "Documents that are stored."},
      {"chunks", "Chunks that are stored."},
      {"fresh", "Roots that are neither due nor failing."},
      {"due", "Roots that are to be asked for now."},
      {"failing", "Roots whose last refresh failed."},
      {"deliveries_pending", "Rows that a store has not confirmed."}};
  for (const auto& [key, help] : known) {
    const std::string_view name = key;
    const bool of_roots = name == "fresh" || name == "due" || name == "failing";
    out.one(fmt::format("freshet_{}{}", of_roots ? "roots_" : "", name), "gauge", help,
            number(status[key]));
  }
  out.one("freshet_runs_under_way", "gauge", "Runs that go on now.",
          number(statistics["under_way"]));
  out.one("freshet_sources_waiting", "gauge", "Sources that a worker is missing for.",
          number(statistics["waiting"]));
  out.one("freshet_workers", "gauge", "Runs that may go on at once.",
          number(statistics["workers"]));
  out.one("freshet_reloads_total", "counter", "Configurations that were taken over.",
          number(statistics["reloads"]));
  out.one("freshet_reload_failed", "gauge", "1 where the last one was wrong, and not taken over.",
          statistics["reload_error"].is_null() ? 0 : 1);
}

// What the repository knows of its sources. One that was configured otherwise before may have the
// name of another: both are told together.
void sources(Text& out, const Json& status) {
  const auto each = [&](std::string_view name, std::string_view help, const auto& value,
                        bool newest = false) {
    std::map<std::string, double> values;
    for (const Json& source : status["sources"]) {
      double& sum = values[source["name"].get<std::string>()];
      sum = newest ? std::max(sum, value(source)) : sum + value(source);
    }
    out.family(name, "gauge", help);
    for (const auto& [source, number_of] : values) out.sample(label("source", source), number_of);
  };
  each("freshet_source_roots", "Roots that belong to the source.",
       [](const Json& source) { return number(source["roots"]); });
  each("freshet_source_held_removals", "Removals that are withheld to protect data.",
       [](const Json& source) { return number(source["held"]); });
  each(
      "freshet_source_listed_timestamp_seconds",
      "The last complete listing, since 1970; 0: none yet.",
      [](const Json& source) { return seconds_of(source["listed"]); }, true);
}

// Of sources with an adaptive policy that has judged their pages.
void staleness(Text& out, const Json& status) {
  const auto each = [&](std::string_view name, std::string_view help, const char* key) {
    std::map<std::string, double> values;
    for (const Json& source : status["sources"])
      if (source.contains(key)) values[source["name"].get<std::string>()] = number(source[key]);
    if (values.empty()) return;
    out.family(name, "gauge", help);
    for (const auto& [source, value] : values) out.sample(label("source", source), value);
  };
  each("freshet_source_expected_stale_ratio",
       "The share of its pages that is likely stale, as an adaptive policy expects.",
       "expected_stale");
  each("freshet_source_expected_stale_by_ttl_ratio",
       "The share that would be if a TTL spent the same budget.", "expected_stale_by_ttl");
}

// A counter of each source, found at `path` of its statistics.
void count(Text& out, const Json& statistics, std::string_view name, std::string_view help,
           const char* path) {
  out.family(name, "counter", help);
  for (const Json& source : statistics["sources"])
    out.sample(label("source", source["name"].get<std::string>()),
               number(source.value(Json::json_pointer(path), Json())));
}

void runs(Text& out, const Json& statistics) {
  count(out, statistics, "freshet_runs_total", "Runs that ended.", "/ended");
  count(out, statistics, "freshet_runs_failed_total", "Of these, that failed in part or whole.",
        "/failed");
  count(out, statistics, "freshet_runs_cancelled_total", "Of these, that were stopped.",
        "/cancelled");
  count(out, statistics, "freshet_run_seconds_total", "Seconds that runs took.", "/seconds/total");
  count(out, statistics, "freshet_rows_upserted_total", "Rows that the store confirmed.",
        "/rows/upserts");
  count(out, statistics, "freshet_rows_removed_total", "Removals that the store confirmed.",
        "/rows/removals");
  count(out, statistics, "freshet_embedded_texts_total", "Texts that were embedded.",
        "/embedded_texts");
  count(out, statistics, "freshet_requests_total", "Requests to the source.", "/fetched/requests");
  count(out, statistics, "freshet_received_bytes_total", "Bytes that the source sent.",
        "/fetched/bytes");
  out.family("freshet_run_lag_seconds", "gauge", "How late the last run began.");
  for (const Json& source : statistics["sources"])
    out.sample(label("source", source["name"].get<std::string>()),
               number(source["lag_ms"]["last"]) / 1000);
  out.family("freshet_roots_handled_total", "counter", "What runs did with roots.");
  for (const Json& source : statistics["sources"])
    for (const auto& [outcome, roots] : source["roots"].items())
      if (outcome != "listed")
        out.sample(
            label("source", source["name"].get<std::string>()) + "," + label("outcome", outcome),
            number(roots));
}

}  // namespace

std::string metrics_text(const Json& status, const Json& statistics, const Json& hooks) {
  Text out;
  out.family("freshet_build_info", "gauge", "1, with the version of the library.");
  out.sample(label("version", FRESHET_VERSION), 1);
  gauges(out, status, statistics);
  sources(out, status);
  staleness(out, status);
  runs(out, statistics);
  out.family("freshet_hook_deliveries_total", "counter", "Deliveries of hooks, by what was done.");
  for (const auto& [kind, counts] : hooks.items())
    for (const auto& [what, number_of] : counts.items())
      out.sample(label("hook", kind) + "," + label("outcome", what), number(number_of));
  return out.take();
}

}  // namespace freshet::serve
