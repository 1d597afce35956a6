#include "tests/simulation/scheduler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/thread.hpp"

namespace freshet::simulation {
namespace {

constexpr Millis longest_run{6 * 3'600'000};  // virtual: no run has that much to wait for
constexpr std::uint64_t most_switches = 400'000;

}  // namespace

struct Scheduler::Job {
  std::string name;
  int process = machine_process;
  State state = State::ready;
  std::optional<Millis> deadline;
  const char* waits_for = "";
  std::vector<Job*> joiners;
  std::binary_semaphore baton{0};
};

namespace {
thread_local void* this_job = nullptr;
}  // namespace

class Scheduler::SimCondition : public ports::Condition {
 public:
  explicit SimCondition(Scheduler& scheduler) : scheduler_(scheduler) {}

  // Who lies dead, or is stopped, takes no word from those who can go on.
  void notify_one() override {
    std::vector<Job*> able;
    for (Job* job : waiting_)
      if (scheduler_.is_awake(*job)) able.push_back(job);
    if (able.empty()) return notify_all();
    Job* const chosen = able[scheduler_.dice_.below(able.size())];
    job_ready(*chosen);
    std::erase(waiting_, chosen);
  }
  void notify_all() override {
    for (Job* job : waiting_) job_ready(*job);
    waiting_.clear();
  }
  void wait(ports::Lock& lock, const Done& done) override {
    while (!done()) sleep(lock, std::nullopt);
  }
  bool wait_for(ports::Lock& lock, Millis time, const Done& done) override {
    const Millis until = scheduler_.now() + time;
    while (!done() && scheduler_.now() < until) sleep(lock, until);
    return done();
  }

 private:
  void sleep(ports::Lock& lock, std::optional<Millis> until) {
    Job& self = *static_cast<Job*>(this_job);
    self.state = State::waiting;
    self.deadline = until;
    self.waits_for = "a condition";
    waiting_.push_back(&self);
    lock.unlock();
    scheduler_.pass(self);
    std::erase(waiting_, &self);  // where time woke it
    lock.lock();
  }

  Scheduler& scheduler_;
  std::vector<Job*> waiting_;
};

class Scheduler::SimTask : public ports::Task {
 public:
  explicit SimTask(Scheduler& scheduler) : scheduler_(scheduler) {}
  ~SimTask() override { join(); }

  base::Status start(const char* name, std::function<void()> body) override {
    join();
    job_ = std::make_shared<Job>();
    job_->name = name;
    job_->process = scheduler_.current_process();
    scheduler_.jobs_.push_back(job_);
    return thread_.start(name, [this_scheduler = &scheduler_, job = job_, body = std::move(body)] {
      this_job = job.get();
      job->baton.acquire();
      try {
        body();
      } catch (...) {  // as base::Thread has it
      }
      this_scheduler->run_body(job);
    });
  }
  void join() override {
    if (!thread_.joinable()) return;
    Job& self = *static_cast<Job*>(this_job);
    while (job_->state != State::done) {
      self.state = State::waiting;
      self.deadline.reset();
      self.waits_for = job_->name.c_str();
      job_->joiners.push_back(&self);
      scheduler_.pass(self);
    }
    thread_.join();
  }
  void detach() override { thread_.detach(); }
  bool joinable() const override { return thread_.joinable(); }
  bool is_current() const override { return job_ != nullptr && job_.get() == this_job; }

