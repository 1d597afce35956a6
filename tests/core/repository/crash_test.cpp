// Processes that are killed, and processes that write at once.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <random>
#include <thread>

#include "tests/core/repository/support.hpp"

#ifndef __SANITIZE_THREAD__  // it does not follow threads into a forked child

namespace freshet::repository::test {
namespace {

std::string uri_of(std::uint32_t number) { return "u:" + std::to_string(number); }

Status put_number(Repository& repository, std::uint32_t number) {
  const Made made = make(uri_of(number % 50), {{"number", std::to_string(number)},
                                               {"body", std::string(number % 7000, 'x')}});
  return repository.write([&](Writer& writer) -> Status {
    FRESHET_TRY(writer.put_document(write_of(made)));
    return {};
  });
}

// Two threads write numbered documents, each its own numbers, and acknowledge what is durable.
[[noreturn]] void write_until_killed(const std::string& directory, std::uint32_t first, int acks) {
  const auto opened = Repository::open(directory, options());
  if (!opened) _exit(1);
  const auto loop = [&](std::uint32_t number) {
    for (;; number += 2) {
      if (!put_number(**opened, number)) _exit(2);
      if (::write(acks, &number, sizeof number) != sizeof number) _exit(3);
    }
  };
  std::thread other(loop, first + 1);
  loop(first);
  _exit(0);
}

std::vector<std::uint32_t> read_all(int pipe) {
  std::vector<std::uint32_t> numbers;
  std::uint32_t number = 0;
  while (::read(pipe, &number, sizeof number) == sizeof number) numbers.push_back(number);
  return numbers;
}

std::size_t kill_rounds() {
  const char* const wanted = std::getenv("FRESHET_KILL_ROUNDS");
  return wanted != nullptr ? std::strtoul(wanted, nullptr, 10) : 50;
}

std::uint32_t stored_number(const Snapshot& snapshot, std::uint32_t slot) {
  const auto document = snapshot.document(uri_of(slot));
  REQUIRE(document);
  if (!*document) return 0;
  return static_cast<std::uint32_t>(
      std::strtoul((*document)->children[0].text.c_str(), nullptr, 10));
}

}  // namespace

TEST_CASE("what was acknowledged is there after kill -9 at any instant") {
  TempDir dir;
  std::mt19937 random(11);
  std::uint32_t next = 1;
  std::vector<std::uint32_t> newest(50, 0);  // acknowledged, by slot
  std::size_t acknowledged = 0;
  for (std::size_t round = 0; round < kill_rounds(); ++round) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::close(ends[0]);
      write_until_killed(dir / "r", next, ends[1]);
    }
    ::close(ends[1]);
    usleep(std::uniform_int_distribution<useconds_t>(1'000, 40'000)(random));
    kill(child, SIGKILL);
    const auto numbers = read_all(ends[0]);
    ::close(ends[0]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    acknowledged += numbers.size();
    for (const std::uint32_t number : numbers) {
      newest[number % 50] = std::max(newest[number % 50], number);
      next = std::max(next, number + 1);
    }
    next += 4;  // what was not acknowledged may be stored all the same
    const auto repository = open(dir / "r");
    const auto snapshot = read(*repository);
    for (std::uint32_t slot = 0; slot < 50; ++slot)
      CHECK(stored_number(snapshot, slot) >= newest[slot]);
    check(*repository);
  }
  CHECK(acknowledged > kill_rounds());
}

TEST_CASE("several processes write to one directory at once") {
  TempDir dir;
  std::vector<pid_t> children;
  for (int c = 0; c < 3; ++c) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      for (std::uint32_t session = 0; session < 5; ++session) {  // opened and closed all the time
        const auto opened = Repository::open(dir / "r", options());
        if (!opened) _exit(1);
        for (std::uint32_t i = 0; i < 20; ++i) {
          const std::string uri =
              std::to_string(c) + "." + std::to_string(session) + "." + std::to_string(i);
          const Made made = make(uri, {{"1", uri}});
          if (!(*opened)->write([&](Writer& writer) -> Status {
                FRESHET_TRY(writer.put_document(write_of(made)));
                return {};
              }))
            _exit(2);
          const auto snapshot = (*opened)->read();
          if (!snapshot || !*snapshot->document(uri)) _exit(3);
        }
        const auto report = (*opened)->check();
        if (!report || report->problem_count != 0) _exit(4);
      }
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  const auto repository = open(dir / "r");
  CHECK(read(*repository).info()->documents == 300);
  check(*repository);
}

TEST_CASE("a reader that was killed does not keep its place") {
  TempDir dir;
  const auto repository = open(dir / "r");
  for (int round = 0; round < 3; ++round) {
    const int ended = in_child([&]() -> int {
      const auto own = Repository::open(dir / "r", options());
      if (!own) return 1;
      std::vector<Snapshot> held;
      for (int i = 0; i < 400; ++i) {
        auto snapshot = (*own)->read();
        if (!snapshot) return 2;
        held.push_back(*std::move(snapshot));
      }
      kill(getpid(), SIGKILL);
      return 3;
    });
    CHECK(ended == 1000 + SIGKILL);
  }
  CHECK(repository->read());
}

}  // namespace freshet::repository::test

#endif
