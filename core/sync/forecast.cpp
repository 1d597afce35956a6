#include "core/sync/forecast.hpp"

#include <algorithm>
#include <functional>

#include "core/sync/grant.hpp"
#include "core/sync/known.hpp"

namespace freshet::sync {
namespace {

using Days = std::vector<std::uint64_t>;

constexpr std::size_t members_at_once = 1024;
constexpr base::Millis day{24 * 3'600'000};

// Asks the policy as time goes by.
void add_requests(const policy::Policy& policy, policy::Known known, base::Instant first,
                  base::Instant now, Days& days) {
  base::Instant at = std::max(first, now);
  for (std::size_t asked = 0; asked < 2 * days.size(); ++asked) {
    const auto place = static_cast<std::size_t>((at - now).count() / day.count());
    if (at == base::never || place >= days.size()) return;
    const auto decision = policy.decide(known, at);
    if (!decision) return;
    if (!decision->refresh) {
      if (decision->ask_again <= at) return;
      at = decision->ask_again;
      continue;
    }
    ++days[place];
    known.exists = true;
    known.checked = at;
    known.trigger = 0;
    known.flags = {};
    const auto next = policy.decide(known, at);
    if (!next) return;
    at = next->refresh || next->ask_again <= at ? at + day : next->ask_again;
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
    return granter.forecast(run.repository(), now, count);
  }
  FRESHET_TRY(for_each_member(run, source, [&](const repository::RootView& root) {
    add_requests(*source.config->policy, known_of(root), root.failures > 0 ? root.ask_again : now,
                 now, days);
  }));
  return days;
}

}  // namespace freshet::sync