 private:
  friend class Scheduler;
  Scheduler& scheduler_;
  std::shared_ptr<Job> job_;
  base::Thread thread_;
};

Scheduler::Scheduler(std::uint64_t seed, std::function<void(const std::string&)> on_failure)
    : dice_(seed),
      on_failure_(std::move(on_failure)),
      stays_(static_cast<unsigned>(dice_.below(3)) * 45) {
  auto driver = std::make_shared<Job>();
  driver->name = "driver";
  this_job = driver.get();
  jobs_.push_back(std::move(driver));
  patience_ = longest_run;
}

std::unique_ptr<ports::Task> Scheduler::task() { return std::make_unique<SimTask>(*this); }
std::unique_ptr<ports::Condition> Scheduler::condition() {
  return std::make_unique<SimCondition>(*this);
}

// A task has ended: the baton goes on, and the thread goes home.
void Scheduler::run_body(const std::shared_ptr<Job>& job) {
  job->state = State::done;
  for (Job* joiner : job->joiners) job_ready(*joiner);
  std::erase(jobs_, job);
  choose().baton.release();
}

void Scheduler::job_ready(Job& job) {
  if (job.state == State::waiting) job.state = State::ready;
}

void Scheduler::yield() {
  Job& self = *static_cast<Job*>(this_job);
  if (dice_.hits(stays_) && of(self.process).dies_in == 0 && of(self.process).stops_in == 0) return;
  pass(self);
}

void Scheduler::pass(Job& self) {
  meet_fate(self);
  Job& next = choose();
  if (&next == &self) return;
  next.baton.release();
  self.baton.acquire();
}

bool Scheduler::is_awake(const Job& job) const {
  const Process& process = of(job.process);
  return !process.dead && process.stopped_until <= now_;
}

bool Scheduler::can_run(const Job& job) const { return job.state == State::ready && is_awake(job); }

Scheduler::Job& Scheduler::choose() {
  if (++switches_ > most_switches) on_failure_("the run does not end; " + who_waits());
  for (;;) {
    std::vector<Job*> able;
    for (const auto& job : jobs_)
      if (can_run(*job)) able.push_back(job.get());
    if (able.empty()) {
      let_time_pass();
      continue;
    }
    if (dice_.hits(20)) now_ += Millis(1);
    const std::size_t chosen = dice_.below(able.size());
    trace_ = trace_ * 31 + chosen * 7 + able.size() + static_cast<std::uint64_t>(now_.count());
    able[chosen]->deadline.reset();
    return *able[chosen];
  }
}

// To the first moment at which somebody can go on.
void Scheduler::let_time_pass() {
  std::optional<Millis> next;
  for (const auto& job : jobs_) {
    const Process& process = of(job->process);
    if (process.dead || (job->state == State::waiting && !job->deadline)) continue;
    const Millis at =
        std::max(job->state == State::ready ? now_ : *job->deadline, process.stopped_until);
    if (!next || at < *next) next = at;
  }
  if (!next) on_failure_("deadlock: " + who_waits());
  now_ = std::max(now_, *next);
  if (now_ > patience_) on_failure_("the run does not end; " + who_waits());
  for (const auto& job : jobs_)
    if (job->state == State::waiting && job->deadline && *job->deadline <= now_) job_ready(*job);
}

void Scheduler::meet_fate(Job& self) {
  Process& process = of(self.process);
  if (process.stops_in > 0 && --process.stops_in == 0) {
    process.stopped_until = now_ + process.stop_time;
    on_fate(self.process,
            fmt::format("is stopped for {} s, in {}", process.stop_time.count() / 1000, self.name));
  }
  if (process.dies_in > 0 && --process.dies_in == 0) end_process(self.process, self.name);
}

void Scheduler::end_process(int process, const std::string& where) {
  of(process).dead = true;
  on_fate(process, "dies, in " + where);
  for (const auto& job : roots_)
    if (job->process == process)
      for (Job* joiner : job->joiners) job_ready(*joiner);
}

int Scheduler::current_process() const { return static_cast<const Job*>(this_job)->process; }
std::string Scheduler::current_name() const { return static_cast<const Job*>(this_job)->name; }

void Scheduler::launch(int process, const char* name, std::function<void()> body) {
  Job& self = *static_cast<Job*>(this_job);
  const int before = std::exchange(self.process, process);
  auto task = std::make_unique<SimTask>(*this);
  if (!task->start(name, std::move(body))) on_failure_("no thread for the simulation");
  self.process = before;
  roots_.push_back(task->job_);
  launched_.push_back(std::move(task));
}

void Scheduler::kill_after(int process, std::uint64_t switches) { of(process).dies_in = switches; }

void Scheduler::stop_after(int process, std::uint64_t switches, Millis time) {
  of(process).stops_in = switches;
  of(process).stop_time = time;
}

void Scheduler::wait_for_processes() {
  switches_ = 0;
  patience_ = now_ + longest_run;
  Job& self = *static_cast<Job*>(this_job);
  for (std::size_t i = 0; i < roots_.size(); ++i) {
    const std::shared_ptr<Job> root = roots_[i];
    while (root->state != State::done && !of(root->process).dead) {
      self.state = State::waiting;
      self.deadline.reset();
      self.waits_for = "the processes";
      root->joiners.push_back(&self);
      pass(self);
    }
    if (of(root->process).dead) (void)launched_[i].release();  // its thread lies where it is
  }
  launched_.clear();
  roots_.clear();
  for (Process& process : processes_) process.dies_in = process.stops_in = 0;
}

Scheduler::Process& Scheduler::of(int process) {
  if (processes_.size() <= static_cast<std::size_t>(process))
    processes_.resize(static_cast<std::size_t>(process) + 1);
  return processes_[static_cast<std::size_t>(process)];
}

const Scheduler::Process& Scheduler::of(int process) const {
  return const_cast<Scheduler&>(*this).of(process);
}

std::string Scheduler::who_waits() const {
  std::string all;
  for (const auto& job : jobs_)
    all += fmt::format("{}{} of process {} {}", all.empty() ? "" : ", ", job->name, job->process,
                       of(job->process).dead          ? std::string("is dead")
                       : job->state == State::waiting ? fmt::format("waits for {}", job->waits_for)
                                                      : std::string("can go on"));
  return all;
}

}  // namespace freshet::simulation
