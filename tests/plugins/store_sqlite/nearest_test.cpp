// The nearest rows are those of a comparison with every vector; where the vectors lie; and writers meanwhile, or killed.
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "tests/plugins/store_sqlite/support.hpp"

namespace base = freshet::base;
namespace ports = freshet::ports;
namespace fs = std::filesystem;
using freshet::testing::cosine;
using freshet::testing::drawn_vector;
using freshet::testing::id_of;
using freshet::testing::Row;
using freshet::testing::row;
using freshet::testing::Shape;
using freshet::testing::shapes;
using freshet::testing::StoreFixture;

namespace {

struct NearestFixture : StoreFixture {
  void vectors_of(std::size_t dimension) {
    REQUIRE(store->reset("ns", {}));
    REQUIRE(store->ensure({"ns", static_cast<std::uint32_t>(dimension), "m"}, {}));
  }
  void put_all(const std::vector<Row>& rows) {
    for (std::size_t at = 0; at < rows.size(); at += 500)
      REQUIRE(put({rows.begin() + static_cast<std::ptrdiff_t>(at),
                   rows.begin() + static_cast<std::ptrdiff_t>(std::min(at + 500, rows.size()))}));
  }
  std::vector<std::string> findings(std::size_t dimension) {
    const auto found = store->check({"ns", static_cast<std::uint32_t>(dimension), "m"}, true, {});
    INFO((found ? "" : base::to_string(found.error())));
    REQUIRE(found);
    return *found;
  }
};

// The k-th best score may be that of several rows; which of them are there does not matter, nor does what doubles round.
void check_nearest(const std::vector<ports::Hit>& found, const std::vector<Row>& rows,
                   const std::vector<float>& query, std::size_t k, const std::string& path = "") {
  constexpr double near = 1e-6;
  std::vector<double> scores;
  std::map<std::string, double> score_of;
  for (const Row& each : rows)
    if (path.empty() || each.path == path) {
      scores.push_back(cosine(query, each.vector));
      score_of[each.text] = scores.back();
    }
  std::sort(scores.rbegin(), scores.rend());
  REQUIRE(found.size() == std::min(k, scores.size()));
  std::set<std::string> once;
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK(found[i].score == Approx(scores[i]).margin(near));
    CHECK(found[i].score == Approx(score_of.at(found[i].text)).margin(near));
    CHECK(once.insert(found[i].text).second);
  }
}

int environment(const char* name, int otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::atoi(value);
}

}  // namespace

TEST_CASE_METHOD(NearestFixture, "the nearest are those of a comparison with all", "[nearest]") {
  std::mt19937 random(static_cast<unsigned>(environment("FRESHET_TEST_SEED", 11)));
  for (const std::size_t dimension : {1u, 3u, 100u, 1536u})
    for (const Shape shape : shapes) {
      INFO("dimension " << dimension << ", shape " << static_cast<int>(shape));
      vectors_of(dimension);
      std::vector<Row> rows;
      for (int i = 0; i < 600; ++i) {
        rows.push_back(row(std::to_string(i), std::to_string(i)));
        rows.back().path = i % 7 == 0 ? "seventh" : "other";
        rows.back().vector = i % 5 == 4 ? rows[rows.size() - 3].vector  // as another one
                                        : drawn_vector(random, shape, dimension);
      }
      put_all(rows);
      for (const std::uint32_t k : {1u, 10u, 100u, 1000u}) {
        const auto query = k == 10 ? rows[123].vector : drawn_vector(random, shape, dimension);
        check_nearest(*near(query, k), rows, query, k);
        check_nearest(*near(query, k, "", R"({"path":"seventh"})"), rows, query, k, "seventh");
      }
    }
}

TEST_CASE_METHOD(NearestFixture, "equal vectors come in the order of their rows", "[nearest]") {
  vectors_of(8);
  std::vector<Row> rows;
  for (int i = 0; i < 3000; ++i) {
    rows.push_back(row(std::to_string(i), std::to_string(i)));
    rows.back().vector = {1, 2, 3, 4, 5, 6, 7, 8};
  }
  put_all(rows);
  CHECK(texts(near({1, 2, 3, 4, 5, 6, 7, 8}, 5)) == "0|1|2|3|4");
  CHECK(near({-1, 0, 0, 0, 0, 0, 0, 0}, 3000)->size() == 3000);
}

