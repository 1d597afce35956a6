// core/net/loop.hpp - the thread on which all transfers run, and what decides when each may start.
//
// submit() and counters() from any thread; everything else belongs to the loop's own thread, so
// that hosts, robots.txt and retries need no locks. The thread starts with the first request. Where
// memory runs out it drops what is under way, each request hears of that, and it ends; the next
// request starts it again, with nothing left over.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "core/base/thread.hpp"
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
  // The request went without a result, for want of memory.
  virtual void drop(std::size_t index) noexcept = 0;
};

// An exchange on its way through the loop.
struct Job {
  Job(const ports::HttpRequest& request, const base::Cancel& cancel, const ClientOptions& options)
      : exchange(request, cancel, options) {}
  ~Job() {
    if (sink != nullptr) sink->drop(index);
  }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  Exchange exchange;
  std::shared_ptr<Sink> sink;  // null before it is submitted, and once it has its result
  std::size_t index = 0;

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

  // The exchange has to have begun. The sink hears of it exactly once; not where this fails.
  base::Status submit(std::unique_ptr<Job> job, std::shared_ptr<Sink> sink, std::size_t index);
  ports::HttpCounters counters() const;
  std::vector<ports::HostHold> holds() const;
  void hold(std::span<const ports::HostHold> holds);

 private:
  class RobotsFetch;

  base::Status start();
  void run() noexcept;
  void turn();
  void end() noexcept;
  bool stopping();
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
  void note(const Job& job, std::atomic<std::uint64_t>& all,
            std::atomic<std::uint64_t> ports::RequestTally::*own);
  void count(const Job& job, const Outcome& outcome);
  std::optional<base::Error> barred(const std::string& host, const ports::Requester* source) const;
  void turn_away(Job& job, base::Error error);
  void keep_hold(const std::string& host, base::Millis wait);
  void take_holds();
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
  std::optional<Hosts> hosts_;  // those of a started thread
  std::optional<RobotsCache> robots_;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::vector<std::unique_ptr<Transfer>> transfers_;
  std::vector<Transfer*> spare_;
  std::multimap<base::Millis, Job*> sleepers_;
  base::Millis last_tick_{0};

  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> not_modified_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> retries_{0};
  std::atomic<std::uint64_t> turned_away_{0};
  std::atomic<std::uint64_t> delayed_{0};

  mutable std::mutex mutex_;
  std::map<std::string, base::Instant> holds_;  // guarded by mutex_
  bool new_holds_ = false;                      // guarded by mutex_: the thread has not seen all
  std::vector<std::unique_ptr<Job>> arrivals_;  // guarded by mutex_
  bool running_ = false;                        // guarded by mutex_
  bool stopping_ = false;                       // guarded by mutex_
  bool asleep_ = false;                         // guarded by mutex_: a wake-up is needed
  base::Thread thread_;                         // guarded by mutex_; last: it uses all of the above
};

}  // namespace freshet::net
