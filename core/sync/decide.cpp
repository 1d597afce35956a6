#include "core/sync/decide.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "core/sync/known.hpp"
#include "core/sync/learn.hpp"
#include "core/sync/recipes.hpp"
#include "core/sync/refusal.hpp"
#include "core/sync/schedule.hpp"
#include "core/sync/words.hpp"

namespace freshet::sync {
namespace {

bool says_nothing(const ports::Entry& entry) {
  return entry.title.empty() && entry.metadata.empty();
}

// Other words than the document was made with have it read again, whatever its version. Most entries
// have none.
void compare_words(Judged& judged, const repository::RootView& root) {
  Item& item = judged.item;
  item.words = root.loader_metadata;
  const bool none = item.words.empty() && says_nothing(item.entry);
  const bool same = none || reworded(item.words, item.entry) == item.words;
  judged.described_anew = !same || root.handle != item.entry.handle;
  item.same_fixed = item.fixed == nullptr || *item.fixed == fixed_in(item.words);
  if (!same || !item.same_fixed) item.version.clear();
}

base::Status settle_fixed(const repository::Snapshot& snapshot, const OpenSource& source,
                          Item& item) {
  if (source.config->visit) return {};  // what another source has stays that one's alone
  FRESHET_ASSIGN(item.fixed, fixed_of(snapshot, source.before, source.config->metadata, item.root));
  return {};
}

base::Status remember(Judged& judged, const repository::RootView& root,
                      const repository::Snapshot& snapshot, const Run& run, Recipes& recipes,
                      policy::Known& known) {
  FRESHET_ASSIGN(const auto content, content_of(root, snapshot));
  known = known_of(root);
  known.exists = content.has_value();
  Item& item = judged.item;
  item.exists = root.exists();
  item.same_recipe = !run.config.force && content &&
                     content->fingerprint == recipes.of(content->media_type, content->uri);
  if (item.same_recipe) item.version = root.version;
  item.bytes_digest = root.bytes_digest;
  item.content_digest = root.content_digest;
  item.failures = root.failures;
  item.asked = root.failures > 0 ? root.failed : root.checked;
  item.gone_seen = root.gone_seen;
  item.error_code = root.error_code;
  compare_words(judged, root);
  if (root.failures > 0) {
    FRESHET_ASSIGN(item.refusal, find_refusal(run, snapshot, root.id));
  }
  judged.recorded = true;
  judged.stored_ask_again = root.ask_again;
  judged.failed = root.failed;
  return {};
}

// Whatever the policy says, a server that asked to be left alone is left alone, run after run. A
// time that a clock which was ahead left behind asks for nothing.
bool told_to_wait(const Judged& judged, base::Instant now) {
  if (judged.item.failures == 0 || judged.item.error_code != base::Code::rate_limited) return false;
  return judged.failed <= now && now < judged.stored_ask_again &&
         judged.stored_ask_again - judged.failed <= longest_hold;
}

void decide(Judged& judged, const policy::Known& known, const Run& run, base::Instant now) {
  Item& item = judged.item;
  if (run.config.force) {
    item.reason = "forced";
    return;
  }
  if (known.exists && !item.same_recipe) {
    item.reason = "reader or chunker changed";
    return;
  }
  if (known.exists && !item.same_fixed) {
    item.reason = "the metadata of its source changed";
    return;
  }
  if (told_to_wait(judged, now)) {
    judged.verdict = Verdict::fresh;
    judged.ask_again = judged.stored_ask_again;
    item.reason = "its server asked to be left alone";
    return;
  }
  if (run.config.confirm_since &&
      policy::believable(known, now).checked < *run.config.confirm_since) {
    item.reason = "asked for by a query";
    return;
  }
  const bool forced = item.policy()->is_forced(known);
  if (item.source->cached && known.exists && item.failures == 0 && known.trigger == 0 && !forced) {
    judged.verdict = Verdict::fresh;
    judged.ask_again = judged.stored_ask_again;
    item.reason = "its source was gathered lately";
    return;
  }
  auto decision = item.policy()->decide(known, now);
  if (!decision) {
    judged.verdict = Verdict::failed;
    judged.error = std::move(decision).error();
    return;
  }
  item.reason = decision->reason;
  if (!decision->refresh) {
    judged.verdict = Verdict::fresh;
    judged.ask_again = decision->ask_again;
    return;
  }
  // What somebody asked for is fetched, whatever its listing says.
  const bool asked_for = known.trigger != 0 || forced;
  const bool same_version = !item.entry.version.empty() && item.entry.version == item.version;
  if (known.exists && same_version && item.failures == 0 && !asked_for)
    judged.verdict = Verdict::confirmed;
}

// True where nothing but the time of the check would be another: the policy has it looked at in every
// run, and it is confirmed with the other members of its source.
bool is_together(const Judged& judged, const repository::RootView& root, policy::Known known,
                 base::Instant now) {
  const Item& item = judged.item;
  const OpenSource& source = *item.source;
  if (judged.verdict != Verdict::confirmed || judged.described_anew || judged.place == Roll::none)
    return false;
  if (!root.exists() || root.confirmed_by != source.record.id) return false;
  if (std::max({root.ingested, root.checked, root.changed, root.ask_again}) > now) return false;
  if (!item.policy()->is_pure()) return false;
  known.checked = now;
  known.listed_modified.reset();
  const auto next = item.policy()->decide(known, now);
  return next && next->ask_again <= now;
}

// An adaptive policy is to know what the listing says of a page that it leaves alone.
base::Status hear(Judged& judged, const repository::Snapshot& snapshot) {
  const Item& item = judged.item;
  if (item.policy()->adaptive() == nullptr) return {};
  const std::uint32_t word = word_of(item.entry);
  if (word == 0) return {};
  FRESHET_ASSIGN(const auto page, learnt_page(snapshot, item.source->record.id, judged.item.root));
  if (page && page->says != word) judged.heard = word;
  return {};
}

// Keeps what is known for the stages to come, and for asking the policy once more. Most roots are
// fresh, and for them nothing is copied.
void keep(Judged& judged, const policy::Known& known) {
  const bool once_more = judged.is_moved() && !judged.item.policy()->is_pure();
  if ((judged.verdict != Verdict::fresh && !judged.together) || once_more)
    judged.item.known = policy::owned(known);
}

using TakeJudged = std::function<void(std::size_t index, Judged judged)>;

// Hands each entry that is judged to `take`, in the order of the roots' ids.
base::Status judge_each(const Run& run, OpenSource& source, std::vector<ports::Entry> entries,
                        const TakeJudged& take) {
  std::vector<base::Digest> ids;
  ids.reserve(entries.size());
  for (const ports::Entry& entry : entries) ids.push_back(model::root_id(entry.uri));
  const base::Instant now = run.now();
  Recipes recipes(run.readers, run.chunking);
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
  FRESHET_ASSIGN(const bool triggers, snapshot.has_triggers());
  base::Status remembered;
  std::size_t from = 0;  // on the roll
  FRESHET_TRY(snapshot.roots(ids, [&](std::size_t i, const repository::RootView* root) {
    if (!remembered) return;
    Judged one;
    one.item.source = &source;
    one.item.entry = std::move(entries[i]);
    one.item.root = ids[i];
    one.place = source.roll.find_behind(ids[i], from);
    policy::Known known;
    remembered = settle_fixed(snapshot, source, one.item);
    if (root != nullptr && remembered)
      remembered = remember(one, *root, snapshot, run, recipes, known);
    if (root != nullptr && remembered) remembered = hear(one, snapshot);
    std::optional<repository::Trigger> trigger;
    if (triggers && remembered) remembered = find_trigger(snapshot, one.item.root, trigger, known);
    if (!remembered) return;
    known.uri = one.item.entry.uri;
    known.listed_modified = one.item.entry.last_modified;
    if (const auto grant = source.granted.find(one.item.root); grant != source.granted.end()) {
      known.granted = true;
      known.chance = grant->second;
    }
    decide(one, known, run, now);
    if (root != nullptr) one.together = is_together(one, *root, known, now);
    keep(one, known);
    if (root != nullptr && !root->alias_of.empty()) one.item.alias_of = root->alias_of;
    take(i, std::move(one));
  }));
  return remembered;
}

}  // namespace

base::Result<std::vector<Judged>> judge(const Run& run, OpenSource& source,
                                        std::vector<ports::Entry> entries) {
  std::vector<Judged> judged(entries.size());
  FRESHET_TRY(judge_each(run, source, std::move(entries),
                         [&](std::size_t i, Judged one) { judged[i] = std::move(one); }));
  return judged;
}

base::Result<Listed> judge_listed(const Run& run, OpenSource& source,
                                  std::vector<ports::Entry> entries) {
  Listed listed;
  listed.together.resize(entries.size(), Roll::none);
  std::vector<std::pair<std::size_t, Judged>> others;
  FRESHET_TRY(judge_each(run, source, std::move(entries), [&](std::size_t i, Judged one) {
    if (one.together && one.item.alias_of.empty())
      listed.together[i] = one.place;
    else
      others.emplace_back(i, std::move(one));
  }));
  // Sorted by where they stand, not moved about: each is most of a kilobyte.
  std::vector<std::size_t> order(others.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return others[a].first < others[b].first; });
  listed.judged.reserve(others.size());
  for (const std::size_t at : order) listed.judged.push_back(std::move(others[at].second));
  return listed;
}

}  // namespace freshet::sync
