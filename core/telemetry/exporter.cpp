#include "core/telemetry/exporter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "core/base/file_size_signal.hpp"
#include "core/host/redactor.hpp"
#include "core/net/url.hpp"

namespace freshet::telemetry {
namespace {

using base::Code;
using base::Status;

constexpr std::chrono::milliseconds gather{1'000};  // how long a span waits for others
constexpr std::chrono::seconds last_words{5};
constexpr base::Millis longest_send{10'000};

std::string key_of(const Counter& counter) {
  return counter.name + base::dump_json(base::Json(counter.attributes));
}

}  // namespace

Exporter::Exporter(Options options, std::unique_ptr<ports::Http> http,
                   std::function<void(const std::string&)> told, const ports::Clock& clock)
    : options_(std::move(options)),
      http_(std::move(http)),
      told_(std::move(told)),
      clock_(clock),
      since_(clock.now()) {}

Exporter::~Exporter() {
  {
    std::unique_lock lock(mutex_);
    closing_ = true;
    changed_.notify_all();
    if (started_) changed_.wait_for(lock, last_words, [&] { return done_; });
  }
  cancel_.request();
  thread_.join();
}

void Exporter::start() {
  if (started_) return;
  started_ = static_cast<bool>(thread_.start("freshet-otel", [this] { run(); }));
}

void Exporter::push(Span span) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    start();
    if (!started_ || waiting_.size() >= most_waiting) {
      ++dropped_;
      return;
    }
    waiting_.push_back(std::move(span));
    if (waiting_.size() == 1 || waiting_.size() % most_together == 0) changed_.notify_all();
  } catch (...) {  // no memory: a span fewer
  }
}

void Exporter::add(const std::vector<Counter>& counters) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    start();
    for (const Counter& each : counters) {
      Counter& total = totals_.try_emplace(key_of(each), each.name, each.unit, each.attributes, 0U)
                           .first->second;
      total.value += each.value;
    }
    counted_ = true;
    changed_.notify_all();
  } catch (...) {
  }
}

Exporter::Batch Exporter::wait_for_some() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return closing_ || counted_ || !waiting_.empty(); });
  changed_.wait_for(lock, gather, [&] { return closing_ || waiting_.size() >= most_together; });
  Batch batch;
  const std::size_t count = std::min(waiting_.size(), most_together);
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
  batch.spans.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  if (counted_ && waiting_.empty()) {
    for (const auto& [key, counter] : totals_) batch.counters.push_back(counter);
    counted_ = false;
  }
  batch.dropped = std::exchange(dropped_, 0);
  batch.last = closing_ && waiting_.empty() && !counted_;
  return batch;
}

void Exporter::run() noexcept {
  const base::BlockFileSizeSignal block;
  for (bool last = false; !last;) {
    const Status worked = base::guarded([&]() -> Status {
      const Batch batch = wait_for_some();
      last = batch.last;
      if (batch.dropped > 0) tell(batch.dropped, "the queue was full");
      send(batch);
      return {};
    });
    if (!worked) break;  // no memory: nothing is worth telling then
  }
  const std::lock_guard lock(mutex_);
  done_ = true;
  changed_.notify_all();
}

void Exporter::send(const Batch& batch) {
  if (!batch.spans.empty())
    if (const Status sent = post("/v1/traces", spans_request(batch.spans, options_.service_name));
        !sent)
      tell(batch.spans.size(), base::to_string(sent.error()));
  if (!batch.counters.empty())
    if (const Status sent =
            post("/v1/metrics",
                 metrics_request(batch.counters, since_, clock_.now(), options_.service_name));
        !sent)
      tell(0, base::to_string(sent.error()));
}

Status Exporter::post(const char* path, std::string body) {
  ports::HttpRequest request;
  request.method = "POST";
  request.url = options_.endpoint + path;
  request.timeout = longest_send;
  request.private_origins = {net::origin_of(options_.endpoint)};  // the configuration names it
  request.headers = {{"content-type", "application/json"}};
  for (const auto& [name, value] : options_.headers) request.headers.push_back({name, value});
  request.body = std::move(body);
  FRESHET_ASSIGN(const ports::HttpResponse response, http_->send(request, cancel_));
  if (response.status / 100 == 2) return {};
  return base::fail(Code::remote, fmt::format("the collector answered {}", response.status),
                    request.url);
}

void Exporter::tell(std::uint64_t dropped, const std::string& why) {
  const std::string clean = host::redactor().clean(why);
  if (dropped > 0)
    told_(fmt::format("{} spans were dropped: {}", dropped, clean));
  else
    told_(fmt::format("metrics were not sent: {}", clean));
  if (dropped == 0) return;
  const std::lock_guard lock(mutex_);
  Counter& total =
      totals_.try_emplace("dropped", "freshet.telemetry.dropped", "{span}", Attributes{}, 0U)
          .first->second;
  total.value += dropped;
}

}  // namespace freshet::telemetry
