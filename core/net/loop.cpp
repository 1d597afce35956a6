#include "core/net/loop.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>

#include "core/base/redact.hpp"

namespace freshet::net {
namespace {

using base::Code;
using base::Error;
using base::Millis;

// How soon a cancelled request is noticed, and how finely our own limits are watched.
constexpr Millis tick_every{20};
constexpr int idle_poll_ms = 60'000;
constexpr int robots_redirects = 5;

void start_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)started;
}

// Whose requests they are, where anybody asked.
const ports::Requester* source_of(const Job& job) { return job.exchange.request().requester.get(); }

// It says that the host is not well, and not that it answered badly or was not to be asked.
bool is_host_trouble(Code code) { return code == Code::network || code == Code::timeout; }

TransferSetup make_setup(const ClientOptions& options, const ports::Clock& clock) {
  start_curl();  // before any handle is made
  TransferSetup setup{&options, &clock, {}};
  for (const std::string& text : options.allow_private)
    if (auto network = parse_network(text)) setup.allowed.push_back(*network);
  return setup;
}

}  // namespace

// The request for one robots.txt. Nobody cancels it: others may be waiting for it by then.
class Loop::RobotsFetch : public Sink {
 public:
  RobotsFetch(Loop& loop, std::string key) : loop_(loop), key_(std::move(key)) {}
  ports::HttpRequest request;
  base::Cancel cancel;
  void deliver(std::size_t, base::Result<ports::HttpResponse> result) override {
    loop_.settle_robots(key_, std::move(result));
  }
  void drop(std::size_t) noexcept override {}  // those who wait for it are dropped with it

 private:
  Loop& loop_;
  std::string key_;
};

Loop::Loop(const ClientOptions& options, const ports::Clock& clock)
    : options_(options),
      clock_(clock),
      setup_(make_setup(options, clock)),
      random_(std::random_device{}()) {}

Loop::~Loop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (running_) sockets_.wake();
  }
  thread_.join();
}

// Under mutex_. An earlier thread has ended, or is about to.
base::Status Loop::start() {
  thread_.join();
  sockets_.close();
  FRESHET_TRY(sockets_.open());
  curl_multi_setopt(sockets_.multi(), CURLMOPT_MAXCONNECTS, static_cast<long>(options_.total));
  curl_multi_setopt(sockets_.multi(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
  hosts_.emplace(HostLimits{options_.per_host, options_.total, options_.backoff_cap},
                 [this](const std::string& host) { return &options_.of(host); });
  new_holds_ = !holds_.empty();
  robots_.emplace(options_);
  // Signals are the application's: they are to arrive on its threads, not on this one.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  base::Status started = thread_.start("freshet-http", [this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  running_ = started.has_value();
  return started;
}

base::Status Loop::submit(std::unique_ptr<Job> job, std::shared_ptr<Sink> sink, std::size_t index) {
  const std::lock_guard lock(mutex_);
  if (!running_) FRESHET_TRY(start());
  job->index = index;
  Job& at = *job;
  arrivals_.push_back(std::move(job));
  at.sink = std::move(sink);
  if (std::exchange(asleep_, false)) sockets_.wake();
  return {};
}

ports::HttpCounters Loop::counters() const {
  return {
      requests_.load(std::memory_order_relaxed),    not_modified_.load(std::memory_order_relaxed),
      bytes_.load(std::memory_order_relaxed),       retries_.load(std::memory_order_relaxed),
      turned_away_.load(std::memory_order_relaxed), delayed_.load(std::memory_order_relaxed)};
}

std::vector<ports::HostHold> Loop::holds() const {
  const std::lock_guard lock(mutex_);
  std::vector<ports::HostHold> all;
  for (const auto& [host, until] : holds_) all.push_back({host, until});
  return all;
}

void Loop::hold(std::span<const ports::HostHold> holds) {
  const std::lock_guard lock(mutex_);
  for (const ports::HostHold& hold : holds) {
    base::Instant& until = holds_[hold.host];
    new_holds_ |= until < hold.until;
    until = std::max(until, hold.until);
  }
}

// What a server asked for, for whoever stores it.
void Loop::keep_hold(const std::string& host, Millis wait) {
  const std::lock_guard lock(mutex_);
  base::Instant& until = holds_[host];
  until = std::max(until, clock_.now() + wait);
}

// Those that came from outside.
void Loop::take_holds() {
  std::map<std::string, base::Instant> holds;
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(new_holds_, false)) return;
    std::erase_if(holds_, [&](const auto& one) { return one.second <= clock_.now(); });
    holds = holds_;
  }
  for (const auto& [host, until] : holds)
    for (void* hopeless : hosts_->hold(host, now() + (until - clock_.now()), now()))
      admit(*static_cast<Job*>(hopeless));
}

