#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "tests/capi/support.hpp"

namespace freshet::capi_test {
namespace {

// Runs `check` in a forked child; 0 where all was as it should be, else the number of what was not.
template <typename Check>
int in_child(Check check) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(check());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

}  // namespace

TEST_CASE("a child process after fork gets misuse from everything, and frees nothing") {
  Store store;
  store.put("a", {"Some text."});
  freshet_error* old_error = some_error();
  const int wrong = in_child([&] {
    freshet_error* error = nullptr;
    std::int32_t exists = 0;
    if (freshet_repository_exists_root(store.repository, "a", &exists, &error) != FRESHET_E_MISUSE)
      return 1;
    if (freshet_error_code(error) != FRESHET_E_MISUSE) return 2;
    if (std::string(freshet_error_message(error)).find("fork") == std::string::npos) return 3;
    freshet_error_free(error);
    freshet_policy* policy = nullptr;
    if (freshet_policy_always(&policy, nullptr) != FRESHET_E_MISUSE || policy != nullptr) return 4;
    if (freshet_error_message(old_error) != std::string()) return 5;
    freshet_repository_close(store.repository);
    freshet_error_free(old_error);
    freshet_string_free(nullptr);
    if (freshet_version() != std::string(FRESHET_VERSION)) return 6;
    return 0;
  });
  CHECK(wrong == 0);
  CHECK(store.exists("a"));  // the parent is none the worse
  CHECK(freshet_error_code(old_error) == FRESHET_E_INVALID_ARGUMENT);
  freshet_error_free(old_error);
}

TEST_CASE("forking while other threads are inside of freshet leaves no lock behind") {
  Store store;
  std::atomic<bool> stop{false};
  std::thread busy([&] {
    while (!stop) {
      freshet_policy* policy = nullptr;
      freshet_policy_always(&policy, nullptr);
      freshet_policy_free(policy);
    }
  });
  for (int i = 0; i < 50; ++i) {
    const int wrong = in_child([] {
      ::alarm(5);  // a lock that nobody will ever release
      freshet_policy* policy = nullptr;
      freshet_error* error = nullptr;
      const freshet_status status = freshet_policy_always(&policy, &error);
      freshet_policy_free(policy);
      freshet_error_free(error);
      return status == FRESHET_E_MISUSE ? 0 : 1;
    });
    CHECK(wrong == 0);
  }
  stop = true;
  busy.join();
}

}  // namespace freshet::capi_test
