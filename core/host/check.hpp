// core/host/check.hpp - does a plugin keep its contract? Named cases, each in a process of its own.
//
// No code of the plugin runs in this process, and this process is never forked. The program
// freshet-check-plugin, which lies beside the library, is started for each case; it loads the
// plugin, uses it as the stages would, and says its verdict. Without a network, but for the origins that
// are allowed: what needs another one is skipped, not failed. A process that dies is the verdict "crash", one that does not end "timeout".
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/base/instant.hpp"
#include "core/host/check_case.hpp"

namespace freshet::host {

// All cases, as the program lists them. No plugin is loaded for it.
base::Result<std::vector<Case>> list_cases();

struct CaseResult {
  std::string subject;  // "loader sitemap"; empty: the plugin itself
  std::string name;
  Verdict verdict = Verdict::fail;
  std::string detail;  // why it is no pass
  base::Millis took{0};
};

// Runs one case; when its time is over, its process and all that it started are killed. Fails where
// there is no program to run it, or no process to be had: that says nothing of the plugin.
base::Result<CaseResult> run_case(const Target& target, base::Millis limit);

struct CheckOptions {
  std::map<std::string, std::string> options;  // by subject: "loader sitemap"
  std::map<std::string, std::string> samples;  // by subject: bytes for a reader
  std::vector<std::string> network;            // the origins that it may reach; empty: none
  base::Millis limit{20'000};                  // for one case
  base::Cancel cancel;
};

struct Report {
  std::string manifest, plugin, version;
  std::vector<CaseResult> results;
  std::vector<std::string> untried() const;  // the subjects of which every case was skipped
  bool good() const;                         // nothing but passes and skips, and nothing untried
};

// Every case of everything that the manifest offers. Fails where there is no manifest to go by, and
// as run_case does.
base::Result<Report> check_plugin(const std::string& path, const CheckOptions& options = {});

nlohmann::json to_json(const Report& report);

// The manifest of what was named by its manifest or by the library beside it.
std::string manifest_path(const std::string& path);

// Of options or samples; empty where there is none for this subject.
std::string text_for(const std::map<std::string, std::string>& texts, const std::string& subject);

}  // namespace freshet::host
