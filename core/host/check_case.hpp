// core/host/check_case.hpp - one case of a check, and what came of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/instant.hpp"
#include "core/host/kind.hpp"

namespace freshet::host {

enum class Verdict { pass, fail, crash, skip, timeout };
std::string_view verdict_name(Verdict verdict);

struct Case {
  std::optional<Kind> kind;  // nothing: of the plugin itself
  std::string name;          // "is_idempotent"
  std::string says;          // what the plugin does when it passes
};

// One case to run.
struct Target {
  std::string path;                    // the manifest, or the library beside it
  std::optional<Kind> kind;            // nothing: a case of the plugin itself
  std::string offer;                   // "sitemap"
  std::string name;                    // of the case
  std::string options;                 // of the offer, as JSON text; empty: its defaults
  std::string sample;                  // for readers: bytes that they can read
  std::vector<std::string> network{};  // the origins that it may reach; empty: none
};

// "loader sitemap"; empty for a case of the plugin itself.
std::string subject_of(const Target& target);

}  // namespace freshet::host
