// bench/status_bench.cpp - what the status costs, whatever part of the roots is due.
//
//   status_bench DIRECTORY [ROOTS…]
//
// Builds a repository of each size below DIRECTORY unless it is there, and prints the median time of a status
// with a part of the roots due: none (as under a TTL), all (as under `always`), a thousandth, a half; and where
// a hundred roots have failed and wait.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "core/service/status.hpp"

namespace {

using namespace freshet;
using repository::Repository;
using Steady = std::chrono::steady_clock;

constexpr std::int64_t first_ms = 1'700'000'000'000, waits_ms = first_ms + 100'000'000'000;
constexpr std::size_t failing = 100;

template <typename Outcome>
void must(const Outcome& outcome) {
  if (outcome) return;
  std::fprintf(stderr, "%s\n", base::to_string(outcome.error()).c_str());
  std::exit(1);
}

class FixedClock : public ports::Clock {
 public:
  base::Instant now() const override { return {at}; }
  base::Millis monotonic() const override { return ports::system_clock().monotonic(); }
  std::int64_t at = first_ms;
};

// The root `i` of `roots` is due at the i-th millisecond; the last hundred, where they fail, much later.
base::Status store(repository::Writer& writer, std::size_t i, std::size_t roots, bool fails) {
  repository::Root root;
  root.uri = "https://docs.example.org/en/latest/page-" + std::to_string(i) + ".html";
  root.id = model::root_id(root.uri);
  root.ask_again = {first_ms + static_cast<std::int64_t>(i)};
  if (fails && i + failing >= roots) {
    root.failures = 1;
    root.ask_again = {waits_ms};
  }
  return writer.put_root(root);
}

void build(Repository& repository, std::size_t roots, bool fails) {
  constexpr std::size_t batch = 10'000;
  for (std::size_t from = 0; from < roots; from += batch)
    must(repository.write([&](repository::Writer& writer) -> base::Status {
      for (std::size_t i = from; i < std::min(from + batch, roots); ++i)
        FRESHET_TRY(store(writer, i, roots, fails));
      return {};
    }));
}

void measure(const Repository& repository, FixedClock& clock, const std::string& what,
             std::int64_t now) {
  clock.at = now;
  std::vector<double> times;
  std::string due;
  double first = 0;  // its pages are not mapped yet
  for (int i = 0; i < 21; ++i) {
    const auto begin = Steady::now();
    const auto status = service::status_json(repository);
    times.push_back(std::chrono::duration<double, std::milli>(Steady::now() - begin).count());
    must(status);
    if (i == 0) first = times.front();
    due = (*status)["due"].dump();
  }
  std::sort(times.begin(), times.end());
  std::printf("status_%s %.3f ms (%s due, the first time %.3f)\n", what.c_str(), times[10],
              due.c_str(), first);
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) return std::fprintf(stderr, "status_bench DIRECTORY [ROOTS…]\n"), 2;
  std::vector<std::size_t> sizes{1'000, 10'000, 100'000, 1'000'000};
  if (count > 2) sizes.clear();
  for (int i = 2; i < count; ++i) sizes.push_back(std::strtoull(words[i], nullptr, 10));
  for (const std::size_t roots : sizes)
    for (const bool fails : {false, true}) {
      FixedClock clock;
      const std::string directory =
          std::string(words[1]) + "/" + std::to_string(roots) + (fails ? "-failing" : "");
      const bool built = std::filesystem::exists(directory + "/data.mdb");
      auto repository = Repository::open(directory, {}, {clock});
      must(repository);
      if (!built) build(**repository, roots, fails);
      const auto whole = static_cast<std::int64_t>(roots);
      const std::string name = std::to_string(roots) + (fails ? "_failing_" : "_");
      measure(**repository, clock, name + "none", first_ms - 1);
      measure(**repository, clock, name + "thousandth", first_ms + whole / 1000 - 1);
      measure(**repository, clock, name + "half", first_ms + whole / 2 - 1);
      measure(**repository, clock, name + "all", first_ms + whole);
    }
}
