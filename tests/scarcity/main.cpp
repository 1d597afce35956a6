// tests/scarcity/main.cpp - whole runs through the C API in which the k-th allocation, thread or
// descriptor cannot be had.
//
//   test_scarcity memory|threads|descriptors|places [COUNT [SEED [FIRST]]]
//
// COUNT values of k, spread over all there are from FIRST on, each alone, with the thirty after it
// or with all after it, by turns; 0: every one, each in all three ways. "places" takes the first
// allocation of each place in the code instead of each allocation.
//
// While it is short, every call has to come back, and no root may be removed; afterwards one run
// without failures has to leave repository and store in step, with every page as it is now.
#include <freshet/freshet.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/scarcity/hooks.hpp"
#include "tests/scarcity/page_server.hpp"

namespace freshet::scarcity {
namespace {

constexpr int pages = 6;
constexpr unsigned seconds_a_round = 120;
constexpr const char* shapes[] = {"alone", "with the thirty after it", "with all after it"};

char what_is_tried[256];  // told by a signal's handler, so it is always whole

void tell_and_die(int signal) {
  (void)!write(STDERR_FILENO, what_is_tried, strlen(what_is_tried));
  (void)!write(STDERR_FILENO, "\n", 1);
  ::signal(signal, SIG_DFL);
  raise(signal);
}

[[noreturn]] void fail(const std::string& why) {
  disarm();
  std::fprintf(stderr, "%s: %s\n", what_is_tried, why.c_str());
  std::exit(1);
}

class Folder {
 public:
  Folder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "freshet-scarcity-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
    std::filesystem::create_directory(path_ + "/site");
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path(const std::string& name) const { return path_ + "/" + name; }

  // Every page changes with every edition.
  void write_site(int edition) const {
    for (int page = 0; page < pages; ++page) {
      std::ofstream out(path("site/page" + std::to_string(page) + (page % 2 ? ".html" : ".md")));
      const std::string text = "Page " + std::to_string(page) + " speaks of rivers in its edition" +
                               std::to_string(edition) + " edition. ";
      if (page % 2 != 0) {
        out << "<html><head><title>A page</title></head><body><h1>A page</h1><p>" << text
            << "</p><table><tr><td>1</td><td>2</td></tr></table></body></html>\n";
      } else {
        for (int section = 0; section < 4; ++section)
          out << "# Section " << section << "\n\n"
              << text << "\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n";
      }
    }
  }

