// cli/verify.cpp - verify and reset: the store beside the repository.
#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

// 0 and 1 are exit_ok and exit_some_failed: in step, and not.
constexpr int exit_cannot_tell = 2;

Json told_of(const Json& found) {
  Json told{{"in_step", found.value("in_step", false)}};
  for (const char* key : {"checked", "missing", "stale"}) told[key] = number(found, key);
  told["orphaned"] = number(found, "orphans");
  for (const char* key : {"duplicates", "damaged", "foreign", "pending", "held"})
    told[key] = number(found, key);
  told["repaired"] = number(found, "upserts") + number(found, "removals");
  told["embedded"] = number(found, "embedded_texts");
  for (const char* key : {"problems", "ids"}) told[key] = found.value(key, Json::array());
  return told;
}

// Zeros where nothing was ever delivered: there is nothing that could have drifted.
Json verify(Repository& repository, const Json& how, const Limits& limits) {
  try {
    const Json found = Json::parse(repository.verify_store(how.dump(), limits));
    Json told = told_of(found);
    for (const Json& store : found.value("stores", Json::array())) {
      Json each = told_of(store);
      for (const char* key : {"target", "store"}) each[key] = store[key];
      told["stores"].push_back(std::move(each));
    }
    return told;
  } catch (const Error& error) {
    if (error.code() != FRESHET_E_NOT_FOUND) throw;
    return told_of(Json{{"in_step", true}});
  }
}

std::string faults_of(const Json& told) {
  std::string line;
  for (const char* key : {"missing", "stale", "orphaned", "duplicates", "damaged"})
    if (number(told, key) > 0)
      line += (line.empty() ? "" : ", ") + count(number(told, key)) + " " + key;
  return line.empty() ? "the store reports damage" : line;
}

void print_verified(const Json& told, bool repair, const Output& output) {
  const std::string checked = count(number(told, "checked"), "row", "rows") + " checked";
  const bool in_step = told.value("in_step", false);
  output.line(in_step ? "in step: " + checked : faults_of(told) + ": " + checked);
  for (const char* key : {"problems", "ids"})
    for (const Json& each : told[key]) output.line("  " + printable(each.get<std::string>()));
  if (number(told, "pending") > 0)
    output.line(count(number(told, "pending"), "row", "rows") + " not delivered yet");
  if (number(told, "foreign") > 0)
    output.line(count(number(told, "foreign"), "row", "rows") + " of others, left alone");
  if (number(told, "held") > 0) output.line(held_line(number(told, "held")));
  if (in_step) return;
  output.line(repair ? count(number(told, "repaired"), "row", "rows") + " repaired"
                     : "bring it in step with: freshet verify --repair");
}

int verify_and_tell(const Options& options, const Config& config, const Output& output) {
  Repository repository = open_existing(config, options.repair ? Access::write : Access::read);
  const Interruptible call;
  const Json told = verify(repository, how_to_verify(options, config), call.limits());
  if (output.json())
    output.result(told);
  else
    print_verified(told, options.repair, output);
  return told.value("in_step", false) ? exit_ok : exit_some_failed;
}

}  // namespace

std::string held_line(std::uint64_t held) {
  return count(held, "removal", "removals") +
         " held, to protect what may be missed: --accept-shrink makes them";
}

Json how_to_verify(const Options& options, const Config& config) {
  Json how{{"repair", options.repair}, {"deep", options.deep}};
  if (options.sample) how["sample"] = *options.sample / 100;
  for (const char* key : {"owned", "max_shrink"})
    if (config.refresh.contains(key)) how[key] = config.refresh[key];
  if (options.owned) how["owned"] = true;
  if (options.accept_shrink) how["accept_shrink"] = true;
  return how;
}

int run_verify(const Options& options, const Config& config, const Output& output) {
  try {
    return verify_and_tell(options, config, output);
  } catch (const Error& error) {
    output.error(error);
    return exit_cannot_tell;
  }
}

int run_reset(const Config& config, const Output& output) {
  Repository repository = open_existing(config, Access::write);
  const Interruptible call;
  repository.reset_store(call.limits());
  const Json status = Json::parse(repository.status());
  const std::uint64_t pending = number(status, "deliveries_pending");
  if (output.json())
    output.result({{"reset", true}, {"pending", pending}});
  else
    output.line("emptied: the next freshet refresh delivers " + count(pending, "row", "rows") +
                " again, from the repository");
  return exit_ok;
}

}  // namespace freshet::cli
