// tests/simulation/scheduler.hpp - one task at a time: who runs next is drawn, and time passes only
// when nobody can run.
//
// Each task is a thread that waits for its baton, so code that blocks runs as it is. A switch is
// made where a task yields, waits, joins, begins or ends, never with a mutex held: the condition
// gives that back first. Tasks belong to simulated processes, which may be stopped for a while or
// die; what a dead one has on its stacks lies there until the real process ends.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <semaphore>
#include <string>
#include <vector>

#include "core/ports/executor.hpp"
#include "tests/simulation/dice.hpp"

namespace freshet::simulation {

using base::Millis;

// The process that never dies: who drives, and the task that writes for all.
inline constexpr int machine_process = 0;

class Scheduler : public ports::Executor {
 public:
  // `on_failure` is told what went wrong, and does not return.
  Scheduler(std::uint64_t seed, std::function<void(const std::string&)> on_failure);

  std::unique_ptr<ports::Task> task() override;
  std::unique_ptr<ports::Condition> condition() override;
  std::size_t parallelism() const override { return 2; }
  void yield() override;

  Millis now() const { return now_; }
  void advance(Millis time) { now_ += time; }  // by who drives, while nobody else is alive
  int current_process() const;
  std::string current_name() const;
  std::uint64_t trace() const { return trace_; }  // equal: the same schedule

  // Runs `body` in `process`, and all that it starts; wait_for_processes() returns when it has ended.
  void launch(int process, const char* name, std::function<void()> body);
  // After `switches` more of its own, counted from now, the process dies, or stops for `time`.
  void kill_after(int process, std::uint64_t switches);
  void stop_after(int process, std::uint64_t switches, Millis time);
  bool is_dead(int process) const { return of(process).dead; }
  // Until all that was launched has ended or died.
  void wait_for_processes();
  // Told of a death, or a stop, as it happens.
  std::function<void(int process, const std::string& what)> on_fate;

  std::string who_waits() const;

 private:
  struct Job;
  class SimTask;
  class SimCondition;
  struct Process {
    bool dead = false;
    Millis stopped_until{0};
    std::uint64_t dies_in = 0, stops_in = 0;  // switches; 0: not planned
    Millis stop_time{0};
  };
  enum class State { ready, waiting, done };

  void run_body(const std::shared_ptr<Job>& job);
  void pass(Job& self);  // the state is set; returns when it is this one's turn again
  Job& choose();
  bool is_awake(const Job& job) const;
  bool can_run(const Job& job) const;
  void let_time_pass();
  void meet_fate(Job& self);
  void end_process(int process, const std::string& where);
  static void job_ready(Job& job);
  Process& of(int process);
  const Process& of(int process) const;

  Dice dice_;
  const std::function<void(const std::string&)> on_failure_;
  const unsigned stays_;  // percent: how likely the one that yields goes on itself
  std::vector<std::shared_ptr<Job>> jobs_;
  std::vector<Process> processes_;
  Millis now_{0};
  std::uint64_t switches_ = 0, trace_ = 0;
  Millis patience_{0};  // when a run that is still going on is held to be stuck
  std::vector<std::unique_ptr<ports::Task>> launched_;
  std::vector<std::shared_ptr<Job>> roots_;
};

}  // namespace freshet::simulation
