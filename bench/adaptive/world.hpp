// bench/adaptive/world.hpp - a site that changes as a trace says, and what a policy that asks it learns.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "trace.hpp"

namespace freshet::bench {

// What the listing's `lastmod` does.
enum class Listing {
  none,      // there is none, or it bears no times
  honest,    // moves when the page changes
  build,     // is the time of the site's last build: moves for all when one of them changes
  constant,  // never moves
};

class World {
 public:
  World(const Trace& trace, Listing listing);

  const std::vector<int>& live() const { return live_; }
  const Page& page(int at) const { return trace_.pages[at]; }
  std::size_t pages() const { return trace_.pages.size(); }
  int folders() const { return trace_.folders; }
  double asked(int page) const { return asked_[page]; }
  bool has_hints() const { return listing_ != Listing::none; }
  bool has_moved(int page, double now) const;  // in the listing, since the page was last asked

  // Asks a page: whether it changed since it was last asked, or began.
  bool ask(int page, double now);

 private:
  friend class Replay;
  void begin(int page, double now);
  void end(int page, double now);
  double stale_days(int page, double now) const;

  const Trace& trace_;
  const Listing listing_;
  std::vector<int> live_, place_;  // of the pages that exist, and where each stands in there
  std::vector<double> asked_;      // days since 1970
  std::vector<std::size_t> next_;  // of the changes of a page, the first since it was asked
  std::vector<double> builds_;     // of the whole site
  double stale_ = 0;               // page-days
  long requests_ = 0;
};

// A policy under test. `step` is called every six hours, with what the budget allows for them.
class Rival {
 public:
  virtual ~Rival() = default;
  virtual void begin(World&, int /*page*/, double /*now*/) {}
  virtual void step(World& world, double now, double requests) = 0;
};

struct Outcome {
  double stale = 0;   // per cent of page-days
  long requests = 0;  // of pages
  long listings = 0;
};

// `budget` is in requests of each page a day.
Outcome replay(const Trace& trace, Rival& rival, double budget, Listing listing = Listing::none);

}  // namespace freshet::bench
