#include "core/conformance/run.hpp"

#include <fmt/format.h>

#include "core/base/json.hpp"
#include "core/conformance/bench.hpp"
#include "core/conformance/network.hpp"
#include "core/host/schema.hpp"
#include "core/host/services.hpp"

namespace freshet::conformance {
namespace {

using host::Case;
using host::Kind;

std::span<const Check> checks_of(Kind kind) {
  switch (kind) {
    case Kind::loader:
      return loader_checks();
    case Kind::reader:
      return reader_checks();
    case Kind::embedder:
      return embedder_checks();
    case Kind::store:
      return store_checks();
    case Kind::transformer:
      return transformer_checks();
    case Kind::tokenizer:
      return tokenizer_checks();
  }
  return {};
}

const Check* find_check(const Subject& subject, const std::string& name) {
  for (const Check& check :
       subject.offer == nullptr ? plugin_checks() : checks_of(subject.offer->kind))
    if (name == check.name) return &check;
  return nullptr;
}

// The options of the offer, or what makes the case a skip.
base::Result<Json> options_of(const host::Offer* offer, const CaseRun& what) {
  Json given = Json::object();
  if (offer == nullptr) return given;
  if (!what.options.empty()) {
    FRESHET_ASSIGN(given, base::parse_json(what.options, "options"));
  }
  return host::complete(offer->options, given, "options", {{"repository", what.scratch}});
}

// What the host noted of calls whose own result nobody looks at.
void judge_lines(Bench& bench) {
  for (const char* line : {"close threw an exception", "used a sink after the call that it was for",
                           "used a call after it was over"})
    bench.that(!bench.was_logged(line), line);
}

Finding run(const Check& check, const Subject& subject, Json options, const CaseRun& what) {
  Lines lines;
  const host::Services services{
      make_network(what.network), ports::system_clock(),
      [&](int, std::string_view, std::string_view line) { lines.add(line); }};
  Bench bench(subject, std::move(options), what.sample, services, lines);
  check.run(bench);
  judge_lines(bench);
  return bench.finding();
}

}  // namespace

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const Check& check : plugin_checks()) cases.push_back({{}, check.name, check.says});
  for (const Kind kind : host::all_kinds)
    for (const Check& check : checks_of(kind)) cases.push_back({kind, check.name, check.says});
  return cases;
}

Finding run_case(const Subject& subject, const CaseRun& what) {
  const Check* check = find_check(subject, what.name);
  if (check == nullptr) return {Verdict::fail, "there is no such case"};
  auto options = options_of(subject.offer, what);
  if (!options) return {Verdict::skip, "it needs options: " + base::to_string(options.error())};
  return run(*check, subject, *std::move(options), what);
}

}  // namespace freshet::conformance
