#include "core/ports/queue.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "core/base/cancel.hpp"
#include "tests/support/catch.hpp"

using namespace freshet;

TEST_CASE("a queue hands on in order, drains after close and refuses what comes later") {
  ports::BoundedQueue<int> queue(ports::thread_executor(), 3);
  CHECK_FALSE(queue.try_pop());
  CHECK((queue.push(1) && queue.push(2)));
  CHECK(queue.size() == 2);
  queue.close();
  CHECK_FALSE(queue.push(3));
  CHECK(queue.pop() == 1);
  CHECK(queue.pop() == 2);
  CHECK_FALSE(queue.pop());
}

TEST_CASE("a full queue makes its writers wait, and never holds more than its capacity") {
  ports::BoundedQueue<int> queue(ports::thread_executor(), 2);
  std::atomic<std::size_t> most{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> writers;
  for (int w = 0; w < 3; ++w)
    writers.emplace_back([&] {
      for (int i = 1; i <= 1000; ++i) refused += queue.push(int{i}) ? 0 : 1;
    });
  long sum = 0;
  for (int i = 0; i < 3000; ++i) {
    most = std::max(most.load(), queue.size());
    sum += *queue.pop();
  }
  for (auto& writer : writers) writer.join();
  CHECK(refused == 0);
  CHECK(sum == 3L * 500'500);
  CHECK(most <= 2);
}

TEST_CASE("close wakes those who wait, on both sides") {
  ports::BoundedQueue<int> full(ports::thread_executor(), 1);
  REQUIRE(full.push(1));
  ports::BoundedQueue<int> empty(ports::thread_executor(), 1);
  std::atomic<int> ended{0};
  std::thread writer([&] { ended += full.push(2) ? 0 : 1; });
  std::thread reader([&] { ended += empty.pop() ? 0 : 1; });
  full.close();
  empty.close();
  writer.join();
  reader.join();
  CHECK(ended == 2);
}

TEST_CASE("a queue without capacity has one place, rather than none for ever") {
  ports::BoundedQueue<int> queue(ports::thread_executor(), 0);
  CHECK(queue.push(1));
  CHECK(queue.pop() == 1);
}

TEST_CASE("a queue holds what can only be moved") {
  ports::BoundedQueue<std::unique_ptr<int>> queue(ports::thread_executor(), 1);
  CHECK(queue.push(std::make_unique<int>(5)));
  CHECK(**queue.pop() == 5);
}

TEST_CASE("copies of a cancel flag are one flag") {
  const base::Cancel cancel;
  const base::Cancel copy = cancel;
  CHECK_FALSE(copy.requested());
  cancel.request();
  CHECK(copy.requested());
}
