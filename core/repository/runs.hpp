// core/repository/runs.hpp - the reports of past runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

struct RunRecord {
  std::uint64_t number = 0;  // of a later one: greater
  std::string report;        // JSON
};

class ReadsRuns : public Part {
 public:
  using Part::Part;

  // Up to `limit` before the one of that number, newest first.
  base::Result<std::vector<RunRecord>> runs(std::size_t limit,
                                            std::uint64_t before = UINT64_MAX) const;
  base::Result<std::optional<RunRecord>> run(std::uint64_t number) const;
};

class WritesRuns : public Part {
 public:
  using Part::Part;

  // Of all, this one included, the newest `keep` stay; of those before it, none that `is_old`.
  base::Status put_run(const std::string& report, std::uint64_t keep = 1'000,
                       const std::function<bool(std::string_view report)>& is_old = {});
};

}  // namespace freshet::repository
