// The log of the process: the lines that no run and no call hears.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

// An embedder that has something to say about every request.
freshet_status chat(freshet_repository* repository, const freshet_call_options* call = nullptr) {
  const char* const text = "a";
  freshet_vectors* vectors = nullptr;
  const freshet_status status =
      freshet_embed(repository, R"({"embedder":"chatty"})", &text, 1, 0, call, &vectors, nullptr);
  freshet_vectors_free(vectors);
  return status;
}

struct Lines {
  Lines() { set(this); }
  ~Lines() { freshet_log_set(nullptr, nullptr, nullptr); }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  static void set(Lines* lines) {
    REQUIRE_OK(freshet_log_set(
        [](void* payload, std::int32_t level, const char* plugin, const char* message) {
          static_cast<Lines*>(payload)->take(level, plugin, message);
        },
        lines, out_error));
  }
  void take(std::int32_t level, const char* plugin, const char* message) {
    ++count;
    last_level = level;
    if (said.empty()) said = std::string(plugin) + ": " + message;
    if (then) then();
  }
  std::atomic<int> count{0}, last_level{-1};
  std::string said;
  std::function<void()> then;
};

}  // namespace

TEST_CASE("a line that nobody else hears is taken by the log") {
  const Site site(0, with_fixtures);
  Lines lines;
  REQUIRE(chat(site.store.repository) == FRESHET_OK);
  CHECK(lines.count == 1);
  CHECK(lines.last_level == FRESHET_LEVEL_WARNING);
  CHECK(lines.said.find("embeds with a chat") != std::string::npos);
  REQUIRE_OK(freshet_log_set(nullptr, nullptr, out_error));
  REQUIRE(chat(site.store.repository) == FRESHET_OK);
  CHECK(lines.count == 1);
}

TEST_CASE("a line that a call or a run hears is not for the log") {
  Site site(1, with_fixtures);
  Lines lines;
  int heard = 0;
  freshet_call_options call = FRESHET_CALL_OPTIONS_INIT;
  call.on_event = [](void* payload, const freshet_event* event) {
    *static_cast<int*>(payload) += event->kind == FRESHET_EVENT_LOG ? 1 : 0;
  };
  call.payload = &heard;
  REQUIRE(chat(site.store.repository, &call) == FRESHET_OK);
  CHECK(heard == 1);
  site.run({{"embedder", "chatty"}});
  CHECK(lines.count == 0);
}

TEST_CASE("the log may call freshet, hears nothing of that, and cannot set itself") {
  const Site site(0, with_fixtures);
  Lines lines;
  freshet_status again = FRESHET_E_INTERNAL, set = FRESHET_OK;
  lines.then = [&] {
    again = chat(site.store.repository);
    set = freshet_log_set(nullptr, nullptr, nullptr);
  };
  REQUIRE(chat(site.store.repository) == FRESHET_OK);
  CHECK(again == FRESHET_OK);
  CHECK(set == FRESHET_E_MISUSE);
  CHECK(lines.count == 1);
}

TEST_CASE("a log that was set anew is not running any more") {
  const Site site(0, with_fixtures);
  std::atomic<bool> over{false}, late{false};
  Lines lines;
  lines.said = "nothing more";  // which two threads may not write
  lines.then = [&] { late = late || over; };
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] {
      for (int each = 0; each < 50; ++each) chat(site.store.repository);
    });
  while (lines.count < 5) std::this_thread::yield();
  REQUIRE_OK(freshet_log_set(nullptr, nullptr, out_error));
  over = true;
  for (std::thread& thread : threads) thread.join();
  CHECK_FALSE(late);
}

}  // namespace freshet::capi_test
