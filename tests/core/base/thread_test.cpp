#include "core/base/thread.hpp"

#include <pthread.h>

#include <atomic>
#include <stdexcept>

#include "core/base/directory.hpp"
#include "tests/support/catch.hpp"

using namespace freshet;

namespace {

// Of the current thread; 0 where it is not told.
std::size_t stack_size() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* end = nullptr;
  std::size_t size = 0;
  pthread_attr_getstack(&attributes, &end, &size);
  pthread_attr_destroy(&attributes);
  return size;
}

// Runs `body`, which makes no assertion, on a thread of the application with a stack of this size.
template <typename Body>
void run_on_stack(std::size_t bytes, Body body) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  REQUIRE(pthread_attr_setstacksize(&attributes, bytes) == 0);
  pthread_t id{};
  const auto run = [](void* raw) -> void* { return (*static_cast<Body*>(raw))(), nullptr; };
  const int problem = pthread_create(&id, &attributes, run, &body);
  pthread_attr_destroy(&attributes);
  if (problem == 0) pthread_join(id, nullptr);
  REQUIRE(problem == 0);
}

}  // namespace

TEST_CASE("a thread is joined by its owner, and started again") {
  std::atomic<int> runs{0};
  base::Thread thread;
  CHECK_FALSE(thread.joinable());
  REQUIRE(thread.start("test", [&] { ++runs; }));
  REQUIRE(thread.start("test", [&] { ++runs; }));
  thread.join();
  CHECK(runs == 2);
  thread.join();
  {
    base::Thread left;
    REQUIRE(left.start("test", [&] { ++runs; }));
  }
  CHECK(runs == 3);
}

TEST_CASE("what a thread's body throws ends the body and nothing else") {
  base::Thread thread;
  REQUIRE(thread.start("test", [] { throw std::runtime_error("thrown"); }));
  thread.join();
}

TEST_CASE("a thread knows that it is the current one") {
  base::Thread thread;
  std::atomic<bool> current{false};
  REQUIRE(thread.start("test", [&] { current = thread.is_current(); }));
  thread.join();
  CHECK(current);
  CHECK_FALSE(thread.is_current());
}

TEST_CASE("threads of the library have one stack size, whoever starts them") {
  base::Status started;
  std::size_t size = 0;
  run_on_stack(128 << 10, [&] {
    base::Thread thread;
    started = thread.start("test", [&] { size = stack_size(); });
  });
  REQUIRE(started);
  CHECK(size >= base::thread_stack_bytes);
}

TEST_CASE("a thread works for the task of the thread that started it") {
  const base::TaskScope task(5);
  std::uint64_t inherited = 0, within = 0;
  base::Thread thread;
  REQUIRE(thread.start("test", [&] {
    inherited = base::current_task();
    const base::TaskScope other(6);
    within = base::current_task();
  }));
  thread.join();
  CHECK(inherited == 5);
  CHECK(within == 6);
  CHECK(base::current_task() == 5);
}

TEST_CASE("what needs stack runs where there is some") {
  const auto deep = [] {
    volatile char used[512 << 10];
    for (std::size_t i = 0; i < sizeof used; i += 1024) used[i] = 1;
    return base::Status{};
  };
  CHECK(base::run_with_stack(deep));
  base::Status ran;
  run_on_stack(128 << 10, [&] { ran = base::run_with_stack(deep); });
  CHECK(ran);
  const base::Status failed =
      base::run_with_stack([]() -> base::Status { throw std::runtime_error("thrown"); });
  CHECK(failed.error().message == "thrown");
}

TEST_CASE("an exception is an error of its kind, and takes no memory where there is none") {
  const auto error_of = [](auto thrown) {
    return base::guarded([&]() -> base::Status { throw thrown; }).error();
  };
  CHECK(error_of(std::bad_alloc()).code == base::Code::out_of_memory);
  CHECK(error_of(std::runtime_error("why")).code == base::Code::internal);
  CHECK(error_of(std::runtime_error("why")).message == "why");
  CHECK(error_of(5).code == base::Code::internal);
  CHECK(base::guarded([]() -> base::Status { return {}; }));
}

TEST_CASE("a directory that cannot be read says why") {
  std::error_code problem;
  CHECK(base::list_directory("/nowhere/at/all", problem).empty());
  CHECK(problem == std::errc::no_such_file_or_directory);
  CHECK_FALSE(base::list_directory("/", problem).empty());
  CHECK_FALSE(problem);
}
