#include "core/sync/forecast.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "core/sync/grant.hpp"
#include "core/sync/known.hpp"

namespace freshet::sync {
namespace {

using Days = std::vector<std::uint64_t>;

constexpr std::size_t members_at_once = 1024;
constexpr base::Millis day{24 * 3'600'000};

// As it is once it was asked for, and nothing had changed.
policy::Known asked_at(policy::Known known, base::Instant at) {
  known.exists = true;
  known.checked = at;
  known.trigger = 0;
  known.flags = {};
  return known;
}

// When the policy says yes next. One that does so at once is asked a day later.
std::optional<base::Instant> next_after(const policy::Policy& policy, const policy::Known& known,
                                        base::Instant asked) {
  const auto next = policy.decide(known, asked);
  if (!next) return std::nullopt;
  return next->refresh || next->ask_again <= asked ? asked + day : next->ask_again;
}

// Asks the policy as time goes by. `forced`: now the page is asked for whatever it says.
void add_requests(const policy::Policy& policy, policy::Known known, base::Instant first,
                  base::Instant now, bool forced, Days& days) {
  base::Instant at = forced ? now : std::max(first, now);
  for (std::size_t asked = 0; asked < 2 * days.size(); ++asked) {
    const auto place = static_cast<std::size_t>((at - now).count() / day.count());
    if (at == base::never || place >= days.size()) return;
    if (!std::exchange(forced, false)) {
      const auto decision = policy.decide(known, at);
      if (!decision) return;
      if (!decision->refresh) {
        if (decision->ask_again <= at) return;
        at = decision->ask_again;
        continue;
      }
    }
    ++days[place];
    known = asked_at(known, at);
    const auto next = next_after(policy, known, at);
    if (!next) return;
    at = *next;
  }
}

base::Status for_each_member(const Run& run, const OpenSource& source,
                             const std::function<void(const repository::RootView&)>& take) {
  base::Digest cursor;
  for (;;) {
    if (run.cancel.requested()) return base::fail(base::Code::cancelled, "the run was cancelled");
    FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
    FRESHET_ASSIGN(const auto roots, snapshot.members(source.record.id, cursor, members_at_once));
    if (roots.empty()) return {};
    cursor = roots.back();
    FRESHET_TRY(snapshot.roots(roots, [&](std::size_t, const repository::RootView* root) {
      if (root != nullptr) take(*root);
    }));
  }
}

}  // namespace

base::Result<Days> forecast(const Run& run, const OpenSource& source, std::size_t count) {
  Days days(count);
  const base::Instant now = run.now();
  if (source.config->policy->adaptive() != nullptr) {
    FRESHET_ASSIGN(Granter granter, Granter::open(run, source, Granter::Which::all));
    return granter.forecast(run.repository(), now, count, run.config.force);
  }
  FRESHET_TRY(for_each_member(run, source, [&](const repository::RootView& root) {
    add_requests(*source.config->policy, known_of(root), root.failures > 0 ? root.ask_again : now,
                 now, run.config.force, days);
  }));
  return days;
}

}  // namespace freshet::sync
