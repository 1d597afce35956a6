// bench/repository_bench.cpp - what the repository costs at a million roots.
//
//   repository_bench [directory] [roots]
//
// Builds the repository unless it is there, then prints lines of "name value unit".
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "core/policy/policy.hpp"
#include "core/repository/repository.hpp"

namespace {

using namespace freshet;
using repository::Digest;
using repository::Repository;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t start_ms = 1'700'000'000'000;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void print(const char* name, double value, const char* unit) {
  std::printf("%s %.4g %s\n", name, value, unit);
  std::fflush(stdout);
}

[[noreturn]] void die(const base::Error& error) {
  std::fprintf(stderr, "%s\n", base::to_string(error).c_str());
  std::exit(1);
}

template <typename T>
T must(base::Result<T> result) {
  if (!result) die(result.error());
  return *std::move(result);
}

void must(const base::Status& status) {
  if (!status) die(status.error());
}

std::string uri_of(std::size_t i) {
  char text[80];
  std::snprintf(text, sizeof text, "https://docs.example.org/en/latest/reference/page-%09zu.html",
                i);
  return text;
}

std::shared_ptr<Repository> open(const std::string& directory) {
  return must(Repository::open(directory, {}));
}

// Roots as failures of a first read: the smallest record there is; the first hundred are due.
void build(const std::string& directory, std::size_t roots) {
  constexpr std::size_t batch = 10'000;
  const auto repository = open(directory);
  const auto begin = Clock::now();
  for (std::size_t from = 0; from < roots; from += batch)
    repository->write_later(
        [from, roots](repository::Writer& writer) -> base::Status {
          for (std::size_t i = from; i < std::min(from + batch, roots); ++i) {
            repository::Failure failure;
            failure.uri = uri_of(i);
            failure.error = {base::Code::timeout, "first read", "", -1, 0, nullptr};
            failure.now = {start_ms};
            failure.ask_again = repository::fixed({i < 100 ? start_ms : start_ms + 1'000'000'000});
            FRESHET_TRY(writer.fail(failure));
          }
          return {};
        },
        [](base::Status status) { must(status); });
  must(repository->write([](repository::Writer&) { return base::Status{}; }));
  print("build", static_cast<double>(roots) / seconds_since(begin), "roots/s");
}

// In a process of its own: nothing of it is warm but the page cache.
void open_cold(const std::string& directory) {
  std::vector<double> times;
  for (int i = 0; i < 9; ++i) {
    int pipe_ends[2];
    if (pipe(pipe_ends) != 0) std::abort();
    const pid_t child = fork();
    if (child == 0) {
      const auto begin = Clock::now();
      const auto repository = open(directory);
      must(repository->read());
      const double time = seconds_since(begin);
      if (write(pipe_ends[1], &time, sizeof time) != sizeof time) std::abort();
      _exit(0);
    }
    double time = 0;
    if (read(pipe_ends[0], &time, sizeof time) != sizeof time) std::abort();
    waitpid(child, nullptr, 0);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    times.push_back(time);
  }
  std::sort(times.begin(), times.end());
  print("open", times[times.size() / 2] * 1e3, "ms");
}

void open_verified(const std::string& directory) {
  repository::OpenOptions options;
  options.verify = true;
  const auto begin = Clock::now();
  must(Repository::open(directory, options));
  print("open_verified", seconds_since(begin) * 1e3, "ms");
}

void visit(const Repository& repository, std::size_t roots, bool sorted, bool decide) {
  std::vector<Digest> ids;
  for (std::size_t i = 0; i < roots; ++i) ids.push_back(model::root_id(uri_of(i)));
  if (sorted) std::sort(ids.begin(), ids.end());
  const auto policy = policy::ttl(std::chrono::hours(24));
  std::size_t refresh = 0, found = 0;
  const auto begin = Clock::now();
  for (std::size_t from = 0; from < roots; from += 65'536) {
    const auto snapshot = must(repository.read());
    const std::size_t count = std::min<std::size_t>(65'536, roots - from);
    must(snapshot.roots({ids.data() + from, count},
                        [&](std::size_t, const repository::RootView* root) {
                          if (root == nullptr) return;
                          ++found;
                          if (!decide) return;
                          policy::Known known;
                          known.uri = root->uri;
                          known.exists = root->exists();
                          known.ingested = root->ingested;
                          known.checked = root->checked;
                          known.changed = root->changed;
                          refresh += policy->decide(known, {start_ms})->refresh ? 1 : 0;
                        }));
  }
  const double time = seconds_since(begin);
  if (found != roots || (decide && refresh != roots)) std::abort();
  const std::string name =
      std::string("roots_") + (sorted ? "sorted" : "unsorted") + (decide ? "_decided" : "");
  print(name.c_str(), time * 1e6 / static_cast<double>(roots), "us/root");
}

void due(const Repository& repository) {
  constexpr int rounds = 1000;
  const auto begin = Clock::now();
  for (int i = 0; i < rounds; ++i)
    if (must(must(repository.read()).due({start_ms}, 100)).size() != 100) std::abort();
  print("due_100", seconds_since(begin) * 1e6 / rounds, "us");
}

model::Document document_of(std::size_t i) {
  model::Document document;
  document.uri = "bench:" + std::to_string(i);
  document.title = "Title";
  for (int s = 0; s < 8; ++s) {
    model::Section section;
    section.title = "Section " + std::to_string(s);
    section.text = std::to_string(i) + std::string(1200, 'x');
    document.children.push_back(std::move(section));
  }
  model::finish(document);
  return document;
}

// Documents of eight chunks, each in a work of its own, from several threads.
void commits(Repository& repository, std::size_t threads, std::size_t each) {
  static std::atomic<std::size_t> next{0};
  std::vector<std::thread> writers;
  const auto begin = Clock::now();
  for (std::size_t t = 0; t < threads; ++t)
    writers.emplace_back([&] {
      for (std::size_t i = 0; i < each; ++i) {
        const model::Document document = document_of(next++);
        std::vector<model::Chunk> chunks;
        for (const model::Section* leaf : model::leaves(document)) {
          model::Chunk chunk;
          chunk.text = model::render(*leaf);
          chunk.parent_id = leaf->id;
          chunk.span = leaf->span;
          chunks.push_back(std::move(chunk));
        }
        model::set_ids(document.uri, chunks);
        must(repository.write([&](repository::Writer& writer) -> base::Status {
          repository::DocumentWrite write;
          write.document = &document;
          write.chunks = &chunks;
          write.now = {start_ms};
          write.ask_again = repository::fixed({start_ms + 2'000'000'000});
          FRESHET_TRY(writer.put_document(write));
          return {};
        }));
      }
    });
  for (std::thread& writer : writers) writer.join();
  const std::string name = "commits_" + std::to_string(threads) + "_threads";
  print(name.c_str(), static_cast<double>(threads * each) / seconds_since(begin), "documents/s");
}

void see(Repository& repository, std::size_t roots) {
  repository::Source source;
  source.id = base::digest_of("bench");
  source.name = "bench";
  must(repository.write([&](repository::Writer& writer) { return writer.put_source(source); }));
  const std::uint64_t generation =
      static_cast<std::uint64_t>(Clock::now().time_since_epoch().count());
  std::vector<Digest> ids;
  for (std::size_t i = 0; i < std::min<std::size_t>(roots, 100'000); ++i)
    ids.push_back(model::root_id(uri_of(i)));
  std::sort(ids.begin(), ids.end());
  for (const char* name : {"see", "see_again"}) {
    const auto begin = Clock::now();
    must(repository.write([&](repository::Writer& writer) -> base::Status {
      FRESHET_TRY(writer.see(source.id, generation, ids));
      return {};
    }));
    print(name, seconds_since(begin) * 1e6 / static_cast<double>(ids.size()), "us/root");
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string directory = argc > 1 ? argv[1] : "/tmp/freshet-bench";
  const std::size_t roots = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
  if (access((directory + "/data.mdb").c_str(), F_OK) != 0) build(directory, roots);
  open_cold(directory);
  open_verified(directory);
  const auto repository = open(directory);
  visit(*repository, roots, true, false);
  visit(*repository, roots, true, true);
  visit(*repository, roots, false, true);
  due(*repository);
  see(*repository, roots);
  for (const std::size_t threads : {1u, 4u, 16u}) commits(*repository, threads, 1000 / threads);
}
