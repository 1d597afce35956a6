// adaptive_engine DIRECTORY PAGES [DAYS] - whole runs of an adaptive policy over a source of so many pages, by a
// clock of its own: CPU, memory and requests of each run, and whether the bounds hold.
//
// Reads all pages in a first run, unless the directory has them already. Then, every six hours of so many days
// (10), some folders change and a run spends the budget. Loader and store have nothing of their own: what is
// measured is the engine and its repository.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <fstream>
#include <mutex>
#include <random>
#include <thread>

#include "core/sync/engine.hpp"
#include "core/sync/learn.hpp"
#include "tests/support/fake_catalog.hpp"

namespace {

using namespace freshet;
using base::Instant;
using base::Json;
using base::Millis;

constexpr Millis hour{3'600'000}, day = hour * 24;
constexpr std::size_t pages_a_folder = 1000;
constexpr double requests_a_day = 10'000;
constexpr const char* budget = "10000/d";
constexpr Instant loaded{1'700'000'000'000};

template <typename T>
T must(base::Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "%s\n", base::to_string(result.error()).c_str());
  std::exit(1);
}

class SetClock : public ports::Clock {
 public:
  Instant now() const override { return {now_.load()}; }
  Millis monotonic() const override { return Millis(now_.load()); }
  void set(Instant now) { now_ = now.ms; }

 private:
  std::atomic<std::int64_t> now_{loaded.ms};
};

// The pages, and when each was asked for last.
struct Site {
  explicit Site(std::size_t pages) : editions(pages), asked(pages, loaded) {}
  static std::string uri_of(std::size_t page) {
    return "bench:/" + std::to_string(page / pages_a_folder) + "/" + std::to_string(page);
  }
  std::vector<std::uint16_t> editions;
  std::vector<Instant> asked;
  std::mutex mutex;
  std::size_t requests = 0, found = 0;
  Millis longest{0};  // between two requests for one page
};

class SiteLoader : public ports::Loader {
 public:
  SiteLoader(Site& site, const ports::Clock& clock) : site_(site), clock_(clock) {}
  base::Result<ports::Listing> list(const std::string&, const ports::ListingSink& sink,
                                    const base::Cancel&) override {
    for (std::size_t page = 0; page < site_.editions.size(); ++page) {
      ports::Entry entry;
      entry.uri = Site::uri_of(page);
      FRESHET_TRY(sink.entry(std::move(entry)));
    }
    ports::Listing listing;
    listing.kind = ports::ListingKind::whole;
    return listing;
  }
  base::Result<ports::Fetched> fetch(const ports::Entry& entry, const std::string& known,
                                     const base::Cancel&) override {
    const std::size_t page = std::stoul(entry.uri.substr(entry.uri.rfind('/') + 1));
    const std::lock_guard lock(site_.mutex);
    ports::Fetched fetched;
    fetched.version = std::to_string(site_.editions[page]);
    if (known == fetched.version) fetched.outcome = ports::FetchOutcome::not_modified;
    fetched.bytes = entry.uri + ", edition " + fetched.version;
    fetched.media_type = "text/plain";
    ++site_.requests;
    site_.found += known != fetched.version;
    site_.longest = std::max(site_.longest, clock_.now() - site_.asked[page]);
    site_.asked[page] = clock_.now();
    return fetched;
  }

 private:
  Site& site_;
  const ports::Clock& clock_;
};

