#include <thread>

#include "tests/capi/support.hpp"

namespace freshet::capi_test {

TEST_CASE("an error names the path of the option and the nearest known key") {
  Folder folder;
  freshet_repository* repository = nullptr;
  Failure failure;
  CHECK(freshet_repository_open(folder.path("r").c_str(), R"({"namespce":"x"})", &repository,
                                failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(repository == nullptr);
  CHECK(failure.subject() == "namespce");
  CHECK(failure.message() == "is not a known key; did you mean \"namespace\"?");
  CHECK(std::string(freshet_error_to_string(failure.get())) == "namespce: " + failure.message());
  CHECK(freshet_error_retry_after_ms(failure.get()) == -1);
  CHECK(freshet_error_attempts(failure.get()) == 0);
  CHECK(freshet_error_cause(failure.get()) == nullptr);
  CHECK(freshet_error_plugin(failure.get()) == std::string());

  CHECK(freshet_repository_open(folder.path("r").c_str(), R"({"http":{"timeout":5}})", &repository,
                                failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "http.timeout");
}

TEST_CASE("options that are no JSON object are refused") {
  freshet_reader* reader = nullptr;
  Failure failure;
  for (const char* options : {"[]", "1", "null", "{", "", "{\"a\":1,\"a\":2}", "\xEF\xBB\xBF{}"}) {
    INFO(options);
    CHECK(freshet_reader_new(options, &reader, failure.out()) == FRESHET_E_INVALID_ARGUMENT);
    CHECK(failure.subject() == "options_json");
  }
  const std::string deep(100'000, '[');
  CHECK(freshet_reader_new(deep.c_str(), &reader, failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  const std::string large = "{\"a\":\"" + std::string(2 << 20, 'x') + "\"}";
  CHECK(freshet_reader_new(large.c_str(), &reader, failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.message() == "larger than 1 MiB");
}

TEST_CASE("a successful call leaves no error behind") {
  freshet_error* error = reinterpret_cast<freshet_error*>(std::uintptr_t{1});
  freshet_policy* policy = nullptr;
  CHECK(freshet_policy_always(&policy, &error) == FRESHET_OK);
  CHECK(error == nullptr);
  freshet_policy_free(policy);
}

TEST_CASE("what is no live error reads as nothing") {
  freshet_error* error = some_error();
  freshet_error_free(error);
  for (const freshet_error* dead :
       {static_cast<const freshet_error*>(nullptr), static_cast<const freshet_error*>(error)}) {
    CHECK(freshet_error_code(dead) == FRESHET_E_MISUSE);
    CHECK(freshet_error_message(dead) == std::string());
    CHECK(freshet_error_subject(dead) == std::string());
    CHECK(freshet_error_to_string(dead) == std::string());
    CHECK(freshet_error_plugin(dead) == std::string());
    CHECK(freshet_error_retry_after_ms(dead) == -1);
    CHECK(freshet_error_cause(dead) == nullptr);
  }
}

TEST_CASE("an error may be read by another thread than the one that failed") {
  freshet_error* error = some_error();
  std::string seen;
  std::thread([&] { seen = freshet_error_to_string(error); }).join();
  CHECK(seen == freshet_error_to_string(error));
  freshet_error_free(error);
}

TEST_CASE("an error repeats no credential of the URL that it names") {
  Store store;
  Failure failure;
  freshet_root* root = nullptr;
  CHECK(freshet_repository_find_root(store.repository,
                                     "https://u:S3cr3tCanary@h.example/?token=S3cr3tCanary&a=1",
                                     &root, failure.out()) == FRESHET_E_NOT_FOUND);
  CHECK(failure.subject() == "https://***@h.example/?token=***&a=1");
  CHECK(std::string(freshet_error_to_string(failure.get())).find("Canary") == std::string::npos);
}

TEST_CASE("a password of the configuration is known from then on") {
  Folder folder;
  freshet_repository* repository = nullptr;
  Failure failure;
  CHECK(freshet_repository_open(folder.path("r").c_str(),
                                R"({"http":{"proxy":"ftp://u:pr0xyCanary@h/"}})", &repository,
                                failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(std::string(freshet_error_to_string(failure.get())).find("Canary") == std::string::npos);
  char* shown = nullptr;
  REQUIRE_OK(freshet_string_redact("said PR0XYCANARY%21", &shown, out_error));
  CHECK(take(shown) == "said ***%21");
}

TEST_CASE("a text is redacted for people, and one that is no text is refused") {
  char* shown = nullptr;
  REQUIRE_OK(freshet_string_redact("http://h/?token=abc&page=2", &shown, out_error));
  CHECK(take(shown) == "http://h/?token=***&page=2");
  REQUIRE_OK(freshet_string_redact("nothing to hide", &shown, out_error));
  CHECK(take(shown) == "nothing to hide");
  Failure failure;
  CHECK(freshet_string_redact(nullptr, &shown, failure.out()) == FRESHET_E_MISUSE);
  CHECK(freshet_string_redact("\xff", &shown, failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(shown == nullptr);
  CHECK(freshet_string_redact("a", nullptr, failure.out()) == FRESHET_E_MISUSE);
}

TEST_CASE("every status has a name, and only passing trouble is transient") {
  CHECK(freshet_status_name(FRESHET_OK) == std::string("ok"));
  CHECK(freshet_status_name(FRESHET_E_RATE_LIMITED) == std::string("rate_limited"));
  CHECK(freshet_status_name(-5) == std::string("unknown"));
  CHECK(freshet_status_is_transient(FRESHET_E_NETWORK) == 1);
  CHECK(freshet_status_is_transient(FRESHET_E_CANCELLED) == 0);
  CHECK(freshet_status_is_transient(FRESHET_E_PARSE) == 0);
  CHECK(freshet_outcome_name(FRESHET_OUTCOME_REFRESHED) == std::string("refreshed"));
  CHECK(freshet_outcome_name(99) == std::string("unknown"));
}

TEST_CASE("the library is the version that its headers say") {
  CHECK(freshet_version() == std::string(FRESHET_VERSION));
  CHECK(freshet_version_number() == FRESHET_VERSION_NUMBER);
}

}  // namespace freshet::capi_test
