#include "core/conformance/registered.hpp"

#include <chrono>

#include "core/conformance/run.hpp"
#include "core/host/scratch.hpp"

namespace freshet::conformance {
namespace {

using host::CaseResult;
using host::Finding;
using host::Verdict;

// Of the cases of a plugin itself, the one about its file.
constexpr std::string_view case_of_files = "loads";

Finding run_here(const Subject& subject, const CaseRun& what) {
  if (subject.offer == nullptr && what.name == case_of_files)
    return {Verdict::skip, "it is registered in code: there is no library to load"};
  try {
    return run_case(subject, what);
  } catch (const std::exception& problem) {
    return {Verdict::fail, std::string("an exception came out of it: ") + problem.what()};
  }
}

base::Status run_all(const Subject& subject, const host::CheckOptions& options,
                     host::Report& report) {
  const std::optional<host::Kind> kind =
      subject.offer == nullptr ? std::optional<host::Kind>() : subject.offer->kind;
  const std::string name =
      kind ? host::subject_of({{}, kind, subject.offer->name, {}, {}, {}}) : std::string();
  for (const host::Case& each : all_cases()) {
    if (each.kind != kind) continue;
    if (options.cancel.requested())
      return base::fail(base::Code::cancelled, "was cancelled", subject.manifest.name);
    const host::Scratch scratch;
    const auto start = std::chrono::steady_clock::now();
    Finding finding =
        run_here(subject, {each.name, host::text_for(options.options, name),
                           host::text_for(options.samples, name), scratch.path(), options.network});
    const auto took = std::chrono::steady_clock::now() - start;
    report.results.push_back({name, each.name, finding.verdict, std::move(finding.detail),
                              std::chrono::duration_cast<base::Millis>(took)});
  }
  return {};
}

}  // namespace

base::Result<host::Report> check_registered(const host::RegisteredPtr& plugin,
                                            const host::CheckOptions& options) {
  const host::Manifest& manifest = plugin->manifest;
  host::Report report{manifest.file, manifest.name, manifest.version, {}};
  FRESHET_TRY(run_all({plugin, manifest, nullptr}, options, report));
  for (const host::Offer& offer : manifest.provides)
    FRESHET_TRY(run_all({plugin, manifest, &offer}, options, report));
  return report;
}

}  // namespace freshet::conformance
