// Random calls of every function of the C API, from several threads, on shared handles.
//
//   random_calls [--seed S] [--calls N] [--threads T] [--verbose]
//
// Without --seed it runs the seed 1 and one drawn by chance; each is printed, and draws the same
// arguments again. What threads do to each other's handles depends on the moment. Nothing may
// crash, hang or say "internal"; what else has to hold is in caller.hpp.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <memory>
#include <numeric>
#include <set>
#include <thread>

#include "tests/capi/random_calls/caller.hpp"

namespace freshet::random_calls {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds hang{300};  // no call takes that long, not even under a sanitizer

struct Options {
  std::vector<std::uint64_t> seeds;
  std::uint64_t calls = 10'000;  // of one seed
  unsigned threads = 4;
  bool verbose = false;
};

std::vector<Function> all_functions() {
  std::vector<Function> all;
  for (const auto& some :
       {document_functions(), repository_functions(), refresh_functions(), other_functions()})
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

// A function that nobody calls here would be a gap that nobody sees.
bool names_are_complete(const std::vector<Function>& functions) {
  std::set<std::string> called;
  for (const Function& function : functions) called.insert(function.name);
  std::ifstream symbols(FRESHET_SYMBOLS);
  bool complete = symbols.is_open();
  for (std::string name; symbols >> name;)
    if (!called.contains(name)) {
      std::fprintf(stderr, "random_calls: %s is never called\n", name.c_str());
      complete = false;
    }
  return complete;
}

struct Tally {
  std::uint64_t calls = 0, succeeded = 0, failed = 0;
};

// One thread's work. The main thread looks at `turn` to see that it goes on.
struct Worker {
  Worker(World& world, std::uint64_t seed) : caller(world, seed) {}
  Caller caller;
  std::atomic<std::uint64_t> turn{0};
  std::vector<Tally> tallies;
  std::thread thread;
};

void work(Worker& worker, const std::vector<Function>& functions, std::uint64_t calls) {
  std::vector<unsigned> weights;
  for (const Function& function : functions) weights.push_back(function.weight);
  std::discrete_distribution<std::size_t> choose(weights.begin(), weights.end());
  std::mt19937_64 random(worker.caller.number());
  worker.tallies.resize(functions.size());
  for (std::uint64_t i = 0; i < calls; ++i) {
    const std::size_t chosen = choose(random);
    const std::uint64_t good = worker.caller.succeeded(), bad = worker.caller.failed();
    worker.caller.begin(functions[chosen].name);
    functions[chosen].call(worker.caller);
    Tally& tally = worker.tallies[chosen];
    ++tally.calls;
    tally.succeeded += worker.caller.succeeded() - good;
    tally.failed += worker.caller.failed() - bad;
    worker.turn.fetch_add(1, std::memory_order_relaxed);
  }
}

class Watchdog {
 public:
  explicit Watchdog(std::vector<std::unique_ptr<Worker>>& workers)
      : workers_(workers), thread_([this] { watch(); }) {}
  ~Watchdog() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  void watch() {
    std::vector<std::uint64_t> seen(workers_.size());
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, hang, [&] { return done_; }))
      for (std::size_t i = 0; i < workers_.size(); ++i) {
        const std::uint64_t now = workers_[i]->turn.load();
        if (now == seen[i])
          die(workers_[i]->caller.world(), workers_[i]->caller.current(), "hangs");
        seen[i] = now;
      }
  }

  std::vector<std::unique_ptr<Worker>>& workers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::thread thread_;
};

