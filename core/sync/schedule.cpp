#include "core/sync/schedule.hpp"

#include <algorithm>

#include "core/model/document.hpp"
#include "core/sync/known.hpp"

namespace freshet::sync {
namespace {

constexpr base::Millis first_retry{60'000};
constexpr base::Millis longest_retry{24 * 3'600'000};

base::Instant ask(const policy::Policy& policy, const policy::Known& known, base::Instant now) {
  const auto decision = policy.decide(known, now);
  return decision ? decision->ask_again : now + first_retry;
}

}  // namespace

repository::Schedule schedule(const policy::PolicyPtr& policy, policy::OwnedKnown expected,
                              base::Instant now) {
  const base::Instant answer = policy->is_pure() ? now : ask(*policy, policy::view(expected), now);
  return schedule(policy, std::move(expected), now, answer);
}

repository::Schedule schedule(const policy::PolicyPtr& policy, policy::OwnedKnown expected,
                              base::Instant now, base::Instant answer) {
  if (policy->is_pure())
    return
        [policy, now](const repository::Root& after) { return ask(*policy, known_of(after), now); };
  expected.listed_modified.reset();
  return [expected = std::move(expected), answer, now](const repository::Root& after) {
    return known_of(after) == policy::view(expected) ? answer : now;
  };
}

Wishes wishes_of(const policy::Policy& policy, const policy::OwnedKnown& known) {
  return {model::root_id(known.uri), known.trigger, policy.is_forced(policy::view(known))};
}

base::Status spend(repository::Writer& writer, const Wishes& wishes) {
  if (wishes.trigger != 0) FRESHET_TRY(writer.spend_trigger(wishes.root, wishes.trigger));
  if (wishes.forced) FRESHET_TRY(writer.spend_flag(wishes.root, "force_refresh"));
  return {};
}

repository::Schedule retry_schedule(const base::Error& error, base::Instant now) {
  return [now, hint = error.retry_after_ms](const repository::Root& after) {
    const std::uint32_t doublings = std::min(after.failures - 1, 12u);
    base::Millis wait = std::min(longest_retry, first_retry * (1 << doublings));
    if (hint >= 0) wait = std::max(wait, std::min(longest_hold, base::Millis(hint)));
    return now + wait;
  };
}

}  // namespace freshet::sync
