// core/repository/runs.hpp - the reports of past runs.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

class ReadsRuns : public Part {
 public:
  using Part::Part;

  base::Result<std::vector<std::string>> runs(std::size_t limit) const;  // reports, newest first
};

class WritesRuns : public Part {
 public:
  using Part::Part;

  base::Status put_run(const std::string& report);  // the newest 100 are kept
};

}  // namespace freshet::repository
