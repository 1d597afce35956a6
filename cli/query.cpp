#include <algorithm>
#include <cstdio>
#include <string_view>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

// How lately what is found is to have been confirmed, and by which sources.
void add_demand(const Options& options, const Config& config, Json& asked) {
  if (options.max_age.empty() && !options.deadline.empty())
    throw Error(FRESHET_E_INVALID_ARGUMENT, "needs --max-age", "--deadline");
  if (options.max_age.empty()) return;
  if (!config.refresh.contains("sources"))
    throw Error(FRESHET_E_INVALID_ARGUMENT,
                "needs the sources that it is to ask: give --config with [[source]]", "--max-age");
  asked["max_age"] = options.max_age;
  if (!options.deadline.empty()) asked["deadline"] = options.deadline;
  asked["config"] = config.refresh;
}

std::string query_options(const Options& options, const Config& config) {
  Json asked{{"limit", options.limit}};
  if (options.target) asked["target"] = *options.target;
  add_demand(options, config, asked);
  if (!options.mode.empty()) asked["mode"] = options.mode;
  if (!options.also.empty()) asked["also"] = options.also;
  if (options.expand > 0) asked["expand"] = options.expand;
  if (options.section) asked["section"] = true;
  if (options.fold) asked["fold"] = true;
  if (options.max_tokens) asked["max_tokens"] = *options.max_tokens;
  if (!options.tokenizer.empty()) asked["tokenizer"] = parse_use(options.tokenizer, "--tokenizer");
  if (!options.filter.empty()) {
    asked["filter"] = Json::parse(options.filter, nullptr, false);
    if (asked["filter"].is_discarded())
      throw Error(FRESHET_E_INVALID_ARGUMENT, "is not valid JSON", "--filter");
  }
  return asked.dump();
}

// The beginning of a text in one paragraph, cut between two words where there is one.
std::string beginning(std::string_view text) {
  constexpr std::size_t most = 240;
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
    if (line.size() > most) break;
  }
  if (line.size() <= most) return line;
  if (const std::size_t space = line.rfind(' '); space != std::string::npos && space > most / 2) {
    line.resize(space);
  } else {
    while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xC0) == 0x80)
      line.pop_back();
    if (!line.empty()) line.pop_back();
  }
  return line + " …";
}

std::string freshness(const freshet_hit& hit) {
  std::string line = "checked " + ago(hit.checked_ms);
  if (hit.due_ms != FRESHET_NEVER) line += ", due " + until(hit.due_ms);
  if (hit.unconfirmed[0] != '\0') line += "; unconfirmed: " + printable(hit.unconfirmed);
  return line;
}

Json to_json(const Hits& hits) {
  Json all = Json::parse(hits.to_json());
  for (Json& hit : all["hits"])
    for (const char* key : {"uri", "url"}) hit[key] = redacted(hit[key].get<std::string>());
  return all;
}

// What was asked for is to be read, not to be recognised: it is not cut.
void print_whole(std::string_view text, const Output& output) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    output.line("   " + printable(std::string(text.substr(0, end))));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void print(const Hits& hits, const Output& output) {
  std::size_t rank = 0;
  for (const freshet_hit hit : hits) {
    char score[32];
    std::snprintf(score, sizeof score, "%.3f", hit.score);
    std::string heading = printable(hit.title);
    if (hit.path[0] != '\0') heading += (heading.empty() ? "" : " > ") + printable(hit.path);
    output.line(std::to_string(++rank) + ". " + heading + "  [" + score + "]");
    output.line("   " + printable(redacted(hit.url[0] != '\0' ? hit.url : hit.uri)));
    output.line("   " + freshness(hit));
    if (hit.context[0] == '\0')
      output.line("   " + printable(beginning(hit.text)));
    else
      print_whole(hit.context, output);
    output.line("");
  }
  if (rank == 0) output.line("nothing found");
  if (hits.ended_after() > 0)
    output.line("the filter was tested on the best " + count(hits.ended_after(), "row", "rows") +
                " alone: there may be more that pass it");
}

}  // namespace

int run_query(const Options& options, const Config& config, const Output& output) {
  const std::string asked = query_options(options, config);
  Repository repository =
      open_existing(config, options.max_age.empty() ? Access::read : Access::write);
  const Interruptible call;
  const Hits hits = repository.query(options.text, asked, call.limits());
  if (output.json())
    output.result(to_json(hits));
  else
    print(hits, output);
  return exit_ok;
}

}  // namespace freshet::cli
