#include "core/repository/runs.hpp"

#include <algorithm>

#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

Result<std::vector<RunRecord>> ReadsRuns::runs(std::size_t limit, std::uint64_t before) const {
  // Few are kept: read in order, then turned round.
  std::vector<RunRecord> runs;
  Cursor cursor(transaction_, Db::runs, transaction_.key());
  for (; cursor.valid(); cursor.next()) {
    FRESHET_ASSIGN(const auto parts, transaction_.parts<RunKey>(Db::runs, cursor.key()));
    if (std::get<0>(parts) >= before) break;
    runs.push_back({std::get<0>(parts), std::string(cursor.body())});
  }
  FRESHET_TRY(cursor.status());
  std::reverse(runs.begin(), runs.end());
  if (runs.size() > limit) runs.resize(limit);
  return runs;
}

Result<std::optional<RunRecord>> ReadsRuns::run(std::uint64_t number) const {
  FRESHET_ASSIGN(const auto body, transaction_.get(Db::runs, transaction_.key<RunKey>(number)));
  if (!body) return std::nullopt;
  return RunRecord{number, std::string(*body)};
}

Status WritesRuns::put_run(const std::string& report, std::uint64_t keep,
                           const std::function<bool(std::string_view report)>& is_old) {
  FRESHET_ASSIGN(Counters* const counters, transaction_.counters());
  const std::uint64_t number = counters->next_run++;
  Encoder value;
  value.raw(report);
  FRESHET_TRY(transaction_.put(Db::runs, transaction_.key<RunKey>(number), value));
  std::vector<std::uint64_t> gone;
  {
    Cursor cursor(transaction_, Db::runs, transaction_.key());
    for (; cursor.valid(); cursor.next()) {
      FRESHET_ASSIGN(const auto parts, transaction_.parts<RunKey>(Db::runs, cursor.key()));
      const std::uint64_t each = std::get<0>(parts);
      if (each == number || (each + keep > number && !(is_old && is_old(cursor.body())))) break;
      gone.push_back(each);
    }
    FRESHET_TRY(cursor.status());
  }
  for (const std::uint64_t each : gone)
    FRESHET_TRY(transaction_.remove(Db::runs, transaction_.key<RunKey>(each)));
  return {};
}

}  // namespace freshet::repository
