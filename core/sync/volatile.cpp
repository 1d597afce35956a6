#include "core/sync/volatile.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/json.hpp"

namespace freshet::sync {
namespace {

constexpr int changes_needed = 2;
constexpr int stable_forgets = 3;
constexpr std::size_t most_places = 32;  // a page with more is another page at each load
// A number that is another after some days may as well have been edited.
constexpr base::Millis longest_between{std::int64_t{3} * 24 * 3'600'000};

const Slot* find(const std::vector<Slot>& slots, const Slot& at) {
  const auto found =
      std::find_if(slots.begin(), slots.end(), [&](const Slot& slot) { return slot.is_at(at); });
  return found == slots.end() ? nullptr : &*found;
}

const VolatilePlace* find(const std::vector<VolatilePlace>& places, const Slot& at) {
  const auto found = std::find_if(places.begin(), places.end(),
                                  [&](const VolatilePlace& place) { return place.is_at(at); });
  return found == places.end() ? nullptr : &*found;
}

// False: it is forgotten.
bool note(VolatilePlace& place, const Slot& now, bool soon) {
  if (now.value == place.value) {
    ++place.stable;
    return is_learnt(place) && place.stable < stable_forgets;
  }
  const bool teaches = soon || !place.count;
  if (!teaches && !is_learnt(place)) return false;
  place.changes = std::min(place.changes + (teaches ? 1 : 0), changes_needed);
  place.stable = 0;
  place.value = now.value;
  place.sight = now.sight;
  return true;
}

// Of two readings with the same frame: slots stand at the same places of both.
std::vector<Slot> changed(const Sighted& before, const Sighted& after) {
  std::vector<Slot> slots;
  for (std::size_t i = 0; i < after.slots.size(); ++i)
    if (after.slots[i].value != before.slots[i].value) slots.push_back(after.slots[i]);
  return slots;
}

std::string hex(std::uint64_t number) { return fmt::format("{:016x}", number); }

std::uint64_t number_in(const base::Json& json, const char* key) {
  const std::string text = json.value(key, std::string());
  return std::strtoull(text.c_str(), nullptr, 16);
}

}  // namespace

bool is_learnt(const VolatilePlace& place) { return place.changes >= changes_needed; }

VolatilePlaces places_of(const repository::Lesson& lesson) {
  VolatilePlaces places;
  places.read = lesson.since;
  const base::Json json = base::Json::parse(lesson.what, nullptr, false);
  const auto all = json.find("places");
  if (!json.is_object() || all == json.end() || !all->is_array()) return places;
  for (const base::Json& one : *all) {
    VolatilePlace& place = places.all.emplace_back();
    place.line = number_in(one, "line");
    place.value = number_in(one, "value");
    place.index = one.value("index", std::uint32_t{0});
    place.count = one.value("count", false);
    place.changes = one.value("changes", 0);
    place.stable = one.value("stable", 0);
    place.sight = one.value("sight", std::string());
  }
  return places;
}

repository::Lesson lesson_of(const base::Digest& root, const VolatilePlaces& places) {
  base::Json all = base::Json::array();
  for (const VolatilePlace& place : places.all)
    all.push_back({{"line", hex(place.line)},
                   {"value", hex(place.value)},
                   {"index", place.index},
                   {"count", place.count},
                   {"changes", place.changes},
                   {"stable", place.stable},
                   {"sight", place.sight}});
  return {root, std::string(volatile_lesson), places.read, base::dump_json({{"places", all}})};
}

Look look(const VolatilePlaces& before, const Sighted& stored, const Sighted& read,
          base::Instant now) {
  Look result;
  result.places.read = now;
  const bool soon = before.read == base::unset || now - before.read <= longest_between;
  for (const VolatilePlace& place : before.all) {
    const Slot* const slot = find(read.slots, place);
    VolatilePlace next = place;
    if (slot != nullptr && note(next, *slot, soon)) result.places.all.push_back(std::move(next));
  }
  if (stored.frame != read.frame || stored.slots.size() != read.slots.size()) return result;
  const std::vector<Slot> differs = changed(stored, read);
  result.unchanged = std::all_of(differs.begin(), differs.end(), [&](const Slot& slot) {
    const VolatilePlace* const place = find(result.places.all, slot);
    return place != nullptr && is_learnt(*place);
  });
  if (result.unchanged) return result;
  for (const Slot& slot : differs) {
    if (result.places.all.size() >= most_places) break;
    if (find(result.places.all, slot) == nullptr) result.places.all.push_back({slot, 1, 0});
  }
  return result;
}

VolatilePlaces rest(VolatilePlaces before) {
  std::erase_if(before.all, [](VolatilePlace& place) {
    ++place.stable;
    return !is_learnt(place) || place.stable >= stable_forgets;
  });
  return before;
}

base::Json to_json(const VolatilePlaces& places) {
  base::Json all = base::Json::array();
  for (const VolatilePlace& place : places.all)
    all.push_back({{"line", place.sight}, {"learnt", is_learnt(place)}});
  return all;
}

}  // namespace freshet::sync