// Takes what it is given, and keeps nothing.
class Sink : public ports::Store {
 public:
  Sink() {
    info_.max_batch = 1000;
    info_.text_search = true;
  }
  const ports::StoreInfo& info() const override { return info_; }
  base::Status ensure(const ports::StoreNamespace&, const base::Cancel&) override { return {}; }
  base::Status upsert(const std::string&, std::span<const ports::StoreRecord> records,
                      const Confirm& confirm, const base::Cancel&) override {
    for (const auto& record : records) confirm(record.id);
    return {};
  }
  base::Status remove(const std::string&, std::span<const std::string> ids, const Confirm& confirm,
                      const base::Cancel&) override {
    for (const std::string& id : ids) confirm(id);
    return {};
  }
  base::Result<std::vector<ports::Hit>> search(const std::string&, const ports::Search&,
                                               const base::Cancel&) override {
    return std::vector<ports::Hit>{};
  }
  base::Result<std::vector<ports::Hit>> get(const std::string&, std::span<const std::string>,
                                            const base::Cancel&) override {
    return base::fail(base::Code::unsupported, "gives no rows back");
  }
  std::unique_ptr<ports::RowListing> list(const std::string&, std::uint32_t) override {
    struct NoRows : ports::RowListing {
      base::Result<std::vector<ports::StoredRow>> next(const base::Cancel&) override {
        return std::vector<ports::StoredRow>();
      }
    };
    return std::make_unique<NoRows>();
  }
  base::Result<std::uint64_t> count(const std::string&, const base::Cancel&) override { return 0; }
  base::Status reset(const std::string&, const base::Cancel&) override { return {}; }

 private:
  ports::StoreInfo info_;
};

class Catalog : public tests::FakeCatalog {
 public:
  Catalog(Site& site, const ports::Clock& clock)
      : FakeCatalog({{ports::Kind::loader, "site"}, {ports::Kind::store, "sink"}}),
        site_(site),
        clock_(clock) {}
  base::Result<std::unique_ptr<ports::Loader>> open_loader(const std::string&, const Json&,
                                                           const base::Cancel&,
                                                           const ports::RequesterPtr&) override {
    return std::make_unique<SiteLoader>(site_, clock_);
  }
  base::Result<std::unique_ptr<ports::Store>> open_store(const std::string&, const Json&,
                                                         const base::Cancel&) override {
    return std::make_unique<Sink>();
  }

 private:
  Site& site_;
  const ports::Clock& clock_;
};

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Of the process, without what it maps of the repository's file.
double anonymous_megabytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  double kilobytes = 0;
  while (status >> word)
    if (word == "RssAnon:") status >> kilobytes;
  return kilobytes / 1024;
}

// The most memory while it lives, looked at a hundred times a second.
class Peak {
 public:
  Peak()
      : watcher_([this] {
          while (!ends_) {
            most_ = std::max(most_, anonymous_megabytes());
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
          }
        }) {}
  double end() {
    ends_ = true;
    watcher_.join();
    return std::max(most_, anonymous_megabytes());
  }

 private:
  double most_ = 0;
  std::atomic<bool> ends_ = false;
  std::thread watcher_;
};

class Bench {
 public:
  Bench(const std::string& directory, std::size_t pages, int days)
      : site_(pages),
        catalog_(site_, clock_),
        repository_(must(repository::Repository::open(directory, {}, clock_))),
        days_(days) {}

