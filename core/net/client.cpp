#include "core/net/client.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "core/net/loop.hpp"
#include "core/net/url.hpp"

namespace freshet::net {
namespace {

using Response = base::Result<ports::HttpResponse>;

// Where a caller waits for its results. Shared with the loop, which may still be ringing the bell
// when the caller has heard it and gone.
class Inbox : public Sink {
 public:
  // Room for one more result: taking it cannot fail.
  void expect() {
    const std::lock_guard lock(mutex_);
    results_.reserve(expected_ + 1);
    ++expected_;
  }
  // The request could not be submitted.
  void forget() {
    const std::lock_guard lock(mutex_);
    --expected_;
  }

  void deliver(std::size_t index, Response result) override {
    {
      const std::lock_guard lock(mutex_);
      results_.emplace_back(index, std::move(result));
    }
    arrived_.notify_one();
  }
  void drop(std::size_t index) noexcept override { deliver(index, base::fail(base::no_memory())); }

  std::pair<std::size_t, Response> take() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return !results_.empty(); });
    auto result = std::move(results_.back());
    results_.pop_back();
    --expected_;
    return result;
  }

  // Waits for what is under way, which borrows from its caller.
  void drain() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return results_.size() == expected_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::pair<std::size_t, Response>> results_;
  std::size_t expected_ = 0;
};

// Whatever is thrown, nobody leaves before the loop is done with what they lent.
class Expecting {
 public:
  Expecting() : inbox_(std::make_shared<Inbox>()) {}
  ~Expecting() { inbox_->drain(); }
  Expecting(const Expecting&) = delete;
  Expecting& operator=(const Expecting&) = delete;
  const std::shared_ptr<Inbox>& inbox() const { return inbox_; }

 private:
  const std::shared_ptr<Inbox> inbox_;
};

class Client : public ports::Http {
 public:
  Client(ClientOptions options, const ports::Clock& clock)
      : options_(std::move(options)), loop_(options_, clock) {}

  Response send(const ports::HttpRequest& request, const base::Cancel& cancel) override {
    const Expecting expecting;
    FRESHET_TRY(submit(request, cancel, expecting.inbox(), 0));
    return expecting.inbox()->take().second;
  }

  void send_many(std::span<const ports::HttpRequest> requests, const base::Cancel& cancel,
                 const std::function<void(std::size_t, Response)>& done) override {
    const Expecting expecting;
    const std::shared_ptr<Inbox>& inbox = expecting.inbox();
    const std::size_t window = 2 * options_.total;  // bounds the answers that wait for `done`
    std::size_t under_way = 0;
    std::size_t next = 0;
    while (next < requests.size() || under_way > 0) {
      if (next < requests.size() && under_way < window) {
        const std::size_t index = next++;
        auto submitted = submit(requests[index], cancel, inbox, index);
        if (submitted)
          ++under_way;
        else
          done(index, base::fail(std::move(submitted).error()));
        continue;
      }
      auto [index, result] = inbox->take();
      --under_way;
      done(index, std::move(result));
    }
  }

  base::Result<std::string> resolve(std::string_view base_url,
                                    std::string_view reference) const override {
    FRESHET_ASSIGN(Url url, resolve_url(base_url, reference));
    return std::move(url.text);
  }

  ports::HttpCounters counters() const override { return loop_.counters(); }
  std::vector<ports::HostHold> holds() const override { return loop_.holds(); }
  void hold(std::span<const ports::HostHold> holds) override { loop_.hold(holds); }

 private:
  base::Status submit(const ports::HttpRequest& request, const base::Cancel& cancel,
                      const std::shared_ptr<Inbox>& inbox, std::size_t index) {
    auto job = std::make_unique<Job>(request, cancel, options_);
    FRESHET_TRY(job->exchange.begin());
    inbox->expect();
    try {
      base::Status submitted = loop_.submit(std::move(job), inbox, index);
      if (!submitted) inbox->forget();
      return submitted;
    } catch (...) {
      inbox->forget();
      throw;
    }
  }

  const ClientOptions options_;
  Loop loop_;
};

}  // namespace

std::unique_ptr<ports::Http> make_client(ClientOptions options, const ports::Clock& clock) {
  return std::make_unique<Client>(std::move(options), clock);
}

}  // namespace freshet::net