bool Loop::stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Loop::run() noexcept {
  try {
    while (!stopping()) turn();
    cancel_all();
  } catch (...) {  // memory ran out: end() drops what is under way
  }
  end();
}

void Loop::turn() {
  take_holds();
  take_arrivals();
  start_due();
  sockets_.kick();
  if (!collect()) pause();
  collect();
  if (now() - last_tick_ >= tick_every) tick();
  if (sockets_.failed()) throw std::bad_alloc();
}

// Nothing that is under way outlives the thread.
void Loop::end() noexcept {
  std::vector<std::unique_ptr<Job>> arrivals;
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
    arrivals.swap(arrivals_);
  }
  sleepers_.clear();
  spare_.clear();
  transfers_.clear();  // they borrow from the jobs, and have connections of the multi handle
  jobs_.clear();
}

void Loop::take_arrivals() {
  std::vector<std::unique_ptr<Job>> arrivals;
  {
    const std::lock_guard lock(mutex_);
    arrivals.swap(arrivals_);
  }
  for (auto& arrival : arrivals) {
    Job& job = *arrival;
    job.slot = jobs_.size();
    jobs_.push_back(std::move(arrival));
    admit(job);
  }
}

// Why the host is not to be asked now: it asked to be left alone for longer than anybody waits, or it kept
// failing, or what this source asks for did.
std::optional<Error> Loop::barred(const std::string& host, const ports::Requester* source) const {
  const Millis held = hosts_->held_for(host, now()), broken = hosts_->broken_for(host, now());
  std::optional<Error> error;
  if (hosts_->too_long(host, held)) {
    error = base::make_error(
        Code::rate_limited,
        fmt::format("the host asked to be left alone for {} more", base::format_duration(held)));
    error->retry_after_ms = held.count();
  } else if (broken > Millis(0)) {
    error = base::make_error(
        Code::network,
        fmt::format("the host failed {} times in a row and is left alone for {} more",
                    options_.of(host).breaker.failures, base::format_duration(broken)));
    error->retry_after_ms = broken.count();
  } else if (source != nullptr && hosts_->broken_for(*source, now()) > Millis(0)) {
    const Millis wait = hosts_->broken_for(*source, now());
    error = base::make_error(
        Code::network,
        fmt::format("the source failed {} times in a row and is left alone for {} more",
                    source->options.breaker.failures, base::format_duration(wait)));
    error->retry_after_ms = wait.count();
  }
  return error;
}

// Towards the wire, at the start and after each redirect and wait: may the host be asked at all, then
// robots.txt, then the host's turn.
void Loop::admit(Job& job) {
  Exchange& exchange = job.exchange;
  job.state = Job::State::arrived;
  if (exchange.cancelled())
    return fail(job, base::make_error(Code::cancelled, "the request was cancelled"));
  const std::string host = exchange.url().authority();
  if (auto error = barred(host, source_of(job))) return turn_away(job, std::move(*error));
  Millis pace = exchange.request().pace;
  if (exchange.request().robots && !robots_permit(job, pace)) return;
  job.state = Job::State::queued;
  job.place = host;
  hosts_->enqueue(host, &job, pace, now(), source_of(job));
}

