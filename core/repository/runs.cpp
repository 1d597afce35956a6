#include "core/repository/runs.hpp"

#include <algorithm>

#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

Result<std::vector<std::string>> ReadsRuns::runs(std::size_t limit) const {
  // Few are kept: read in order, then turned round.
  std::vector<std::string> reports;
  Cursor cursor(transaction_, Db::runs, transaction_.key());
  for (; cursor.valid(); cursor.next()) reports.emplace_back(cursor.body());
  FRESHET_TRY(cursor.status());
  std::reverse(reports.begin(), reports.end());
  if (reports.size() > limit) reports.resize(limit);
  return reports;
}

Status WritesRuns::put_run(const std::string& report) {
  constexpr std::uint64_t kept = 100;
  FRESHET_ASSIGN(Counters* const counters, transaction_.counters());
  const std::uint64_t number = counters->next_run++;
  Encoder value;
  value.raw(report);
  FRESHET_TRY(transaction_.put(Db::runs, transaction_.key<RunKey>(number), value));
  if (number > kept)
    FRESHET_TRY(transaction_.remove(Db::runs, transaction_.key<RunKey>(number - kept)));
  return {};
}

}  // namespace freshet::repository
