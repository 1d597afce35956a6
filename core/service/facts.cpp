#include "core/service/facts.hpp"

#include <algorithm>

namespace freshet::service {
namespace {

constexpr std::size_t page = 256;

// A root that its policy wants asked about at any time, as "always" does, is due since its last
// check, and waits for the timetable: nothing of it is new.
base::Result<bool> wants_a_run(const repository::Snapshot& snapshot, const base::Digest& id,
                               bool triggers) {
  FRESHET_ASSIGN(const auto root, snapshot.root(id));
  if (!root) return false;
  if (root->ask_again > root->checked || root->failures > 0) return true;
  if (!triggers) return false;
  FRESHET_ASSIGN(const auto trigger, snapshot.trigger(id));
  return trigger.has_value();
}

}  // namespace

void FactFinder::taken(Instant began) {
  repository::DueRoot behind{began, {}};
  behind.root.bytes.fill(0xff);
  if (looked_at_.at < began) looked_at_ = behind;
}

base::Result<Instant> FactFinder::next_due(const repository::Snapshot& snapshot, Instant now) {
  if (looked_at_.at > now) looked_at_ = {};  // the clock was put back
  FRESHET_ASSIGN(const bool triggers, snapshot.has_triggers());
  for (;;) {
    FRESHET_ASSIGN(const auto due, snapshot.due_of(id_, now, looked_at_, page));
    for (const repository::DueRoot& each : due) {
      FRESHET_ASSIGN(const bool wants, wants_a_run(snapshot, each.root, triggers));
      if (wants) return each.at;
      looked_at_ = each;
    }
    if (due.size() < page) break;
  }
  FRESHET_ASSIGN(const auto next, snapshot.due_of(id_, base::never, looked_at_, 1));
  return next.empty() ? base::never : next.front().at;
}

base::Result<Facts> FactFinder::find(const repository::Snapshot& snapshot, Instant now) {
  FRESHET_ASSIGN(const auto source, snapshot.source(id_));
  FRESHET_ASSIGN(const bool was_ahead, snapshot.clock_was_ahead());
  Facts facts;
  if (!source) return facts;
  facts.not_before = source->list_again;
  const bool stands = source->config == config_ && !was_ahead;
  facts.listed = stands ? source->listed : base::unset;
  FRESHET_ASSIGN(facts.due, next_due(snapshot, now));
  return facts;
}

}  // namespace freshet::service
