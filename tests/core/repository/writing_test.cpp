#include <future>
#include <stdexcept>
#include <thread>

#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {
namespace {

Status put_failure(Writer& writer, const std::string& uri) {
  Failure failure;
  failure.uri = uri;
  return writer.fail(failure);
}

}  // namespace

TEST_CASE("a work that fails undoes itself alone, though others are committed with it") {
  TempDir dir;
  const auto repository = open(dir / "r");
  std::promise<void> gate;
  std::shared_future<void> opened(gate.get_future());
  // The first holds up the writer, so that the others wait together.
  std::vector<std::future<Status>> results;
  const auto later = [&](std::function<Status(Writer&)> work) {
    auto promise = std::make_shared<std::promise<Status>>();
    results.push_back(promise->get_future());
    repository->write_later(std::move(work),
                            [promise](Status status) { promise->set_value(std::move(status)); });
  };
  later([opened](Writer& writer) {
    opened.wait();
    return put_failure(writer, "first");
  });
  for (int i = 0; i < 40; ++i)
    later([i](Writer& writer) -> Status {
      FRESHET_TRY(put_failure(writer, "u:" + std::to_string(i)));
      if (i % 4 == 1) return base::fail(Code::invalid_argument, "on purpose");
      if (i % 4 == 2) throw std::runtime_error("thrown on purpose");
      if (i % 4 == 3) throw std::bad_alloc();
      return {};
    });
  gate.set_value();
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Status status = results[i].get();
    const std::size_t kind = i == 0 ? 0 : (i - 1) % 4;
    if (kind == 0) CHECK(status);
    if (kind == 1) CHECK((!status && status.error().code == Code::invalid_argument));
    if (kind == 2) CHECK((!status && status.error().code == Code::internal));
    if (kind == 3) CHECK((!status && status.error().code == Code::out_of_memory));
  }
  CHECK(read(*repository).info()->roots == 11);
  check(*repository);
}

TEST_CASE("works that wait together are one commit, and those that do not fail are run once") {
  TempDir dir;
  const auto repository = open(dir / "r");
  std::promise<void> gate;
  std::shared_future<void> opened(gate.get_future());
  std::atomic<int> begun{0}, runs{0}, done{0};
  const auto count = [&](const Status& status) { done += status ? 1 : 0; };
  repository->write_later(
      [&, opened](Writer& writer) {
        ++begun;
        opened.wait();
        return put_failure(writer, "first");
      },
      count);
  while (begun == 0) std::this_thread::yield();
  const std::uint64_t before = repository->last_commit();
  for (int i = 0; i < 50; ++i)
    repository->write_later(
        [&, i](Writer& writer) {
          ++runs;
          return put_failure(writer, "u:" + std::to_string(i));
        },
        count, 1);
  repository->write_now();
  gate.set_value();
  put(*repository, [](Writer&) { return Status{}; });
  CHECK(done == 51);
  CHECK(runs == 50);
  CHECK(repository->last_commit() - before == 2);
  check(*repository);
}

TEST_CASE("works see what was written before them, and their own changes") {
  TempDir dir;
  const auto repository = open(dir / "r");
  for (int i = 0; i < 100; ++i)
    repository->write_later(
        [i](Writer& writer) -> Status {
          FRESHET_ASSIGN(const Info info, writer.read().info());
          if (info.roots != static_cast<std::uint64_t>(i))
            return base::fail(Code::internal, "out of order");
          FRESHET_TRY(put_failure(writer, "u:" + std::to_string(i)));
          FRESHET_ASSIGN(const auto own,
                         writer.read().root(model::root_id("u:" + std::to_string(i))));
          return own ? Status{} : Status(base::fail(Code::internal, "own change not seen"));
        },
        [](Status status) {
          if (!status) std::abort();
        });
  put(*repository, [](Writer&) { return Status{}; });
  CHECK(read(*repository).info()->roots == 100);
}

TEST_CASE("a write inside a write is refused") {
  TempDir dir;
  const auto repository = open(dir / "r");
  Status inner;
  put(*repository, [&](Writer&) -> Status {
    inner = repository->write([](Writer&) { return Status{}; });
    return {};
  });
  REQUIRE_FALSE(inner);
  CHECK(inner.error().code == Code::misuse);
}

TEST_CASE("an error that the work ignores is not committed over") {
  TempDir dir;
  const auto repository = open(dir / "r", options(1u << 20));
  const std::string large(4u << 20, 'x');
  const Status status = repository->write([&](Writer& writer) -> Status {
    (void)writer.put_document(write_of(make("u:large", {{"1", large}})));
    return {};
  });
  REQUIRE_FALSE(status);
  CHECK(status.error().code == Code::full);
  CHECK(read(*repository).info()->roots == 0);
  put(*repository, make("u:small", {{"1", "x"}}));
  check(*repository);
}

TEST_CASE("a work too large to go with others goes alone") {
  TempDir dir;
  const auto repository = open(dir / "r", options(16u << 20));
  std::promise<void> gate;
  std::shared_future<void> opened(gate.get_future());
  std::atomic<int> good{0}, full{0};
  const auto count = [&](Status status) { ++(status ? good : full); };
  repository->write_later(
      [opened](Writer&) -> Status {
        opened.wait();
        return {};
      },
      count);
  const std::string text(6u << 20, 'x');  // two of them are more than the map holds
  const Made made = make("u:large", {{"1", text}});
  for (int i = 0; i < 3; ++i)
    repository->write_later(
        [&, i](Writer& writer) -> Status {
          if (i != 1) return put_failure(writer, "u:" + std::to_string(i));
          FRESHET_TRY(writer.put_document(write_of(made)));
          return {};
        },
        count);
  gate.set_value();
  put(*repository, [](Writer&) { return Status{}; });
  CHECK(good + full == 4);
  CHECK(read(*repository).root(model::root_id("u:0"))->has_value());
  CHECK(read(*repository).root(model::root_id("u:2"))->has_value());
  check(*repository);
}

TEST_CASE("many threads read and write at once") {
  TempDir dir;
  const auto repository = open(dir / "r");
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 40; ++i) {
        const Made made =
            make("u:" + std::to_string(t), {{"1", std::to_string(i)}, {"2", std::to_string(i)}});
        const Status status = repository->write([&](Writer& writer) -> Status {
          FRESHET_TRY(writer.put_document(write_of(made)));
          return {};
        });
        if (!status) ++wrong;
      }
    });
  for (int t = 0; t < 2; ++t)
    threads.emplace_back([&] {
      while (!stop) {
        const auto snapshot = repository->read();
        if (!snapshot) ++wrong;
        for (int u = 0; u < 3; ++u) {
          const auto document = snapshot->document("u:" + std::to_string(u));
          if (!document) ++wrong;
          // The old document or the new one, never parts of both.
          if (document && *document &&
              (*document)->children[0].text != (*document)->children[1].text)
            ++wrong;
        }
      }
    });
  for (int t = 0; t < 3; ++t) threads[static_cast<std::size_t>(t)].join();
  stop = true;
  threads[3].join();
  threads[4].join();
  CHECK(wrong == 0);
  check(*repository);
}

}  // namespace freshet::repository::test
