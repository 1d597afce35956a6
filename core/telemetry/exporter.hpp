// core/telemetry/exporter.hpp - sends spans and counters to a collector, and never holds up whoever has
// them: the queue is bounded, what does not fit or cannot be sent is dropped, counted and told.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/base/thread.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/http.hpp"
#include "core/telemetry/options.hpp"
#include "core/telemetry/otlp.hpp"

namespace freshet::telemetry {

// Thread-safe. Its thread starts with the first span.
class Exporter {
 public:
  static constexpr std::size_t most_waiting = 8'192, most_together = 512;

  // `told` hears what was dropped, on the sending thread.
  Exporter(Options options, std::unique_ptr<ports::Http> http,
           std::function<void(const std::string&)> told,
           const ports::Clock& clock = ports::system_clock());
  // Sends what is left, for some seconds at most.
  ~Exporter();
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

  void push(Span span) noexcept;
  // What a run has counted; added to what earlier ones did.
  void add(const std::vector<Counter>& counters) noexcept;

 private:
  struct Batch {
    std::vector<Span> spans;
    std::vector<Counter> counters;
    std::uint64_t dropped = 0;
    bool last = false;
  };

  void start();  // under mutex_
  void run() noexcept;
  Batch wait_for_some();
  void send(const Batch& batch);
  base::Status post(const char* path, std::string body);
  void tell(std::uint64_t dropped, const std::string& why);

  const Options options_;
  const std::unique_ptr<ports::Http> http_;
  const std::function<void(const std::string&)> told_;
  const ports::Clock& clock_;
  const base::Instant since_;
  const base::Cancel cancel_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Span> waiting_;               // guarded by mutex_
  std::map<std::string, Counter> totals_;  // guarded by mutex_: by name and attributes
  bool counted_ = false;                   // guarded by mutex_: there is news in totals_
  std::uint64_t dropped_ = 0;              // guarded by mutex_: not told yet
  bool started_ = false;                   // guarded by mutex_
  bool closing_ = false;                   // guarded by mutex_
  bool done_ = false;                      // guarded by mutex_
  base::Thread thread_;                    // last: it uses all of the above
};

}  // namespace freshet::telemetry
