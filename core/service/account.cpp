#include "core/service/account.hpp"

#include <algorithm>

#include "core/host/redactor.hpp"

namespace freshet::service {
namespace {

using base::Json;

// Null where nothing was counted: no number would be right.
Json share(double part, double whole) { return whole > 0 ? Json(part / whole) : Json(); }

// Why it failed in part; empty: it did not.
std::string trouble(const sync::Report& report) {
  for (const sync::SourceReport& source : report.sources)
    if (source.error) return base::to_string(*source.error);
  return report.errors.empty() ? std::string() : base::to_string(report.errors.front());
}

void add(sync::Counts& sum, const sync::Counts& counts) {
  for (const auto member :
       {&sync::Counts::listed, &sync::Counts::refreshed, &sync::Counts::unchanged,
        &sync::Counts::skipped, &sync::Counts::removed, &sync::Counts::busy, &sync::Counts::failed,
        &sync::Counts::held, &sync::Counts::excluded, &sync::Counts::upserts,
        &sync::Counts::removals, &sync::Counts::embedded_texts, &sync::Counts::requests,
        &sync::Counts::not_modified, &sync::Counts::bytes})
    sum.*member += counts.*member;
}

}  // namespace

void Account::began(std::optional<base::Millis> lag) {
  if (!lag) return;
  last_lag_ = std::max<std::int64_t>(0, lag->count());
  lag_sum_ += last_lag_;
  longest_lag_ = std::max(longest_lag_, last_lag_);
  ++lags_;
}

void Account::failed(std::string why, base::Instant at) {
  ++failed_;
  error_ = host::redactor().clean(why);
  error_at_ = at;
}

void Account::ended(const sync::Report& report) {
  ++runs_;
  last_ = report.seconds;
  seconds_ += last_;
  longest_ = std::max(longest_, last_);
  add(counts_, report.counts);
  if (report.cancelled) ++cancelled_;
  if (std::string why = trouble(report); !why.empty()) failed(std::move(why), report.ended);
}

void Account::ended(const base::Error& error, base::Instant at) {
  ++runs_;
  failed(base::to_string(error), at);
}

Json Account::to_json() const {
  const auto& c = counts_;
  const std::uint64_t good = c.refreshed + c.unchanged + c.removed;
  Json out{
      {"ended", runs_},
      {"failed", failed_},
      {"cancelled", cancelled_},
      {"seconds",
       {{"total", seconds_},
        {"mean", share(seconds_, static_cast<double>(runs_))},
        {"longest", longest_},
        {"last", last_}}},
      {"lag_ms",
       {{"mean", share(static_cast<double>(lag_sum_), static_cast<double>(lags_))},
        {"longest", longest_lag_},
        {"last", last_lag_}}},
      {"roots",
       {{"listed", c.listed},
        {"refreshed", c.refreshed},
        {"unchanged", c.unchanged},
        {"skipped", c.skipped},
        {"removed", c.removed},
        {"busy", c.busy},
        {"failed", c.failed},
        {"held", c.held},
        {"excluded", c.excluded}}},
      {"rows", {{"upserts", c.upserts}, {"removals", c.removals}}},
      {"embedded_texts", c.embedded_texts},
      {"fetched", {{"requests", c.requests}, {"not_modified", c.not_modified}, {"bytes", c.bytes}}},
      {"success_rate", share(static_cast<double>(good), static_cast<double>(good + c.failed))},
      {"last_error", nullptr}};
  if (!error_.empty())
    out["last_error"] = {{"message", error_}, {"at", base::format_instant(error_at_)}};
  return out;
}

}  // namespace freshet::service