World& make_world(std::uint64_t seed) {
  World& world = *new World;  // never deleted: a run that freed itself may still use it
  world.seed = seed;
  std::string name = (fs::temp_directory_path() / "freshet-random-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) die(world, "mkdtemp", "no folder could be made");
  world.folder = name;
  world.docs = name + "/docs";
  fs::create_directories(world.docs);
  fs::current_path(name);  // where a relative path leads
  for (int i = 0; i < 6; ++i)
    std::ofstream(world.docs + "/page" + std::to_string(i) + ".md")
        << "# Page " << i << "\n\nA river.\n";
  for (const char* store : {"/one", "/two"}) {
    world.stores.push_back(name + store);
    freshet_repository* repository = nullptr;
    const auto status = freshet_repository_open(world.stores.back().c_str(),
                                                R"({"http":{"attempts":1}})", &repository, nullptr);
    if (status != FRESHET_OK) die(world, "freshet_repository_open", "the first one fails");
    world.pool.put(k_repository, repository, seed);
  }
  return world;
}

void print(const Options& options, const World& world, const std::vector<Function>& functions,
           const std::vector<Tally>& tallies, double seconds) {
  std::uint64_t calls = 0, good = 0;
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    calls += tallies[i].calls;
    good += tallies[i].succeeded;
    if (options.verbose)
      std::printf("%-48s %8llu %8llu ok\n", functions[i].name,
                  static_cast<unsigned long long>(tallies[i].calls),
                  static_cast<unsigned long long>(tallies[i].succeeded));
  }
  std::printf(
      "seed %llu: %llu calls (%llu ok) by %u threads, %llu callbacks, %.1f s, %.0f calls a "
      "second\n",
      static_cast<unsigned long long>(world.seed), static_cast<unsigned long long>(calls),
      static_cast<unsigned long long>(good), options.threads,
      static_cast<unsigned long long>(world.callbacks.load()), seconds,
      static_cast<double>(calls) / seconds);
}

// A function that never does its work is hardly tested. Some cannot succeed here: they want a
// server or a plugin's manifest.
void check_reach(const World& world, const Options& options, const std::vector<Function>& functions,
                 const std::vector<Tally>& tallies) {
  const std::set<std::string_view> cannot = {"freshet_reader_read_url", "freshet_plugins_check"};
  if (options.calls < 100'000) return;
  for (std::size_t i = 0; i < functions.size(); ++i)
    if (tallies[i].failed > 0 && tallies[i].succeeded == 0 && !cannot.contains(functions[i].name))
      die(world, functions[i].name, "never succeeded");
}

void run(const Options& options, std::uint64_t seed, const std::vector<Function>& functions) {
  std::printf("random_calls --seed %llu --calls %llu --threads %u\n",
              static_cast<unsigned long long>(seed), static_cast<unsigned long long>(options.calls),
              options.threads);
  std::fflush(stdout);
  World& world = make_world(seed);
  const auto begun = Clock::now();
  std::vector<std::unique_ptr<Worker>> workers;
  for (unsigned i = 0; i < options.threads; ++i)
    workers.push_back(std::make_unique<Worker>(world, seed * 1000 + i));
  {
    const Watchdog watchdog(workers);
    for (auto& worker : workers)
      worker->thread = std::thread(
          [&, w = worker.get()] { work(*w, functions, options.calls / options.threads); });
    for (auto& worker : workers) worker->thread.join();
  }
  world.pool.free_all();
  std::vector<Tally> tallies(functions.size());
  for (const auto& worker : workers)
    for (std::size_t i = 0; i < tallies.size(); ++i) {
      tallies[i].calls += worker->tallies[i].calls;
      tallies[i].succeeded += worker->tallies[i].succeeded;
      tallies[i].failed += worker->tallies[i].failed;
    }
  print(options, world, functions, tallies,
        std::chrono::duration<double>(Clock::now() - begun).count());
  check_reach(world, options, functions, tallies);
  fs::current_path("/");
  std::error_code ignored;
  fs::remove_all(world.folder, ignored);
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--verbose") {
      options.verbose = true;
      continue;
    }
    if (i + 1 == argc) return false;
    const std::uint64_t value = std::strtoull(argv[++i], nullptr, 10);
    if (name == "--seed")
      options.seeds.push_back(value);
    else if (name == "--calls")
      options.calls = value;
    else if (name == "--threads" && value > 0)
      options.threads = static_cast<unsigned>(value);
    else
      return false;
  }
  if (options.seeds.empty()) options.seeds = {1, std::random_device{}()};
  return true;
}

}  // namespace
}  // namespace freshet::random_calls

int main(int argc, char** argv) {
  using namespace freshet::random_calls;
  Options options;
  if (!parse(argc, argv, options)) {
    std::fprintf(stderr, "usage: random_calls [--seed S] [--calls N] [--threads T] [--verbose]\n");
    return 2;
  }
  const auto functions = all_functions();
  if (!names_are_complete(functions)) return 1;
  for (const std::uint64_t seed : options.seeds) run(options, seed, functions);
  return 0;
}
