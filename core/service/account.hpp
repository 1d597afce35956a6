// core/service/account.hpp - what a service has done since it began, in numbers.
#pragma once

#include <optional>
#include <string>

#include "core/base/json.hpp"
#include "core/sync/report.hpp"

namespace freshet::service {

// Of one source, or of all. Sums only: it does not grow with time.
class Account {
 public:
  void began(std::optional<base::Millis> lag);  // absent: it was to begin as soon as it could
  void ended(const sync::Report& report);
  void ended(const base::Error& error, base::Instant at);  // nothing could be done

  // {"ended","failed","seconds":{…},"lag_ms":{…},"roots":{…},"success_rate","last_error"}
  base::Json to_json() const;
  std::uint64_t runs() const { return runs_; }

 private:
  void failed(std::string why, base::Instant at);

  std::uint64_t runs_ = 0, failed_ = 0, cancelled_ = 0;
  double seconds_ = 0, longest_ = 0, last_ = 0;
  std::uint64_t lags_ = 0;
  std::int64_t lag_sum_ = 0, longest_lag_ = 0, last_lag_ = 0;  // ms
  sync::Counts counts_;
  std::string error_;
  base::Instant error_at_;
};

}  // namespace freshet::service
