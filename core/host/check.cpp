#include "core/host/check.hpp"

#include <fmt/format.h>
#include <sys/random.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "core/base/digest.hpp"
#include "core/base/json.hpp"
#include "core/base/path.hpp"
#include "core/base/text.hpp"
#include "core/host/check_wire.hpp"
#include "core/host/child_process.hpp"
#include "core/host/manifest.hpp"
#include "core/host/scratch.hpp"
#include "core/host/search_path.hpp"
#include "core/host/services.hpp"
#include "core/host/trust.hpp"

namespace freshet::host {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

// In freshet/, beside plugins/.
base::Result<std::string> find_checker() {
  const fs::path beside = surroundings().beside;
  const std::string program = (beside.parent_path() / "freshet-check-plugin").string();
  std::error_code ignored;
  if (!fs::exists(program, ignored))
    return fail(Code::not_found, "the program that checks plugins is missing", program);
  FRESHET_TRY(trusted(program));
  return program;
}

base::Result<std::string> make_nonce() {
  base::Digest random;
  if (::getrandom(random.bytes.data(), random.bytes.size(), 0) !=
      static_cast<ssize_t>(random.bytes.size()))
    return fail(Code::io, "no random numbers are to be had");
  return random.hex();
}

// The last thing that a program said before it died, for the one who has to find out why.
std::string last_line(std::string_view text) {
  text = base::trim(text);
  const std::size_t at = text.rfind('\n');
  return safe_line(at == std::string_view::npos ? text : text.substr(at + 1));
}

Finding crash(std::string how, const Ending& ending) {
  if (const std::string words = last_line(ending.errors); !words.empty()) how += ": " + words;
  return {Verdict::crash, std::move(how)};
}

// What the process did is looked at before what it said.
Finding judge(const Ending& ending, const std::string& nonce, base::Millis limit) {
  if (!ending.in_time)
    return {Verdict::timeout, fmt::format("did not end within {} ms", limit.count())};
  const int status = ending.status.value_or(0);
  if (WIFSIGNALED(status))
    return crash(
        fmt::format("killed by signal {} ({})", WTERMSIG(status), ::sigdescr_np(WTERMSIG(status))),
        ending);
  if (WEXITSTATUS(status) == exit_channel_lost)
    return {Verdict::fail, "closed or replaced a file descriptor that is not its own"};
  if (WEXITSTATUS(status) != 0 || ending.channel.empty())
    return crash(fmt::format("ended the process with status {}", WEXITSTATUS(status)), ending);
  auto finding = read_finding(nonce, ending.channel);
  if (!finding) return {Verdict::fail, "wrote to a file descriptor that is not its own"};
  if (finding->verdict == Verdict::fail) return *std::move(finding);
  if (ending.left_processes) return {Verdict::fail, "left a process running that it had started"};
  if (!ending.output.empty())
    return {Verdict::fail, "wrote to the standard output: " + last_line(ending.output)};
  return *std::move(finding);
}

struct Checker {
  std::string program;
  std::vector<Case> cases;
};

base::Result<Checker> ask_checker(const base::Cancel& cancel) {
  constexpr base::Millis enough{20'000};
  FRESHET_ASSIGN(std::string program, find_checker());
  FRESHET_ASSIGN(const Ending ending, run_program(program, {"--cases"}, "", enough, cancel));
  auto cases = read_cases(ending.output);
  if (!cases) {
    base::Error error = std::move(cases).error();
    error.subject = program;
    return fail(std::move(error));
  }
  return Checker{std::move(program), *std::move(cases)};
}

base::Result<CaseResult> run_with(const std::string& program, const Target& target,
                                  base::Millis limit, const base::Cancel& cancel) {
  const Scratch scratch;  // made here, so that it goes even when the process dies
  FRESHET_ASSIGN(std::string nonce, make_nonce());
  const CheckRequest request{target, scratch.path(), std::move(nonce)};
  const auto start = std::chrono::steady_clock::now();
  FRESHET_ASSIGN(const Ending ending,
                 run_program(program, {}, write_request(request), limit, cancel));
  Finding finding = judge(ending, request.nonce, limit);
  const auto took = std::chrono::steady_clock::now() - start;
  return CaseResult{subject_of(target), target.name, finding.verdict, std::move(finding.detail),
                    std::chrono::duration_cast<base::Millis>(took)};
}

// All cases of one offer, or of the plugin itself.
base::Status run_all(const Checker& checker, Target target, const CheckOptions& options,
                     Report& report) {
  target.options = text_for(options.options, subject_of(target));
  target.sample = text_for(options.samples, subject_of(target));
  target.network = options.network;
  for (const Case& each : checker.cases) {
    if (each.kind != target.kind) continue;
    target.name = each.name;
    FRESHET_ASSIGN(auto result, run_with(checker.program, target, options.limit, options.cancel));
    report.results.push_back(std::move(result));
  }
  return {};
}

bool has_loaded(const Report& report) {
  return std::none_of(report.results.begin(), report.results.end(), [](const CaseResult& each) {
    return each.name == "loads" && each.verdict != Verdict::pass;
  });
}

}  // namespace

std::string manifest_path(const std::string& path) {
  constexpr std::string_view library = ".so";
  if (!path.ends_with(library)) return fs::absolute(path).lexically_normal().string();
  return fs::absolute(path.substr(0, path.size() - library.size()) + std::string(manifest_suffix))
      .lexically_normal()
      .string();
}

std::string text_for(const std::map<std::string, std::string>& texts, const std::string& subject) {
  const auto found = texts.find(subject);
  return found == texts.end() ? std::string() : found->second;
}

base::Result<std::vector<Case>> list_cases() {
  FRESHET_ASSIGN(Checker checker, ask_checker({}));
  return std::move(checker.cases);
}

base::Result<CaseResult> run_case(const Target& target, base::Millis limit) {
  FRESHET_ASSIGN(const std::string program, find_checker());
  return run_with(program, target, limit, {});
}

base::Result<Report> check_plugin(const std::string& path, const CheckOptions& options) {
  FRESHET_ASSIGN(const std::string whole, base::absolute_path(path));
  const std::string file = manifest_path(whole);
  FRESHET_ASSIGN(const Manifest manifest, read_manifest(file));
  FRESHET_ASSIGN(const Checker checker, ask_checker(options.cancel));
  Report report{manifest.file, manifest.name, manifest.version, {}};
  FRESHET_TRY(run_all(checker, {manifest.file, {}, {}, {}, {}, {}, {}}, options, report));
  if (!has_loaded(report)) return report;  // the rest would say the same again
  for (const Offer& offer : manifest.provides)
    FRESHET_TRY(
        run_all(checker, {manifest.file, offer.kind, offer.name, {}, {}, {}, {}}, options, report));
  return report;
}

std::vector<std::string> Report::untried() const {
  std::map<std::string, bool> tried;
  for (const CaseResult& each : results)
    tried[each.subject] = tried[each.subject] || each.verdict != Verdict::skip;
  std::vector<std::string> subjects;
  for (const auto& [subject, any] : tried)
    if (!any) subjects.push_back(subject);
  return subjects;
}

bool Report::good() const {
  return untried().empty() &&
         std::all_of(results.begin(), results.end(), [](const CaseResult& each) {
           return each.verdict == Verdict::pass || each.verdict == Verdict::skip;
         });
}

nlohmann::json to_json(const Report& report) {
  nlohmann::json json = {{"manifest", report.manifest},
                         {"plugin", report.plugin},
                         {"version", report.version},
                         {"good", report.good()},
                         {"untried", report.untried()}};
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
