// core/host/conformance.hpp - does a plugin keep its contract? Named cases, each in a process of
// its own.
//
// A case opens what the manifest offers and uses it as the stages would. Without a network, as a
// check runs by default, what needs one is skipped, not failed. A process that dies is the verdict
// "crash", one that does not end "timeout": neither takes the checker with it.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/instant.hpp"
#include "core/host/plugins.hpp"

namespace freshet::host {

enum class Verdict { pass, fail, crash, skip, timeout };
std::string_view verdict_name(Verdict verdict);

struct Case {
  std::string name;  // "idempotent"
  std::string says;  // what the plugin is to do
};

// The cases of the plugin itself (nothing), or of one kind.
std::vector<Case> list_cases(std::optional<Kind> kind);

// One case to run.
struct Target {
  std::string path;          // the manifest, or the library beside it
  std::optional<Kind> kind;  // nothing: a case of the plugin itself
  std::string offer;         // "sitemap"
  std::string name;          // of the case
  std::string options;       // of the offer, as JSON text; empty: its defaults
  std::string sample;        // for readers: bytes that they can read
  std::string scratch;  // a directory that the plugin may write; empty: one is made for the case
};

struct CaseResult {
  std::string subject;  // "loader sitemap"; empty: the plugin itself
  std::string name;
  Verdict verdict = Verdict::fail;
  std::string detail;  // why it is no pass
  base::Millis took{0};
};

struct CheckOptions {
  std::map<std::string, std::string> options;  // by subject: "loader sitemap"
  std::map<std::string, std::string> samples;  // by subject: bytes for a reader
  base::Millis limit{20'000};                  // for one case
  ports::Http* http = nullptr;                 // nullptr: no network
};

struct Report {
  std::string manifest, plugin, version;
  std::vector<CaseResult> results;
  bool good() const;  // nothing but passes and skips
};

// In this process: what the plugin does, it does to the caller.
CaseResult run_case(const Target& target, ports::Http* http = nullptr);

// In a child of this process, which is killed when its time is over. Call it from a program that
// has no other threads that hold locks.
CaseResult run_case_apart(const Target& target, base::Millis limit, ports::Http* http = nullptr);

// Every case of everything that the manifest offers. Fails only where there is no manifest to go
// by.
base::Result<Report> check_plugin(const std::string& path, const CheckOptions& options = {});

nlohmann::json to_json(const Report& report);

}  // namespace freshet::host