  void load() {
    if (must(repository_->read()).sources()->empty()) run("the first run, which reads all pages");
    site_.requests = site_.found = 0;
    site_.longest = Millis(0);
  }
  void spend() {
    std::size_t before = 0;
    for (int step = 1; step <= 4 * days_; ++step) {
      clock_.set(loaded + hour * (6 * step));
      change();
      const double saved = purse().saved();
      site_.requests = 0;
      run(step == 4 ? "which lists, too" : "", step == 4);
      // A run may spend what was saved, and what it earns.
      windows_.push_back({site_.requests, saved});
      broken_ += static_cast<double>(site_.requests) > saved + requests_a_day / 4 + 1;
      before += site_.requests;
    }
    std::printf("%zu requests in %d days, %zu changes found\n", before, days_, site_.found);
    tell_windows();
  }
  void rest() {
    const double spent_before = purse().saved();
    clock_.set(clock_.now() + Millis(60'000));
    site_.requests = 0;
    run("a minute later, when nobody need judge", false);
    std::printf("asked for %zu pages; %.0f saved before\n", site_.requests, spent_before);
  }
  // All that was left alone for longest comes due at once.
  void wait() {
    clock_.set(loaded + day * (days_ + 1));
    site_.requests = 0;
    run("when max_staleness has run out for what nobody asked for", false);
    const Millis longest = std::max(
        site_.longest, clock_.now() - *std::min_element(site_.asked.begin(), site_.asked.end()));
    std::printf(
        "no page was left alone for longer than %.2f days; allowed are %d and the time to the next "
        "run\n",
        static_cast<double>(longest.count()) / static_cast<double>(day.count()), days_ + 1);
  }
  bool holds() const { return broken_ == 0; }

 private:
  Json policy() const {
    return {{"adaptive",
             {{"budget", budget},
              {"max_staleness", std::to_string(days_ + 1) + "d"},
              {"min_interval", "1h"}}}};
  }
  policy::Purse purse() {
    const auto snapshot = must(repository_->read());
    const auto sources = must(snapshot.sources());
    return must(sync::learnt_source(snapshot, sources.front().id)).purse;
  }
  // A commit that touches 300 pages of a folder, and some that touch one page.
  void change() {
    const std::size_t folder = random_() % (site_.editions.size() / pages_a_folder);
    for (std::size_t i = 0; i < 300; ++i)
      ++site_.editions[folder * pages_a_folder + random_() % pages_a_folder];
    for (int i = 0; i < 100; ++i) ++site_.editions[random_() % site_.editions.size()];
  }
  void run(const char* name, bool lists = true) {
    Json source = {{"loader", "site"}, {"list_every", lists ? "1s" : "3650d"}};
    const Json all = {{"store", "sink"}, {"policy", policy()}, {"jobs", 2}, {"sources", {source}}};
    const auto config = must(sync::parse_run(all));
    const std::size_t requests = site_.requests, found = site_.found;
    Peak peak;
    const double before = cpu_seconds();
    const auto report = must(sync::run({*repository_, catalog_, http_}, config, {}, {}));
    const double spent = cpu_seconds() - before, megabytes = peak.end();
    std::printf(
        "%4.1f d: %7.2f s of CPU, %5.0f MB, %8zu requests, %6zu changes found, %llu failed  %s\n",
        static_cast<double>((clock_.now() - loaded).count()) / static_cast<double>(day.count()),
        spent, megabytes, site_.requests - requests, site_.found - found,
        static_cast<unsigned long long>(report.counts.failed), name);
    std::fflush(stdout);
  }
  struct Step {
    std::size_t requests;
    double saved;  // before it
  };
  // No four steps in a row may spend more than was saved before them and a day earns.
  void tell_windows() {
    std::size_t over = 0, most = 0;
    for (std::size_t i = 0; i + 4 <= windows_.size(); ++i) {
      std::size_t sum = 0;
      for (std::size_t j = i; j < i + 4; ++j) sum += windows_[j].requests;
      most = std::max(most, sum);
      over += static_cast<double>(sum) > windows_[i].saved + requests_a_day + 1;
    }
    broken_ += over;
    std::printf(
        "windows of a day: %zu requests at the most, a budget of %.0f; %zu windows beyond what was "
        "saved and earned\n",
        most, requests_a_day, over);
  }

  SetClock clock_;
  Site site_;
  Catalog catalog_;
  tests::NoHttp http_;
  std::shared_ptr<repository::Repository> repository_;
  const int days_;
  std::mt19937_64 random_{1};
  std::vector<Step> windows_;
  std::size_t broken_ = 0;
};

}  // namespace

int main(int count, char** values) {
  const std::size_t pages = count > 2 ? std::strtoul(values[2], nullptr, 10) : 0;
  if (pages < pages_a_folder || count > 4) {
    std::fputs("usage: adaptive_engine DIRECTORY PAGES [DAYS]\n", stderr);
    return 2;
  }
  Bench bench(values[1], pages, count > 3 ? std::atoi(values[3]) : 10);
  bench.load();
  bench.spend();
  bench.rest();
  bench.wait();
  return bench.holds() ? 0 : 1;
}