// Large enough for several threads, each with a connection of its own.
TEST_CASE_METHOD(NearestFixture,
                 "a search sees one state of the rows, whatever is written meanwhile",
                 "[nearest]") {
  constexpr std::size_t dimension = 8192, count = 500;
  vectors_of(dimension);
  const auto all_pointing = [&](std::size_t axis) {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < count; ++i) {
      rows.push_back(row(std::to_string(i), std::to_string(i)));
      rows.back().vector.assign(dimension, 0);
      rows.back().vector[axis] = 1;
    }
    return rows;
  };
  const std::vector<Row> states[] = {all_pointing(0), all_pointing(1)};
  REQUIRE(put(states[0]));
  auto other = try_open(path());
  REQUIRE(other);
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0;
  std::thread searching([&] {
    ports::Search search;
    search.mode = ports::SearchMode::vector;
    search.vector = states[0][0].vector;
    search.limit = count;
    int searches = 0;
    while (!done || searches < 5) {
      const auto found = (*other)->search("ns", search, {});
      torn += !found || found->size() != count ||
              std::abs(found->front().score - found->back().score) > 1e-6;
      ++searches;
    }
  });
  for (int i = 1; i <= 6; ++i) CHECK(put(states[i % 2]));
  done = true;
  searching.join();
  CHECK(torn == 0);
}

TEST_CASE_METHOD(NearestFixture, "a search that can open no other connection does with its own",
                 "[nearest]") {
  constexpr std::size_t dimension = 8192, count = 500;
  vectors_of(dimension);
  std::vector<Row> rows;
  std::mt19937 random(3);
  for (std::size_t i = 0; i < count; ++i) {
    rows.push_back(row(std::to_string(i), std::to_string(i)));
    rows.back().vector = drawn_vector(random, Shape::normal, dimension);
  }
  put_all(rows);
  auto other = try_open(path());
  REQUIRE(other);
  ports::Search search;
  search.mode = ports::SearchMode::text;
  search.text = "7";
  search.limit = 1;
  REQUIRE((*other)->search("ns", search, {}));  // has a connection now
  search.mode = ports::SearchMode::vector;
  search.vector = rows[7].vector;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  REQUIRE(next >= 0);
  ::close(next);
  const rlimit none{static_cast<rlim_t>(next), before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto found = (*other)->search("ns", search, {});
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  INFO((found ? "" : base::to_string(found.error())));
  REQUIRE(found);
  CHECK(texts(found) == "7");
}

TEST_CASE_METHOD(NearestFixture, "places of removed rows are taken again, and holes are few",
                 "[nearest]") {
  constexpr std::size_t dimension = 1200;  // 64 places a block
  vectors_of(dimension);
  std::mt19937 random(5);
  std::vector<Row> rows;
  for (int i = 0; i < 640; ++i) {
    rows.push_back(row(std::to_string(i), std::to_string(i)));
    rows.back().vector = drawn_vector(random, Shape::normal, dimension);
  }
  put_all(rows);
  const auto size = [&] {
    open_again();  // which ends the log
    return fs::file_size(path());
  };
  const auto full = size();
  for (int round = 0; round < 3; ++round) {
    std::vector<std::string> ids;
    for (int i = 0; i < 100; ++i) ids.push_back(rows[static_cast<std::size_t>(i)].id);
    REQUIRE(remove(ids));
    put_all({rows.begin(), rows.begin() + 100});
  }
  CHECK(size() < full + full / 20);
  for (int i = 0; i < 640; i += 20) {  // removed from the front: the last rows move there
    std::vector<std::string> ids;
    for (int j = i; j < std::min(i + 20, 600); ++j)
      ids.push_back(rows[static_cast<std::size_t>(j)].id);
    REQUIRE(remove(ids));
    CHECK(findings(dimension).empty());
    const std::vector<Row> left(rows.begin() + std::min(i + 20, 600), rows.end());
    check_nearest(*near(rows[630].vector, 10), left, rows[630].vector, 10);
    CHECK(texts(hits("639")) == "639");
  }
  CHECK(count() == 40);
  store.reset();
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path().c_str(), &db) == SQLITE_OK);
  const auto number = [&](const char* sql) {
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_prepare_v2(db, sql, -1, &statement, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
    const auto value = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return value;
  };
  CHECK(number("SELECT count(*) FROM codes_2") <= 2);
  CHECK(number("SELECT count(*) FROM rests_2") <= 2);
  CHECK(number("SELECT count(*) FROM holes_2") <= 64);
  sqlite3_close(db);
}

