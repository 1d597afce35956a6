#include "core/conformance/run.hpp"

#include <fmt/format.h>

#include "core/base/json.hpp"
#include "core/conformance/bench.hpp"
#include "core/host/schema.hpp"
#include "core/host/services.hpp"

namespace freshet::conformance {
namespace {

using base::Code;
using base::fail;
using host::Case;
using host::Kind;

// The network of a check: none. URLs are still URLs.
class NoNetwork : public ports::Http {
 public:
  base::Result<ports::HttpResponse> send(const ports::HttpRequest& request,
                                         const base::Cancel&) override {
    return fail(Code::network, "there is no network while a plugin is checked", request.url);
  }
  void send_many(
      std::span<const ports::HttpRequest> requests, const base::Cancel& cancel,
      const std::function<void(std::size_t, base::Result<ports::HttpResponse>)>& done) override {
    for (std::size_t i = 0; i < requests.size(); ++i) done(i, send(requests[i], cancel));
  }
  base::Result<std::string> resolve(std::string_view, std::string_view reference) const override {
    if (reference.starts_with("http://") || reference.starts_with("https://"))
      return std::string(reference);
    return fail(Code::invalid_argument, "is no absolute URL, and there is no network here",
                std::string(reference));
  }
  ports::HttpCounters counters() const override { return {}; }
};

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
  bench.that(!bench.was_logged("close threw an exception"), "close threw an exception");
}

Finding run(const Check& check, const Subject& subject, Json options, const std::string& sample) {
  NoNetwork http;
  std::mutex mutex;
  std::vector<std::string> lines;
  const host::Services services{http, ports::system_clock(),
                                [&](int, std::string_view, std::string_view line) {
                                  const std::lock_guard lock(mutex);
                                  lines.emplace_back(line);
                                }};
  Bench bench(subject, std::move(options), sample, services, lines);
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
  return run(*check, subject, *std::move(options), what.sample);
}

}  // namespace freshet::conformance
