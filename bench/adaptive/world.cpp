#include "world.hpp"

#include <algorithm>

namespace freshet::bench {
namespace {

constexpr double step_days = .25;

}  // namespace

World::World(const Trace& trace, Listing listing)
    : trace_(trace),
      listing_(listing),
      place_(trace.pages.size(), -1),
      asked_(trace.pages.size()),
      next_(trace.pages.size()) {
  for (const Page& page : trace.pages)
    builds_.insert(builds_.end(), page.changes.begin(), page.changes.end());
  std::sort(builds_.begin(), builds_.end());
}

bool World::has_moved(int page, double now) const {
  const auto moved = [&](const std::vector<double>& times) {
    const auto first = std::upper_bound(times.begin(), times.end(), asked_[page]);
    return first != times.end() && *first <= now;
  };
  if (listing_ == Listing::honest) return moved(trace_.pages[page].changes);
  return listing_ == Listing::build && moved(builds_);
}

double World::stale_days(int page, double now) const {
  const auto& changes = trace_.pages[page].changes;
  const std::size_t first = next_[page];
  return first < changes.size() && changes[first] < now ? now - changes[first] : 0;
}

bool World::ask(int page, double now) {
  const auto& changes = trace_.pages[page].changes;
  const std::size_t before = next_[page];
  stale_ += stale_days(page, now);
  while (next_[page] < changes.size() && changes[next_[page]] <= now) ++next_[page];
  asked_[page] = now;
  ++requests_;
  return next_[page] != before;
}

void World::begin(int page, double now) {
  if (place_[page] >= 0) return;
  const auto& changes = trace_.pages[page].changes;
  place_[page] = static_cast<int>(live_.size());
  live_.push_back(page);
  asked_[page] = now;
  next_[page] = std::upper_bound(changes.begin(), changes.end(), now) - changes.begin();
}

void World::end(int page, double now) {
  if (place_[page] < 0) return;
  stale_ += stale_days(page, now);
  live_[place_[page]] = live_.back();
  place_[live_.back()] = place_[page];
  live_.pop_back();
  place_[page] = -1;
}

// The events of all pages in order, between the steps.
class Replay {
 public:
  Replay(const Trace& trace, Rival& rival, Listing listing)
      : world_(trace, listing), rival_(rival) {
    for (std::size_t page = 0; page < trace.pages.size(); ++page)
      for (const Life& life : trace.pages[page].lives) {
        events_.push_back({life.begin, static_cast<int>(page), true});
        events_.push_back({life.end, static_cast<int>(page), false});
        lived_ += life.end - life.begin;
      }
    std::stable_sort(events_.begin(), events_.end(),
                     [](const Event& a, const Event& b) { return a.at < b.at; });
  }

  Outcome run(const Trace& trace, double budget) {
    long listings = 0;
    for (double now = trace.begin + step_days; now <= trace.end; now += step_days) {
      pass(now);
      if (world_.has_hints()) ++listings;
      rival_.step(world_, now, budget * step_days * static_cast<double>(world_.live().size()));
    }
    pass(trace.end);
    while (!world_.live().empty()) world_.end(world_.live().back(), trace.end);
    return {100 * world_.stale_ / lived_, world_.requests_, listings};
  }

 private:
  struct Event {
    double at;
    int page;
    bool begins;
  };
  void pass(double now) {
    for (; next_ < events_.size() && events_[next_].at <= now; ++next_) {
      const Event& event = events_[next_];
      if (!event.begins) {
        world_.end(event.page, event.at);
      } else {
        world_.begin(event.page, event.at);
        rival_.begin(world_, event.page, event.at);
      }
    }
  }

  World world_;
  Rival& rival_;
  std::vector<Event> events_;
  std::size_t next_ = 0;
  double lived_ = 0;
};

Outcome replay(const Trace& trace, Rival& rival, double budget, Listing listing) {
  return Replay(trace, rival, listing).run(trace, budget);
}

}  // namespace freshet::bench
