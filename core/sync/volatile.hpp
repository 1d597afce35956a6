// core/sync/volatile.hpp - the places of a page that change at each load, learnt by looking at it.
//
// A place is learnt when what stands there was another at two readings in a row, each of which found
// the page changed; it is forgotten when it stays as it is for a while. A page that differs in learnt
// places alone is not changed. Kept as a lesson of its root (repository/lessons.hpp).
#pragma once

#include <string_view>
#include <vector>

#include "core/base/json.hpp"
#include "core/repository/lessons.hpp"
#include "core/sync/moving.hpp"

namespace freshet::sync {

inline constexpr std::string_view volatile_lesson = "volatile";

struct VolatilePlace : Slot {
  int changes = 0;  // in a row; of a learnt one no more than needed
  int stable = 0;   // readings in a row that found it as it was
};

struct VolatilePlaces {
  std::vector<VolatilePlace> all;
  base::Instant read = base::unset;  // when the page was last read
};

bool is_learnt(const VolatilePlace& place);

// Of a lesson; none where it says nothing that can be used.
VolatilePlaces places_of(const repository::Lesson& lesson);
repository::Lesson lesson_of(const base::Digest& root, const VolatilePlaces& places);

struct Look {
  bool unchanged = false;  // but for learnt places
  VolatilePlaces places;   // as they are after this reading
};

// `stored` is what the repository has, `read` what the page says now.
Look look(const VolatilePlaces& before, const Sighted& stored, const Sighted& read,
          base::Instant now);

// The page was found as it was.
VolatilePlaces rest(VolatilePlaces before);

// For people: [{"line","value","learnt"}…].
base::Json to_json(const VolatilePlaces& places);

}  // namespace freshet::sync