// False when the job has to wait for robots.txt, or has failed by it.
bool Loop::robots_permit(Job& job, Millis& pace) {
  const Url& url = job.exchange.url();
  // What may be private is asked apart: a refusal of the guard must not be remembered for it.
  const std::string key = url.origin() + (job.exchange.may_private() ? " private" : "");
  const auto answer = robots_->ask(key, &job, now());
  if (answer != RobotsCache::Answer::known) {
    job.state = Job::State::robots;
    job.place = key;
    if (answer == RobotsCache::Answer::fetch) fetch_robots(job, key);
    return false;
  }
  pace = std::max(pace, robots_->crawl_delay(key));
  auto permitted = robots_->permits(key, url.target, now());
  if (!permitted) fail(job, std::move(permitted).error());
  return permitted.has_value();
}

void Loop::fetch_robots(const Job& wanted, const std::string& key) {
  auto fetch = std::make_shared<RobotsFetch>(*this, key);
  fetch->request.url = wanted.exchange.url().origin() + "/robots.txt";
  fetch->request.pace = wanted.exchange.request().pace;
  if (wanted.exchange.may_private())
    fetch->request.private_origins = {wanted.exchange.url().origin()};
  auto job = std::make_unique<Job>(fetch->request, fetch->cancel, options_);
  job->sink = fetch;
  job->exchange.restrict(robots_redirects, robots_bytes);
  auto begun = job->exchange.begin();
  Job& at = *job;
  at.slot = jobs_.size();
  jobs_.push_back(std::move(job));
  if (begun)
    admit(at);
  else
    fail(at, std::move(begun).error());
}

void Loop::settle_robots(const std::string& key, base::Result<ports::HttpResponse> fetched) {
  for (void* waiting : robots_->settle(key, std::move(fetched), now()))
    admit(*static_cast<Job*>(waiting));
}

void Loop::start_due() {
  while (!sleepers_.empty() && sleepers_.begin()->first <= now()) {
    Job& job = *sleepers_.begin()->second;
    sleepers_.erase(sleepers_.begin());
    admit(job);
  }
  while (const auto turn = hosts_->next(now())) {
    Job& job = *static_cast<Job*>(turn->ticket);
    if (turn->delayed) note(job, delayed_, &ports::RequestTally::delayed);
    start(job);
  }
}

void Loop::start(Job& job) {
  if (spare_.empty()) {
    transfers_.push_back(std::make_unique<Transfer>(setup_));
    spare_.push_back(transfers_.back().get());
  }
  job.transfer = spare_.back();
  spare_.pop_back();
  job.transfer->owner = &job;
  job.state = Job::State::running;
  job.since = now();
  auto prepared = job.transfer->prepare(job.exchange.hop());
  if (prepared) sockets_.add(job.transfer->handle());
  if (!prepared) ended(job, job.transfer->abandon(std::move(prepared).error()));
}

