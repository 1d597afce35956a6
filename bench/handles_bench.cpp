// bench/handles_bench.cpp - what looking a handle up costs, from one thread and from two.
//
// Prints lines of "name value unit".
#include <freshet/freshet.h>

#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int calls = 5'000'000;

// Nanoseconds a call, as each thread sees it. The calls do next to nothing but find their object.
double look_up(const std::vector<freshet_document*>& one_a_thread) {
  const auto begin = Clock::now();
  std::vector<std::thread> threads;
  for (const freshet_document* document : one_a_thread)
    threads.emplace_back([document] {
      for (int i = 0; i < calls; ++i) freshet_document_section_count(document);
    });
  for (std::thread& thread : threads) thread.join();
  return std::chrono::duration<double, std::nano>(Clock::now() - begin).count() / calls;
}

}  // namespace

int main() {
  std::vector<freshet_document*> documents(2);
  for (freshet_document*& each : documents)
    if (freshet_document_new("u:a", "A", &each, nullptr) != FRESHET_OK) return 1;
  std::printf("handle_1_thread %.3g ns\n", look_up({documents[0]}));
  std::printf("handle_2_threads_own %.3g ns\n", look_up(documents));
  std::printf("handle_2_threads_same %.3g ns\n", look_up({documents[0], documents[0]}));
  for (freshet_document* each : documents) freshet_document_free(each);
}
