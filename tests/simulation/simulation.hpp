// tests/simulation/simulation.hpp - one seed: a few days of a knowledge base, and then some quiet ones.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/json.hpp"
#include "core/sync/engine.hpp"
#include "tests/simulation/catalog.hpp"
#include "tests/simulation/laws.hpp"
#include "tests/simulation/world.hpp"

namespace freshet::simulation {

class Simulation {
 public:
  Simulation(std::uint64_t seed, std::string directory, bool loud);
  void run();
  // What came of it; equal seeds give equal ones.
  std::uint64_t trace() const;

 private:
  // A process that runs freshet. It lies here until the end, for its dead may point to it.
  struct Process {
    Process(World& world, int number);
    ProcessClock clock;
    ProcessRandom random;
    Catalog catalog;
    tests::NoHttp http;
    std::shared_ptr<repository::Repository> repository;
  };
  int new_process();
  // `late`: how long it waits before it begins.
  void launch(int process, base::Json options, Millis late = Millis(0));
  void launch_repair(int process);
  void note_outcome(int process, const sync::Event& event);
  void note_stored(int process, const std::string& uri);
  void check_fence(int process, const std::string& uri);
  void draw_fate(int process);
  void live();  // a stormy step
  void decay();
  void change_model();
  void calm();
  void pass(Millis time);
  void let_late_writes_arrive(unsigned percent);
  void quiet_run(const base::Json& options);
  base::Json config(base::Json options) const;

  World world_;
  Laws laws_;
  std::vector<std::unique_ptr<Process>> processes_;
  base::Json policy_;
  std::int64_t jobs_ = 2;
  bool last_run_was_good_ = false;
};

}  // namespace freshet::simulation