// Hears which transfers libcurl has ended.
bool Loop::collect() {
  bool any = false;
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(sockets_.multi(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;  // the message is gone once the handle is taken out
    Transfer& transfer = *Transfer::of(message->easy_handle);
    curl_multi_remove_handle(sockets_.multi(), transfer.handle());
    ended(*static_cast<Job*>(transfer.owner), transfer.finish(code));
    any = true;
  }
  return any;
}

// Gives the transfer and the host's place back.
void Loop::detach(Job& job) {
  spare_.push_back(job.transfer);
  job.transfer = nullptr;
  hosts_->release(job.place, source_of(job));
}

// Counts it for all, and for the source that asked.
void Loop::note(const Job& job, std::atomic<std::uint64_t>& all,
                std::atomic<std::uint64_t> ports::RequestTally::*own) {
  all.fetch_add(1, std::memory_order_relaxed);
  if (const ports::Requester* source = source_of(job))
    (source->tally.*own).fetch_add(1, std::memory_order_relaxed);
}

void Loop::count(const Job& job, const Outcome& outcome) {
  if (outcome.sent) note(job, requests_, &ports::RequestTally::requests);
  if (outcome.reply && outcome.reply->status == 304)
    not_modified_.fetch_add(1, std::memory_order_relaxed);
  bytes_.fetch_add(outcome.received, std::memory_order_relaxed);
}

void Loop::ended(Job& job, Outcome outcome) {
  count(job, outcome);
  detach(job);
  const std::string host = job.place;
  const ports::RequesterPtr source = job.exchange.request().requester;  // the job may be finished
  const bool failed =
      !outcome.reply ? is_host_trouble(outcome.reply.error().code) : outcome.reply->status >= 500;
  const Next next =
      job.exchange.advance(std::move(outcome), now() - job.since, clock_.now(), draw());
  const auto hold = job.exchange.hold();
  const Millis at = now() + job.exchange.wait();
  if (hold) keep_hold(host, *hold);  // known before the caller hears of it
  if (next == Next::done) finish(job);
  if (hold) {
    for (void* hopeless : hosts_->hold(host, now() + *hold, now()))
      admit(*static_cast<Job*>(hopeless));
  }
  for (void* hopeless : hosts_->note(host, failed, now())) admit(*static_cast<Job*>(hopeless));
  if (source != nullptr)
    for (void* hopeless : hosts_->note(*source, failed, now())) admit(*static_cast<Job*>(hopeless));
  if (next == Next::redirect) admit(job);
  if (next == Next::retry) {
    note(job, retries_, &ports::RequestTally::retries);
    job.state = Job::State::sleeping;
    sleepers_.emplace(at, &job);
  }
}

// Without being sent.
void Loop::turn_away(Job& job, Error error) {
  note(job, turned_away_, &ports::RequestTally::turned_away);
  fail(job, std::move(error));
}

void Loop::fail(Job& job, Error error) {
  job.exchange.end(std::move(error));
  finish(job);
}

void Loop::finish(Job& job) {
  auto result = job.exchange.take_result();
  const std::shared_ptr<Sink> sink = std::move(job.sink);
  const std::size_t index = job.index;
  const std::size_t slot = job.slot;
  std::swap(jobs_[slot], jobs_.back());
  jobs_[slot]->slot = slot;
  jobs_.pop_back();  // the request may be gone as soon as the sink has heard of it
  sink->deliver(index, std::move(result));
}

void Loop::tick() {
  last_tick_ = now();
  std::vector<Job*> cancelled;
  std::vector<std::pair<Job*, Error>> late;
  for (const auto& job : jobs_) {
    if (job->exchange.cancelled())
      cancelled.push_back(job.get());
    else if (job->state == Job::State::running)
      if (auto error = job->transfer->overdue(last_tick_))
        late.emplace_back(job.get(), std::move(*error));
  }
  for (Job* job : cancelled) {
    withdraw(*job);
    fail(*job, base::make_error(Code::cancelled, "the request was cancelled"));
  }
  for (auto& [job, error] : late) {
    curl_multi_remove_handle(sockets_.multi(), job->transfer->handle());
    ended(*job, job->transfer->abandon(std::move(error)));
  }
}

// Takes a job away from wherever it waits or runs.
void Loop::withdraw(Job& job) {
  if (job.state == Job::State::robots) robots_->leave(job.place, &job);
  if (job.state == Job::State::queued) hosts_->remove(job.place, &job);
  if (job.state == Job::State::sleeping)
    std::erase_if(sleepers_, [&](const auto& item) { return item.second == &job; });
  if (job.state != Job::State::running) return;
  curl_multi_remove_handle(sockets_.multi(), job.transfer->handle());
  count(job, job.transfer->abandon(base::make_error(Code::cancelled, "")));
  detach(job);
}

int Loop::poll_wait() const {
  if (jobs_.empty()) return idle_poll_ms;
  Millis wait = tick_every;
  if (!sleepers_.empty()) wait = std::min(wait, sleepers_.begin()->first - now());
  if (const auto at = hosts_->wake_at()) wait = std::min(wait, *at - now());
  return static_cast<int>(std::max<std::int64_t>(wait.count(), 0));
}

void Loop::pause() {
  int wait = poll_wait();
  {
    const std::lock_guard lock(mutex_);
    if (!arrivals_.empty() || stopping_) wait = 0;
    asleep_ = wait > 0;
  }
  sockets_.wait(wait);
  const std::lock_guard lock(mutex_);
  asleep_ = false;
}

// The client is being destroyed.
void Loop::cancel_all() {
  take_arrivals();
  while (!jobs_.empty()) {
    Job& job = *jobs_.back();
    withdraw(job);
    fail(job, base::make_error(Code::cancelled, "the client was closed"));
  }
}

}  // namespace freshet::net
