#include "core/host/conformance.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include "core/base/json_memory.hpp"

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/host/conformance_bench.hpp"
#include "core/host/schema.hpp"
#include "core/host/scratch.hpp"

namespace freshet::host {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

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

void check_loads(Bench&) {}  // it was loaded, or the case would not have come so far

void check_unknown_names(Bench& bench) {
  bench.that(!bench.plugin_knows("freshet.nonsense/1", "no such name"),
             "it has a table for a kind that does not exist");
  for (const char* kind :
       {"freshet.loader/1", "freshet.reader/1", "freshet.embedder/1", "freshet.store/1"})
    bench.that(!bench.plugin_knows(kind, "no such name"),
               fmt::format("it has a {} table for a name that it does not provide", kind));
}

constexpr Check plugin_checks[] = {
    {"loads", "the library loads, agrees with its manifest, and initialises", check_loads},
    {"unknown_names", "kinds and names that it does not provide have no table",
     check_unknown_names},
};

std::span<const Check> checks_of(std::optional<Kind> kind) {
  if (!kind) return plugin_checks;
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

std::string manifest_path(const std::string& path) {
  constexpr std::string_view library = ".so";
  if (!path.ends_with(library)) return fs::absolute(path).lexically_normal().string();
  return fs::absolute(path.substr(0, path.size() - library.size()) + std::string(manifest_suffix))
      .lexically_normal()
      .string();
}

const Offer* find_offer(const Manifest& manifest, const Target& target) {
  for (const Offer& offer : manifest.provides)
    if (target.kind == offer.kind && offer.name == target.offer) return &offer;
  return nullptr;
}

std::string subject_of(const Target& target) {
  return target.kind ? fmt::format("{} {}", kind_name(*target.kind), target.offer) : std::string();
}

// The options of the offer, or what makes the case a skip.
base::Result<Json> options_of(const Offer& offer, const Target& target) {
  Json given = Json::object();
  if (!target.options.empty()) {
    FRESHET_ASSIGN(given, base::parse_json(target.options, "options"));
  }
  return complete(offer.options, given, "options", {{"repository", target.scratch}});
}

void run(const Target& target, const Check& check, ports::Http& http, CaseResult& result) {
  const auto set = [&](Verdict verdict, std::string detail) {
    result.verdict = verdict;
    result.detail = std::move(detail);
  };
  const auto manifest = read_manifest(manifest_path(target.path));
  if (!manifest) return set(Verdict::fail, base::to_string(manifest.error()));
  const Offer* offer = find_offer(*manifest, target);
  if (target.kind && offer == nullptr) return set(Verdict::fail, "the manifest does not offer it");
  Json options = Json::object();
  if (offer != nullptr) {
    auto completed = options_of(*offer, target);
    if (!completed)
      return set(Verdict::skip, "it needs options: " + base::to_string(completed.error()));
    options = *std::move(completed);
  }
  std::mutex mutex;
  std::vector<std::string> lines;
  const Services services{http, ports::system_clock(),
                          [&](int, std::string_view, std::string_view line) {
                            const std::lock_guard lock(mutex);
                            lines.emplace_back(line);
                          }};
  const Serving serving(services);
  if (const auto library = Library::load(*manifest); !library)
    return set(Verdict::fail, base::to_string(library.error()));
  Bench bench(*manifest, offer, std::move(options), target.sample, services, lines);
  check.run(bench);
  set(bench.verdict(), bench.detail());
}

void check_all(const std::string& path, const Manifest& manifest, const CheckOptions& options,
               Report& report) {
  const auto run_all = [&](Target target) {
    const std::string subject = subject_of(target);
    if (const auto found = options.options.find(subject); found != options.options.end())
      target.options = found->second;
    if (const auto found = options.samples.find(subject); found != options.samples.end())
      target.sample = found->second;
    for (const Check& check : checks_of(target.kind)) {
      target.name = check.name;
      report.results.push_back(run_case_apart(target, options.limit, options.http));
    }
  };
  run_all({path, {}, {}, {}, {}, {}, {}});
  for (const CaseResult& result : report.results)
    if (result.name == "loads" && result.verdict != Verdict::pass)
      return;  // the rest would say the same again
  for (const Offer& offer : manifest.provides)
    run_all({path, offer.kind, offer.name, {}, {}, {}, {}});
}

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::fail:
      return "fail";
    case Verdict::crash:
      return "crash";
    case Verdict::skip:
      return "skip";
    case Verdict::timeout:
      return "timeout";
  }
  return "unknown";
}

std::vector<Case> list_cases(std::optional<Kind> kind) {
  std::vector<Case> cases;
  for (const Check& check : checks_of(kind)) cases.push_back({check.name, check.says});
  return cases;
}

CaseResult run_case(const Target& target, ports::Http* http) {
  if (target.scratch.empty()) {
    const Scratch scratch;
    Target with = target;
    with.scratch = scratch.path();
    if (!with.scratch.empty()) return run_case(with, http);
  }
  NoNetwork none;
  CaseResult result;
  result.subject = subject_of(target);
  result.name = target.name;
  result.detail = "there is no such case";
  const auto start = std::chrono::steady_clock::now();
  for (const Check& check : checks_of(target.kind))
    if (target.name == check.name) run(target, check, http == nullptr ? none : *http, result);
  result.took = std::chrono::duration_cast<base::Millis>(std::chrono::steady_clock::now() - start);
  return result;
}

base::Result<Report> check_plugin(const std::string& path, const CheckOptions& options) {
  FRESHET_ASSIGN(const Manifest manifest, read_manifest(manifest_path(path)));
  Report report;
  report.manifest = manifest.file;
  report.plugin = manifest.name;
  report.version = manifest.version;
  check_all(manifest.file, manifest, options, report);
  return report;
}

bool Report::good() const {
  for (const CaseResult& result : results)
    if (result.verdict != Verdict::pass && result.verdict != Verdict::skip) return false;
  return true;
}

nlohmann::json to_json(const Report& report) {
  nlohmann::json json = {{"manifest", report.manifest},
                         {"plugin", report.plugin},
                         {"version", report.version},
                         {"good", report.good()}};
  json["cases"] = nlohmann::json::array();
  for (const CaseResult& each : report.results)
    json["cases"].push_back({{"subject", each.subject},
                             {"case", each.name},
                             {"verdict", verdict_name(each.verdict)},
                             {"detail", each.detail},
                             {"took_ms", each.took.count()}});
  return json;
}

}  // namespace freshet::host
