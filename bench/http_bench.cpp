// bench/http_bench.cpp - small requests a second through the HTTP client, against a server on
// loopback.
//
//   http_bench URL [callers] [seconds]
//
// Every caller blocks in send(), as the engine's workers do. Prints one line.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include "core/net/client.hpp"
#include "core/net/url.hpp"

namespace {

using Clock = std::chrono::steady_clock;

struct Totals {
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> failures{0};
};

void call(freshet::ports::Http& http, const freshet::ports::HttpRequest& request,
          Clock::time_point end, Totals& totals) {
  const freshet::base::Cancel cancel;
  while (Clock::now() < end) {
    const auto response = http.send(request, cancel);
    ++(response && response->status == 200 ? totals.requests : totals.failures);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: http_bench URL [callers] [seconds]\n");
    return 2;
  }
  const int callers = argc > 2 ? std::atoi(argv[2]) : 16;
  const int seconds = argc > 3 ? std::atoi(argv[3]) : 5;
  freshet::net::ClientOptions options;
  options.per_host = static_cast<std::size_t>(callers);
  const auto http = freshet::net::make_client(options, freshet::ports::system_clock());
  freshet::ports::HttpRequest request;
  request.url = argv[1];
  request.private_origins = {freshet::net::origin_of(request.url)};

  Totals totals;
  const auto start = Clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < callers; ++i)
    threads.emplace_back(
        [&] { call(*http, request, start + std::chrono::seconds(seconds), totals); });
  for (std::thread& thread : threads) thread.join();
  const double took = std::chrono::duration<double>(Clock::now() - start).count();
  fmt::print("{} callers: {:.0f} requests/s, {} failures\n", callers,
             static_cast<double>(totals.requests) / took, totals.failures.load());
  return totals.failures > 0 ? 1 : 0;
}
