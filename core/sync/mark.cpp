#include "core/sync/mark.hpp"

#include <algorithm>
#include <functional>

#include "core/host/redactor.hpp"
#include "core/sync/confirm.hpp"
#include "core/sync/learn.hpp"
#include "core/sync/schedule.hpp"
#include "core/sync/words.hpp"

namespace freshet::sync {
namespace {

// What is to be recorded of a root before, or instead of, its way through the stages.
using Change = std::function<base::Status(repository::Writer&)>;

Change confirm(const Item& item, base::Instant now) {
  repository::Touch touch;
  touch.root = item.root;
  touch.now = now;
  touch.ask_again = schedule(item.policy(), when_confirmed(item, now), now);
  touch.confirmed_by = item.source->record.id;
  return [touch = std::move(touch), alias_of = item.alias_of](repository::Writer& writer) {
    return confirm_root(writer, touch, alias_of);
  };
}

Change policy_failed(const Item& item, const base::Error& error, base::Instant now) {
  repository::Failure failure;
  failure.uri = item.entry.uri;
  failure.error = host::redactor().clean(error);
  failure.now = now;
  failure.ask_again = retry_schedule(error, now);
  failure.handle = item.entry.handle;
  failure.loader_metadata = words_of(item.entry, {});
  return
      [failure = std::move(failure)](repository::Writer& writer) { return writer.fail(failure); };
}

Change move(const Judged& judged, base::Instant now) {
  const Item& item = judged.item;
  return [root = item.root, again = schedule(item.policy(), item.known, now, judged.ask_again)](
             repository::Writer& writer) { return writer.set_ask_again(root, again); };
}

// Empty: nothing is. Nothing is kept of a page that the policy declined before it was known.
Change change_of(const Judged& judged, base::Instant now) {
  if (judged.together) return {};
  if (judged.verdict == Verdict::confirmed) return confirm(judged.item, now);
  if (judged.verdict == Verdict::failed) return policy_failed(judged.item, *judged.error, now);
  return judged.is_moved() ? move(judged, now) : Change();
}

// Made beforehand: an application's policy is no guest of the writer thread.
std::vector<Change> changes_of(const std::vector<Judged>& judged, base::Instant now) {
  std::vector<Change> changes;
  for (const Judged& one : judged) changes.push_back(change_of(one, now));
  return changes;
}

// What is fetched brings it along.
bool is_heard(const Judged& judged) { return judged.heard != 0 && judged.verdict != Verdict::due; }

base::Status apply(repository::Writer& writer, const std::vector<Judged>& judged,
                   const std::vector<Change>& changes) {
  for (std::size_t i = 0; i < judged.size(); ++i) {
    if (!changes[i] && !judged[i].described_anew && !is_heard(judged[i])) continue;
    const Item& item = judged[i].item;
    if (is_heard(judged[i]))
      FRESHET_TRY(note(writer, item.source->record.id, item.root, judged[i].heard));
    if (judged[i].recorded) {
      FRESHET_ASSIGN(const auto root, writer.read().root(item.root));
      if (!root) continue;  // deleted since its policy was asked
      if (judged[i].described_anew)
        FRESHET_TRY(writer.set_entry(item.root, item.entry.handle,
                                     reworded(root->loader_metadata, item.entry)));
    }
    FRESHET_ASSIGN(const auto exclusion, writer.read().exclusion(item.root));
    if (exclusion) continue;  // since then, too
    if (changes[i]) FRESHET_TRY(changes[i](writer));
  }
  return {};
}

// Where all of what is listed is known, and is as it was, there is nothing to write.
bool writes_nothing(const std::vector<Judged>& judged, const std::vector<Change>& changes) {
  return std::none_of(changes.begin(), changes.end(),
                      [](const Change& each) { return bool(each); }) &&
         std::none_of(judged.begin(), judged.end(),
                      [](const Judged& one) { return one.described_anew || is_heard(one); });
}

// Marks a member in the roll alone; false where the record of a membership is still to come.
bool is_on_roll(Roll& roll, const Judged& one) {
  if (one.place == Roll::none) return false;
  if (one.item.alias_of.empty()) return true;
  const std::size_t target = roll.find(model::root_id(one.item.alias_of));
  if (target != Roll::none) roll.see(target);
  return target != Roll::none;
}

}  // namespace

base::Result<Marked> mark_listed(const Run& run, OpenSource& source, const Listed& listed) {
  const std::vector<Judged>& judged = listed.judged;
  std::vector<base::Digest> strangers;
  std::vector<std::size_t> places;
  Marked marked;
  for (const std::size_t together : listed.together) {
    if (together != Roll::none) {
      if (!source.roll.name(together)) ++marked.together;
      source.roll.confirm(together);
      continue;
    }
    const std::size_t i = marked.seen_before.size();
    const Judged& one = judged[i];
    if (!is_on_roll(source.roll, one)) places.push_back(i);
    marked.seen_before.push_back(one.place != Roll::none && source.roll.name(one.place));
    if (one.together) source.roll.confirm(one.place);
  }
  const std::vector<Change> changes = changes_of(judged, run.now());
  if (places.empty() && writes_nothing(judged, changes)) return marked;
  // As the records lie. What is named twice keeps its order.
  std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
    return judged[a].item.root < judged[b].item.root;
  });
  for (const std::size_t place : places) strangers.push_back(judged[place].item.root);
  std::vector<bool> named;
  FRESHET_TRY(run.repository().write([&](repository::Writer& writer) -> base::Status {
    if (!strangers.empty()) {
      FRESHET_ASSIGN(named, writer.see(source.record.id, source.record.generation, strangers));
    }
    return apply(writer, judged, changes);
  }));
  for (std::size_t i = 0; i < places.size(); ++i)
    if (named[i]) marked.seen_before[places[i]] = true;
  return marked;
}

base::Status mark_due(const Run& run, const std::vector<Judged>& judged) {
  const std::vector<Change> changes = changes_of(judged, run.now());
  if (writes_nothing(judged, changes)) return {};
  return run.repository().write(
      [&](repository::Writer& writer) { return apply(writer, judged, changes); });
}

}  // namespace freshet::sync