TEST_CASE_METHOD(NearestFixture, "a removed vector is not left in the file", "[nearest]") {
  vectors_of(64);
  Row secret = row("a", "text");
  for (int i = 0; i < 64; ++i) secret.vector.push_back(static_cast<float>(127 - i));
  REQUIRE(put({secret}));
  const auto holds = [&](const std::string& bytes) {
    open_again();
    std::ifstream file(path(), std::ios::binary);
    const std::string all((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    return all.find(bytes) != std::string::npos;
  };
  std::string codes;
  for (int i = 0; i < 64; ++i) codes += static_cast<char>(127 - i);
  CHECK(holds(codes));
  REQUIRE(remove({secret.id}));
  CHECK_FALSE(holds(codes));
}

// Rows come in batches and go again, so that the last ones move; each batch comes and goes as a whole.
TEST_CASE_METHOD(NearestFixture,
                 "killed while it loads or compacts, the file is in step with what was confirmed",
                 "[nearest][kill]") {
  constexpr int dimension = 1200, batch_rows = 30, batches_a_cycle = 6;
  const int rounds = environment("FRESHET_STORE_KILLS", 20);
  std::mt19937 random(static_cast<unsigned>(environment("FRESHET_TEST_SEED", 5)));
  const auto batch_of = [&](int batch) {
    std::mt19937 own(static_cast<unsigned>(batch));
    std::vector<Row> rows;
    for (int i = 0; i < batch_rows; ++i) {
      const std::string name = std::to_string(batch) + " " + std::to_string(i);
      rows.push_back(row(name, name));
      rows.back().vector = drawn_vector(own, Shape::normal, dimension);
    }
    return rows;
  };
  const auto ids_of = [&](int batch) {
    std::vector<std::string> ids;
    for (const Row& each : batch_of(batch)) ids.push_back(each.id);
    return ids;
  };
  for (int round = 0; round < rounds; ++round) {
    INFO("round " << round);
    vectors_of(dimension);
    store.reset();
    int pipe_ends[2];
    REQUIRE(::pipe(pipe_ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto opened = try_open(path());
      if (!opened) _exit(3);
      store = *std::move(opened);
      for (int first = 0;; first += batches_a_cycle)
        for (int step = 0; step < 2 * batches_a_cycle - 1; ++step) {
          const bool puts = step < batches_a_cycle;
          const int batch = first + (puts ? step : step - batches_a_cycle);
          if (!(puts ? put(batch_of(batch)) : remove(ids_of(batch)))) _exit(4);
          if (::write(pipe_ends[1], "x", 1) != 1) _exit(5);
        }
    }
    ::close(pipe_ends[1]);
    char done = 0;
    int steps = 0;
    const int wanted = static_cast<int>(random() % 30);
    while (steps < wanted && ::read(pipe_ends[0], &done, 1) == 1) ++steps;
    ::usleep(static_cast<useconds_t>(random() % 4000));  // somewhere in the next one
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(pipe_ends[0], &done, 1) == 1) ++steps;
    ::close(pipe_ends[0]);
    open_again();
    CHECK(findings(dimension).empty());
    constexpr int steps_a_cycle = 2 * batches_a_cycle - 1;
    std::uint64_t rows = 0;
    for (int batch = 0; batch <= (steps / steps_a_cycle + 1) * batches_a_cycle; ++batch) {
      const int cycle = batch / batches_a_cycle, at = batch % batches_a_cycle;
      const int put_at = cycle * steps_a_cycle + at;
      const int removed_at = put_at + batches_a_cycle;
      const bool stays = at == batches_a_cycle - 1;
      const auto kept = *store->get("ns", ids_of(batch), {});
      rows += kept.size();
      const bool maybe = put_at == steps || (!stays && removed_at == steps);  // when it was killed
      const bool there = put_at < steps && (stays || removed_at >= steps);
      INFO("batch " << batch << " after " << steps << " steps");
      CHECK((kept.size() == (there ? batch_rows : 0) || (maybe && kept.size() % batch_rows == 0)));
      for (const Row& each : batch_of(batch))
        for (const auto& found : kept)
          if (found.id == each.id) CHECK(cosine(found.vector, each.vector) > 1 - 1e-9);
    }
    CHECK(count() == rows);
  }
}
