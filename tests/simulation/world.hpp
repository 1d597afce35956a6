// tests/simulation/world.hpp - all that one simulated run meets, and the story of it.
#pragma once

#include <fmt/format.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/digest.hpp"
#include "core/ports/machine.hpp"
#include "core/ports/store.hpp"
#include "core/repository/repository.hpp"
#include "tests/simulation/scheduler.hpp"
#include "tests/simulation/site.hpp"

namespace freshet::simulation {

// How likely each fault is, in percent; all zero: a quiet day.
struct Weather {
  unsigned listing_fails = 0, listing_lies = 0, fetch_fails = 0, store_fails = 0, store_drops = 0,
           embedder_fails = 0, delays = 0, sites_change = 0, store_refuses = 0;
};
Weather draw_weather(Dice& dice);

// One write on its way to the store. Whoever sends it may be gone when it arrives.
struct Wire {
  int process = 0;
  std::function<void()> apply;
  bool arrived = false;
};

// The store's side: what is kept, whoever writes to it.
struct Server {
  struct Row {
    std::string digest, text, uri;
    std::vector<float> vector;
    std::string title, url, path, metadata;
  };
  struct Space {
    std::uint32_t dimension = 0;
    std::string model;
    std::map<std::string, Row> rows;
  };
  ports::StoreInfo info;
  std::map<std::string, Space> spaces;
  std::map<std::string, std::string> replaced;  // name to what took its place last
  std::map<std::string, std::uint64_t> fences;  // the largest that has written, by name
  std::vector<std::shared_ptr<Wire>> wires;
  std::uint64_t writes = 0;  // rows written or removed, in all
};

struct World {
  World(std::uint64_t seed, std::string directory, bool loud);

  // A line of the story; who says it, and when, are put before it.
  template <typename... Args>
  void say(fmt::format_string<Args...> form, Args&&... args) {
    tell(fmt::format(form, std::forward<Args>(args)...));
  }
  void tell(const std::string& line);
  [[noreturn]] void fail(const std::string& what);  // prints the story; ends the real process

  base::Instant now() const {
    return {1'700'000'000'000 + (scheduler.now() + wall_offset).count()};
  }
  bool lucky(unsigned percent) { return dice.hits(percent); }
  void delay();  // of a call, now and then
  Site* site_of(const std::string& uri);
  std::uint64_t writes() const { return servers[0].writes + servers[1].writes; }

  const std::uint64_t seed;
  const std::string directory;
  const bool loud;
  Dice dice;
  std::vector<std::string> story;
  Scheduler scheduler;
  Millis wall_offset{0};
  bool clock_jumped = false;

  Weather weather;
  std::vector<std::unique_ptr<Site>> sites;
  std::array<Server, 2> servers;  // the second is in use now and then
  bool two_stores = false;        // that runs ask for
  bool fills_beside = false;      // another model gets a generation of its own
  bool with_embedder = true;
  std::string model = "one";   // that runs ask for
  bool model_changed = false;  // before it was ever delivered with, perhaps
  bool store_decayed = false;  // it lost rows that it had confirmed
  // What was embedded, by model and text, and which of it was durable when this step began.
  std::map<std::pair<std::string, base::Digest>, bool> paid;
  int step = 0;
  base::Instant step_begun;
  std::uint64_t fetches = 0, embedded = 0, listings = 0;
  bool disturbed = false;    // in this step a process died or was stopped
  bool late_writes = false;  // something may have come to a store without claims out of its turn
  bool forcing = false;      // this step asks for what is not due
  // Of an adaptive policy, in seeds that have one.
  struct Adaptive {
    Millis min_interval, max_staleness;
  };
  std::optional<Adaptive> adaptive;
  std::shared_ptr<repository::Repository> repository;  // of the machine: to look at
};

// Throws once its process is dead: what that one has left in the queue of the writer fails.
class ProcessClock : public ports::Clock {
 public:
  ProcessClock(const World& world, int process) : world_(world), process_(process) {}
  base::Instant now() const override;
  Millis monotonic() const override;

 private:
  const World& world_;
  const int process_;
};

class ProcessRandom : public ports::Random {
 public:
  explicit ProcessRandom(World& world) : world_(world) {}
  std::uint64_t draw() override { return world_.dice.draw(); }

 private:
  World& world_;
};

}  // namespace freshet::simulation
