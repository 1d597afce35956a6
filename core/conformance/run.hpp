// core/conformance/run.hpp - runs one case in this process, to which the plugin does what it does.
#pragma once

#include <string>
#include <vector>

#include "core/conformance/subject.hpp"
#include "core/host/check_wire.hpp"

namespace freshet::conformance {

std::vector<host::Case> all_cases();

struct CaseRun {
  std::string name;                  // of the case
  std::string options;               // of the offer, as JSON text; empty: its defaults
  std::string sample;                // for readers
  std::string scratch;               // a directory that the plugin may write
  std::vector<std::string> network;  // origins that may be reached
};
host::Finding run_case(const Subject& subject, const CaseRun& what);

}  // namespace freshet::conformance