 private:
  std::string path_;
};

void count_event(void* payload, const freshet_event*) { ++*static_cast<int*>(payload); }

// Everything that a program does with a run. Nothing here asks whether it went well.
freshet_refresh_counts use_api(const std::string& directory, const std::string& config,
                               bool with_callback) {
  freshet_error* error = nullptr;
  freshet_repository* repository = nullptr;
  freshet_refresh* refresh = nullptr;
  freshet_refresh_counts counts = FRESHET_REFRESH_COUNTS_INIT;
  freshet_repository_open(directory.c_str(), nullptr, &repository, &error);
  freshet_error_free(error);
  int events = 0;
  freshet_call_options options = FRESHET_CALL_OPTIONS_INIT;
  options.on_event = count_event;
  options.payload = &events;
  freshet_refresh_start(repository, config.c_str(), nullptr, with_callback ? &options : nullptr,
                        &refresh, &error);
  freshet_error_free(error);
  freshet_event event = FRESHET_EVENT_INIT;
  while (!with_callback && freshet_refresh_next_event(refresh, -1, &event, nullptr) == FRESHET_OK &&
         event.kind != FRESHET_EVENT_NONE)
    ++events;
  freshet_refresh_wait(refresh, -1, &error);
  freshet_error_free(error);
  const char* report = nullptr;
  freshet_refresh_report(refresh, &report, nullptr, nullptr);
  freshet_refresh_counts_get(refresh, &counts, nullptr);
  freshet_refresh_free(refresh);
  freshet_hits* hits = nullptr;
  freshet_query_run(repository, "rivers", nullptr, nullptr, &hits, nullptr);
  freshet_hits_free(hits);
  char* json = nullptr;
  freshet_repository_status(repository, &json, nullptr);
  freshet_string_free(json);
  json = nullptr;
  freshet_repository_check(repository, nullptr, &json, nullptr);
  freshet_string_free(json);
  freshet_repository_close(repository);
  return counts;
}

void expect(freshet_status status, freshet_error* error, const char* what) {
  if (status != FRESHET_OK)
    fail(std::string(what) + " afterwards: " + freshet_error_to_string(error));
}

void expect_in(char* json, const char* words, const char* what) {
  if (std::strstr(json, words) == nullptr) fail(std::string(what) + " afterwards: " + json);
  freshet_string_free(json);
}

// What must be so once there is enough of everything again.
void check_all(const std::string& directory, const std::string& config, int edition) {
  freshet_error* error = nullptr;
  freshet_repository* repository = nullptr;
  expect(freshet_repository_open(directory.c_str(), nullptr, &repository, &error), error,
         "opening");
  freshet_refresh* refresh = nullptr;
  expect(freshet_refresh_run(repository, config.c_str(), nullptr, nullptr, &refresh, &error), error,
         "a run");
  std::int32_t code = -1;
  expect(freshet_refresh_exit_code(refresh, &code, &error), error, "an exit code");
  const char* report = nullptr;
  expect(freshet_refresh_report(refresh, &report, nullptr, &error), error, "a report");
  if (code != 0) fail(std::string("a run afterwards: ") + report);
  freshet_refresh_counts counts = FRESHET_REFRESH_COUNTS_INIT;
  expect(freshet_refresh_counts_get(refresh, &counts, &error), error, "counts");
  if (counts.removed != 0 || counts.pending != 0) fail(std::string("a run afterwards: ") + report);
  freshet_refresh_free(refresh);
  char* json = nullptr;
  expect(freshet_repository_check(repository, nullptr, &json, &error), error, "a check");
  expect_in(json, "\"ok\":true", "a check");
  expect(freshet_store_verify(repository, nullptr, nullptr, &json, &error), error, "a comparison");
  expect_in(json, "\"in_step\":true", "a comparison");
  freshet_hits* hits = nullptr;
  const std::string words = "edition" + std::to_string(edition);
  expect(freshet_query_run(repository, words.c_str(), R"({"mode":"text","limit":100})", nullptr,
                           &hits, &error),
         error, "a query");
  if (freshet_hits_count(hits) < pages)
    fail("a query afterwards has " + std::to_string(freshet_hits_count(hits)) + " hits");
  freshet_hits_free(hits);
  freshet_repository_close(repository);
}

class Campaign {
 public:
  Campaign(Resource resource, std::string name) : resource_(resource), name_(std::move(name)) {
    config_ = R"({"sources":[{"loader":"files","options":{"path":")" + folder_.path("site") +
              R"("}},{"loader":"url","options":{"urls":[")" + server_.url("/a.html") + "\",\"" +
              server_.url("/b.html") + R"("]}}],"embedder":"hash","jobs":4})";
  }

  void run_places(long count, unsigned seed, long first) {
    begin();
    for (int edition = 2; edition < 6; ++edition) {  // with threads, no two runs are alike
      prepare(edition);
      note_places();
      use_api(directory_, config_, edition % 2 == 0);
      disarm();
    }
    const std::vector<std::uint64_t> all = places();
    sweep(static_cast<long>(all.size()), count, seed, first,
          [&](long k, long more) { arm_place(all[static_cast<std::size_t>(k) - 1], more); });
  }

  void run(long count, unsigned seed, long first) {
    begin();
    sweep(measure(), count, seed, first,
          [&](long k, long more) { arm(resource_, k, more > LONG_MAX - k ? LONG_MAX : k + more); });
  }

 private:
  void begin() {
    prepare(1);
    check_all(directory_, config_, 1);
  }

  void prepare(int edition) {
    alarm(seconds_a_round);
    folder_.write_site(edition);
  }

  long measure() {
    prepare(2);
    arm(resource_, LONG_MAX, LONG_MAX);
    use_api(directory_, config_, false);
    return disarm();
  }

  template <typename Arm>
  void sweep(long all, long count, unsigned seed, long first, const Arm& arm_one) {
    std::printf("%s: %ld in a run\n", name_.c_str(), all);
    std::fflush(stdout);
    const long step = count == 0 || all <= count ? 1 : all / count;
    int round = static_cast<int>(seed);
    for (long k = first + static_cast<long>(seed) % step; k <= all; k += step)
      for (int shapes_left = count == 0 ? 3 : 1; shapes_left > 0; --shapes_left, ++round)
        attempt(
            k, round % 3, [&](long more) { arm_one(k, more); }, round);
    std::printf("%s: %d rounds\n", name_.c_str(), rounds_);
  }

  template <typename Arm>
  void attempt(long k, int shape, Arm&& arm_with, int round) {
    const int edition = 2 + ++rounds_;
    std::snprintf(what_is_tried, sizeof what_is_tried, "%s: number %ld fails, %s", name_.c_str(), k,
                  shapes[shape]);
    prepare(edition);
    arm_with(shape == 0 ? 0 : shape == 1 ? 30 : LONG_MAX);
    const freshet_refresh_counts counts = use_api(directory_, config_, round % 2 == 0);
    disarm();
    if (counts.removed != 0) fail("roots were removed");
    check_all(directory_, config_, edition);
  }

  const Resource resource_;
  const std::string name_;
  PageServer server_;
  Folder folder_;
  const std::string directory_ = folder_.path("repository");  // nothing is made while armed
  std::string config_;
  int rounds_ = 0;
};

int run(int count, char** arguments) {
  const std::string name = count > 1 ? arguments[1] : "";
  const char* const names[] = {"memory", "threads", "descriptors", "places"};
  const auto* const found = std::find(std::begin(names), std::end(names), name);
  if (found == std::end(names)) {
    std::fprintf(stderr,
                 "usage: test_scarcity memory|threads|descriptors|places [COUNT [SEED [FIRST]]]\n");
    return 2;
  }
  for (const int signal : {SIGALRM, SIGABRT, SIGSEGV, SIGBUS}) ::signal(signal, tell_and_die);
  const long most = count > 2 ? std::atol(arguments[2]) : 0;
  const unsigned seed = count > 3 ? static_cast<unsigned>(std::atoi(arguments[3])) : 1;
  const long first = count > 4 ? std::atol(arguments[4]) : 1;
  const bool of_places = name == "places";
  Campaign campaign(of_places ? Resource::memory : static_cast<Resource>(found - std::begin(names)),
                    name);
  if (of_places)
    campaign.run_places(most, seed, first);
  else
    campaign.run(most, seed, first);
  return 0;
}

}  // namespace
}  // namespace freshet::scarcity

int main(int count, char** arguments) { return freshet::scarcity::run(count, arguments); }
