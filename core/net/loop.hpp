// core/net/loop.hpp - the thread on which all transfers run, and what decides when each may start.
//
// submit() and counters() from any thread; everything else belongs to the loop's own thread, so
// that hosts, robots.txt and retries need no locks.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/net/exchange.hpp"
#include "core/net/hosts.hpp"
#include "core/net/robots_cache.hpp"
#include "core/net/sockets.hpp"
#include "core/net/transfer.hpp"

namespace freshet::net {

// Takes results, on the loop's thread. Nothing of the request is used after the call.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void deliver(std::size_t index, base::Result<ports::HttpResponse> result) = 0;
};

// An exchange on its way through the loop.
struct Job {
  Job(const ports::HttpRequest& request, const base::Cancel& cancel, const ClientOptions& options,
      std::shared_ptr<Sink> to, std::size_t number)
      : exchange(request, cancel, options), sink(std::move(to)), index(number) {}

  Exchange exchange;
  std::shared_ptr<Sink> sink;
  std::size_t index;

  // The loop's own.
  enum class State { arrived, robots, queued, running, sleeping };
  State state = State::arrived;
  std::size_t slot = 0;  // in the loop's list of jobs
  std::string place;     // what it waits at or runs on: the host, or the key of its robots.txt
  Transfer* transfer = nullptr;
  base::Millis since{0};  // when the transfer began
};

class Loop {
 public:
  Loop(const ClientOptions& options, const ports::Clock& clock);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // The exchange has to have begun. The sink hears of it exactly once.
  void submit(std::unique_ptr<Job> job);
  ports::HttpCounters counters() const;

 private:
  class RobotsFetch;

  void run();
  void take_arrivals();
  void admit(Job& job);
  bool robots_permit(Job& job, base::Millis& pace);
  void fetch_robots(const Job& wanted, const std::string& key);
  void settle_robots(const std::string& key, base::Result<ports::HttpResponse> fetched);

  void start_due();
  void start(Job& job);
  bool collect();
  void detach(Job& job);
  void ended(Job& job, Outcome outcome);
  void count(const Outcome& outcome);
  void fail(Job& job, base::Error error);
  void finish(Job& job);

  void tick();
  void withdraw(Job& job);
  int poll_wait() const;
  void pause();
  void cancel_all();

  base::Millis now() const { return clock_.monotonic(); }
  double draw() { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }

  const ClientOptions& options_;
  const ports::Clock& clock_;
  TransferSetup setup_;
  Sockets sockets_;
  Hosts hosts_;
  RobotsCache robots_;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::vector<std::unique_ptr<Transfer>> transfers_;
  std::vector<Transfer*> spare_;
  std::multimap<base::Millis, Job*> sleepers_;
  base::Millis last_tick_{0};

  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> not_modified_{0};
  std::atomic<std::uint64_t> bytes_{0};

  std::mutex mutex_;
  std::vector<std::unique_ptr<Job>> arrivals_;  // guarded by mutex_
  bool stopping_ = false;                       // guarded by mutex_
  bool asleep_ = false;                         // guarded by mutex_: a wake-up is needed
  std::thread thread_;                          // last: it uses all of the above
};

}  // namespace freshet::net
