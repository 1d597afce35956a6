#include "tests/simulation/world.hpp"

#include <unistd.h>

#include <cstdio>
#include <stdexcept>

namespace freshet::simulation {

// Now and then something is down all the time.
Weather draw_weather(Dice& dice) {
  const auto some = [&](unsigned most) {
    if (dice.hits(50)) return 0u;
    return dice.hits(10) ? 100u : static_cast<unsigned>(dice.below(most + 1));
  };
  Weather weather{some(30), some(30), some(30), some(20), some(20), some(20), 0, 0, some(30)};
  weather.delays = static_cast<unsigned>(dice.below(31));
  weather.sites_change = static_cast<unsigned>(dice.below(11));
  return weather;
}

World::World(std::uint64_t of_seed, std::string in, bool is_loud)
    : seed(of_seed),
      directory(std::move(in)),
      loud(is_loud),
      dice(of_seed),
      scheduler(of_seed ^ 0x5EED, [this](const std::string& what) { fail(what); }) {
  scheduler.on_fate = [this](int process, const std::string& what) {
    disturbed = true;
    for (const Server& server : servers)
      if (!server.info.claims) late_writes = true;
    say("process {} {}", process, what);
  };
  for (const char* name : {"a", "b"}) {
    if (!sites.empty() && dice.hits(50)) break;
    sites.push_back(std::make_unique<Site>(name, dice));
  }
  for (Server& server : servers) {
    server.info.max_batch = static_cast<std::uint32_t>(dice.between(1, 5));
    server.info.concurrent_writes = static_cast<std::uint32_t>(dice.between(1, 3));
    server.info.claims = dice.hits(50);
    server.info.replaces = dice.hits(50);
    server.info.ordered = dice.hits(50);
    server.info.text_search = true;
  }
  two_stores = dice.hits(30);
  fills_beside = dice.hits(50);
  with_embedder = dice.hits(75);
}

void World::tell(const std::string& line) {
  story.push_back(fmt::format("{:>9.3f}s  {}  {}: {}",
                              static_cast<double>(scheduler.now().count()) / 1000,
                              scheduler.current_process(), scheduler.current_name(), line));
  if (loud) std::printf("%s\n", story.back().c_str());
}

void World::fail(const std::string& what) {
  constexpr std::size_t most = 60;
  if (!loud) {
    const std::size_t begin = story.size() > most ? story.size() - most : 0;
    for (std::size_t i = begin; i < story.size(); ++i) std::printf("  %s\n", story[i].c_str());
  }
  std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), what.c_str());
  std::fflush(stdout);
  ::_exit(1);
}

void World::delay() {
  scheduler.yield();
  if (!lucky(weather.delays)) return;
  scheduler.pause(Millis(lucky(10) ? dice.between(1'000, 90'000) : dice.between(1, 2'000)));
}

Site* World::site_of(const std::string& uri) {
  for (const auto& site : sites)
    if (uri.starts_with(fmt::format("https://{}.test/", site->name))) return site.get();
  return nullptr;
}

base::Instant ProcessClock::now() const {
  if (world_.scheduler.is_dead(process_)) throw std::runtime_error("the process is dead");
  return world_.now();
}

Millis ProcessClock::monotonic() const {
  if (world_.scheduler.is_dead(process_)) throw std::runtime_error("the process is dead");
  return Millis(1'000'000) + world_.scheduler.now();
}

}  // namespace freshet::simulation
