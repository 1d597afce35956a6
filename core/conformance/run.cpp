#include "core/conformance/run.hpp"

#include <fmt/format.h>

#include "core/base/json.hpp"
#include "core/conformance/bench.hpp"
#include "core/conformance/network.hpp"
#include "core/conformance/process_state.hpp"
#include "core/host/schema.hpp"
#include "core/host/services.hpp"

namespace freshet::conformance {
namespace {

using host::Case;
using host::Kind;
using host::Target;

std::span<const Check> checks_of(std::optional<Kind> kind) {
  if (!kind) return plugin_checks();
  switch (*kind) {
    case Kind::loader:
      return loader_checks();
    case Kind::reader:
      return reader_checks();
    case Kind::embedder:
      return embedder_checks();
    case Kind::store:
      return store_checks();
  }
  return {};
}

const Check* find_check(const Target& target) {
  for (const Check& check : checks_of(target.kind))
    if (target.name == check.name) return &check;
  return nullptr;
}

const host::Offer* find_offer(const host::Manifest& manifest, const Target& target) {
  for (const host::Offer& offer : manifest.provides)
    if (target.kind == offer.kind && offer.name == target.offer) return &offer;
  return nullptr;
}

// The options of the offer, or what makes the case a skip.
base::Result<Json> options_of(const host::Offer* offer, const host::CheckRequest& request) {
  Json given = Json::object();
  if (offer == nullptr) return given;
  if (!request.target.options.empty()) {
    FRESHET_ASSIGN(given, base::parse_json(request.target.options, "options"));
  }
  return host::complete(offer->options, given, "options", {{"repository", request.scratch}});
}

// What the host noted of calls whose own result nobody looks at.
void judge_lines(Bench& bench) {
  for (const char* line : {"close threw an exception", "used a sink after the call that it was for",
                           "used a call after it was over"})
    bench.that(!bench.was_logged(line), line);
}

Finding run(const Check& check, const host::Manifest& manifest, const host::Offer* offer,
            Json options, const Target& target) {
  Lines lines;
  const host::Services services{
      make_network(target.network), ports::system_clock(),
      [&](int, std::string_view, std::string_view line) { lines.add(line); }};
  const ProcessState before;
  if (const auto library = host::Library::load(manifest); !library)
    return {Verdict::fail, base::to_string(library.error())};
  Bench bench(manifest, offer, std::move(options), target.sample, services, lines);
  check.run(bench);
  judge_lines(bench);
  const std::string changed = ProcessState().difference(before);
  bench.that(changed.empty(), "it changed " + changed + " of the whole process");
  return bench.finding();
}

}  // namespace

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const auto kind :
       {std::optional<Kind>(), std::optional(Kind::loader), std::optional(Kind::reader),
        std::optional(Kind::embedder), std::optional(Kind::store)})
    for (const Check& check : checks_of(kind)) cases.push_back({kind, check.name, check.says});
  return cases;
}

Finding run_case(const host::CheckRequest& request) {
  const Target& target = request.target;
  const Check* check = find_check(target);
  if (check == nullptr) return {Verdict::fail, "there is no such case"};
  const auto manifest = host::read_manifest(host::manifest_path(target.path));
  if (!manifest) return {Verdict::fail, base::to_string(manifest.error())};
  const host::Offer* offer = find_offer(*manifest, target);
  if (target.kind && offer == nullptr) return {Verdict::fail, "the manifest does not offer it"};
  auto options = options_of(offer, request);
  if (!options) return {Verdict::skip, "it needs options: " + base::to_string(options.error())};
  return run(*check, *manifest, offer, *std::move(options), target);
}

}  // namespace freshet::conformance
