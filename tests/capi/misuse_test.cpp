// Every function of the C API, called with handles and pointers that are wrong.
#include <atomic>
#include <functional>
#include <random>
#include <thread>
#include <vector>

#include "tests/capi/support.hpp"

namespace freshet::capi_test {
namespace {

// The functions by the handle they take first, called with that handle and otherwise good
// arguments.
using Call = std::function<freshet_status(void* handle, freshet_error** out_error)>;
struct Named {
  const char* name;
  Call call;
};

template <typename T>
T* as(void* handle) {
  return static_cast<T*>(handle);
}

std::vector<Named> repository_calls() {
  using R = freshet_repository;
  static freshet_root* root;
  static freshet_roots* roots;
  static freshet_document* document;
  static freshet_chunks* chunks;
  static freshet_element* element;
  static freshet_refresh* refresh;
  static freshet_hits* hits;
  static char* text;
  static std::int32_t number;
  static std::uint64_t count;
  static freshet_repository_info info = FRESHET_REPOSITORY_INFO_INIT;
  static const char* const id = "00000000000000000000000000000000";
  return {
      {"info_get",
       [](void* h, auto** e) { return freshet_repository_info_get(as<R>(h), &info, e); }},
      {"status", [](void* h, auto** e) { return freshet_repository_status(as<R>(h), &text, e); }},
      {"find_root",
       [](void* h, auto** e) { return freshet_repository_find_root(as<R>(h), "u", &root, e); }},
      {"exists_root",
       [](void* h, auto** e) { return freshet_repository_exists_root(as<R>(h), "u", &number, e); }},
      {"list_roots",
       [](void* h, auto** e) { return freshet_repository_list_roots(as<R>(h), &roots, e); }},
      {"delete",
       [](void* h, auto** e) {
         return freshet_repository_delete_root_and_descendants(as<R>(h), "u", &count, e);
       }},
      {"exclude",
       [](void* h, auto** e) {
         return freshet_repository_exclude(as<R>(h), &id, 1, nullptr, &count, e);
       }},
      {"explain_root",
       [](void* h, auto** e) {
         return freshet_explain_root(as<R>(h), "u", nullptr, nullptr, &text, e);
       }},
      {"include",
       [](void* h, auto** e) { return freshet_repository_include(as<R>(h), &id, 1, e); }},
      {"list_excluded",
       [](void* h, auto** e) { return freshet_repository_list_excluded(as<R>(h), &text, e); }},
      {"set_flags",
       [](void* h, auto** e) { return freshet_repository_set_flags(as<R>(h), "u", "{}", e); }},
      {"write_document",
       [](void* h, auto** e) {
         return freshet_repository_write_document(as<R>(h), nullptr, nullptr, nullptr, nullptr, e);
       }},
      {"read_document",
       [](void* h, auto** e) {
         return freshet_repository_read_document(as<R>(h), "u", &document, e);
       }},
      {"find_chunks",
       [](void* h, auto** e) {
         return freshet_repository_find_chunks(as<R>(h), &id, 1, &chunks, e);
       }},
      {"root_chunks",
       [](void* h, auto** e) { return freshet_repository_root_chunks(as<R>(h), "u", &chunks, e); }},
      {"expand",
       [](void* h, auto** e) { return freshet_repository_expand(as<R>(h), id, 1, 1, &chunks, e); }},
      {"find_element",
       [](void* h, auto** e) {
         return freshet_repository_find_element(as<R>(h), id, &element, e);
       }},
      {"path_from_root",
       [](void* h, auto** e) { return freshet_repository_path_from_root(as<R>(h), id, &text, e); }},
      {"check",
       [](void* h, auto** e) { return freshet_repository_check(as<R>(h), nullptr, &text, e); }},
      {"backup",
       [](void* h, auto** e) {
         return freshet_repository_backup(as<R>(h), "/nowhere", nullptr, e);
       }},
      {"backup_take",
       [](void* h, auto** e) {
         return freshet_backup_take(as<R>(h), "/nowhere", nullptr, nullptr, &text, e);
       }},
      {"refresh_start",
       [](void* h, auto** e) {
         return freshet_refresh_start(as<R>(h), "{}", nullptr, nullptr, &refresh, e);
       }},
      {"refresh_run",
       [](void* h, auto** e) {
         return freshet_refresh_run(as<R>(h), "{}", nullptr, nullptr, &refresh, e);
       }},
      {"store_verify",
       [](void* h, auto** e) {
         return freshet_store_verify(as<R>(h), nullptr, nullptr, &text, e);
       }},
      {"store_repair",
       [](void* h, auto** e) { return freshet_store_repair(as<R>(h), nullptr, &text, e); }},
      {"store_deliver",
       [](void* h, auto** e) { return freshet_store_deliver(as<R>(h), nullptr, &text, e); }},
      {"store_reset", [](void* h, auto** e) { return freshet_store_reset(as<R>(h), nullptr, e); }},
      {"repository_name_policy",
       [](void* h, auto** e) {
         return freshet_repository_name_policy(as<R>(h), "name", nullptr, e);
       }},
      {"namespaces_list",
       [](void* h, auto** e) { return freshet_namespaces_list(as<R>(h), &text, e); }},
      {"namespaces_drop",
       [](void* h, auto** e) {
         return freshet_namespaces_drop(as<R>(h), "none", nullptr, nullptr, e);
       }},
      {"query_vector",
       [](void* h, auto** e) {
         static const float one = 1;
         return freshet_query_vector(as<R>(h), &one, 1, nullptr, nullptr, &hits, e);
       }},
      {"embed",
       [](void* h, auto** e) {
         static freshet_vectors* vectors;
         static const char* const words = "words";
         return freshet_embed(as<R>(h), nullptr, &words, 1, 0, nullptr, &vectors, e);
       }},
      {"query_run",
       [](void* h, auto** e) {
         return freshet_query_run(as<R>(h), "words", nullptr, nullptr, &hits, e);
       }},
  };
}

std::vector<Named> other_calls() {
  static freshet_root* root;
  static freshet_root_info root_info = FRESHET_ROOT_INFO_INIT;
  static freshet_chunk_info chunk_info = FRESHET_CHUNK_INFO_INIT;
  static freshet_element_info element_info = FRESHET_ELEMENT_INFO_INIT;
  static freshet_section section = FRESHET_SECTION_INIT;
  static freshet_hit hit = FRESHET_HIT_INIT;
  static freshet_event event = FRESHET_EVENT_INIT;
  static freshet_refresh_counts counts = FRESHET_REFRESH_COUNTS_INIT;
  static freshet_plugin_info plugin_info = FRESHET_PLUGIN_INFO_INIT;
  static freshet_decision decision = FRESHET_DECISION_INIT;
  static freshet_root_result result = FRESHET_ROOT_RESULT_INIT;
  static freshet_document* document;
  static const char* borrowed;
  static char* text;
  static std::size_t size;
  static std::int32_t number;
  using D = freshet_document;
  using F = freshet_refresh;
  return {
      {"roots_next",
       [](void* h, auto** e) { return freshet_roots_next(as<freshet_roots>(h), &root, e); }},
      {"root_get",
       [](void* h, auto** e) { return freshet_root_get(as<freshet_root>(h), &root_info, e); }},
      {"chunks_get",
       [](void* h, auto** e) {
         return freshet_chunks_get(as<freshet_chunks>(h), 0, &chunk_info, e);
       }},
      {"element_get",
       [](void* h, auto** e) {
         return freshet_element_get(as<freshet_element>(h), &element_info, e);
       }},
      {"add_section",
       [](void* h, auto** e) {
         return freshet_document_add_section(as<D>(h), 0, "t", nullptr, 1, nullptr, e);
       }},
      {"set_text",
       [](void* h, auto** e) { return freshet_document_set_text(as<D>(h), 1, "t", 1, e); }},
      {"set_metadata",
       [](void* h, auto** e) { return freshet_document_set_metadata(as<D>(h), "{}", e); }},
      {"finish", [](void* h, auto** e) { return freshet_document_finish(as<D>(h), e); }},
      {"section",
       [](void* h, auto** e) { return freshet_document_section(as<D>(h), 1, &section, e); }},
      {"text",
       [](void* h, auto** e) { return freshet_document_text(as<D>(h), &borrowed, &size, e); }},
      {"metadata", [](void* h, auto** e) { return freshet_document_metadata(as<D>(h), &text, e); }},
      {"document_to_json",
       [](void* h, auto** e) { return freshet_document_to_json(as<D>(h), &text, e); }},
      {"reader_read",
       [](void* h, auto** e) {
         return freshet_reader_read(as<freshet_reader>(h), "x", 1, "u", nullptr, nullptr, &document,
                                    e);
       }},
      {"reader_read_file",
       [](void* h, auto** e) {
         return freshet_reader_read_file(as<freshet_reader>(h), "/x", nullptr, &document, e);
       }},
      {"reader_read_url",
       [](void* h, auto** e) {
         return freshet_reader_read_url(as<freshet_reader>(h), nullptr, "http://x.example/",
                                        nullptr, &document, e);
       }},
      {"reader_read_directory",
       [](void* h, auto** e) {
         return freshet_reader_read_directory(as<freshet_reader>(h), "/x", nullptr, nullptr,
                                              nullptr, nullptr, &text, e);
       }},
      {"policy_to_json",
       [](void* h, auto** e) { return freshet_policy_to_json(as<freshet_policy>(h), &text, e); }},
      {"policy_decide",
       [](void* h, auto** e) {
         return freshet_policy_decide(as<freshet_policy>(h), nullptr, "u", &decision, e);
       }},
      {"policy_should_reread",
       [](void* h, auto** e) {
         return freshet_policy_should_reread(as<freshet_policy>(h), nullptr, "u", &number, e);
       }},
      {"policy_should_refresh_document",
       [](void* h, auto** e) {
         return freshet_policy_should_refresh_document(as<freshet_policy>(h), nullptr, nullptr,
                                                       &number, e);
       }},
      {"policy_ingest_if_needed",
       [](void* h, auto** e) {
         return freshet_policy_ingest_if_needed(as<freshet_policy>(h), nullptr, nullptr, "u",
                                                nullptr, &document, e);
       }},
      {"refresh_next_event",
       [](void* h, auto** e) { return freshet_refresh_next_event(as<F>(h), 0, &event, e); }},
      {"refresh_wait", [](void* h, auto** e) { return freshet_refresh_wait(as<F>(h), 0, e); }},
      {"refresh_cancel", [](void* h, auto** e) { return freshet_refresh_cancel(as<F>(h), e); }},
      {"refresh_counts_get",
       [](void* h, auto** e) { return freshet_refresh_counts_get(as<F>(h), &counts, e); }},
      {"refresh_exit_code",
       [](void* h, auto** e) { return freshet_refresh_exit_code(as<F>(h), &number, e); }},
      {"refresh_report",
       [](void* h, auto** e) { return freshet_refresh_report(as<F>(h), &borrowed, &size, e); }},
      {"hits_get",
       [](void* h, auto** e) { return freshet_hits_get(as<freshet_hits>(h), 0, &hit, e); }},
      {"hits_to_json",
       [](void* h, auto** e) { return freshet_hits_to_json(as<freshet_hits>(h), &text, e); }},
      {"refresh_event_fd",
       [](void* h, auto** e) { return freshet_refresh_event_fd(as<F>(h), &number, e); }},
      {"refresh_next_root",
       [](void* h, auto** e) { return freshet_refresh_next_root(as<F>(h), &result, e); }},
      {"vectors_get",
       [](void* h, auto** e) {
         static const float* vector;
         return freshet_vectors_get(as<freshet_vectors>(h), 0, &vector, e);
       }},
      {"cancel_request",
       [](void* h, auto** e) { return freshet_cancel_request(as<freshet_cancel>(h), e); }},
      {"plugins_get",
       [](void* h, auto** e) {
         return freshet_plugins_get(as<freshet_plugins>(h), 0, &plugin_info, e);
       }},
      {"plugins_list",
       [](void* h, auto** e) { return freshet_plugins_list(as<freshet_plugins>(h), &text, e); }},
  };
}

std::vector<Named> all_calls() {
  auto all = repository_calls();
  for (Named& call : other_calls()) all.push_back(std::move(call));
  return all;
}

void check_values(void* handle) {
  CHECK(freshet_chunks_count(as<freshet_chunks>(handle)) == 0);
  CHECK(freshet_hits_count(as<freshet_hits>(handle)) == 0);
  CHECK(freshet_plugins_count(as<freshet_plugins>(handle)) == 0);
  CHECK(freshet_vectors_count(as<freshet_vectors>(handle)) == 0);
  CHECK(freshet_vectors_dimension(as<freshet_vectors>(handle)) == 0);
  CHECK(freshet_vectors_model(as<freshet_vectors>(handle)) == std::string());
  CHECK(freshet_document_section_count(as<freshet_document>(handle)) == 0);
  CHECK(freshet_document_uri(as<freshet_document>(handle)) == std::string());
  CHECK(freshet_document_title(as<freshet_document>(handle)) == std::string());
}

void free_as_everything_but_error(void* handle) {
  freshet_repository_close(as<freshet_repository>(handle));
  freshet_root_free(as<freshet_root>(handle));
  freshet_roots_free(as<freshet_roots>(handle));
  freshet_chunks_free(as<freshet_chunks>(handle));
  freshet_element_free(as<freshet_element>(handle));
  freshet_document_free(as<freshet_document>(handle));
  freshet_reader_free(as<freshet_reader>(handle));
  freshet_policy_free(as<freshet_policy>(handle));
  freshet_refresh_free(as<freshet_refresh>(handle));
  freshet_hits_free(as<freshet_hits>(handle));
  freshet_plugins_free(as<freshet_plugins>(handle));
  freshet_cancel_free(as<freshet_cancel>(handle));
  freshet_vectors_free(as<freshet_vectors>(handle));
}

}  // namespace

TEST_CASE("every function answers NULL with misuse, and says which argument it was") {
  for (const Named& function : all_calls()) {
    INFO(function.name);
    Failure failure;
    CHECK(function.call(nullptr, failure.out()) == FRESHET_E_MISUSE);
    CHECK(freshet_error_code(failure.get()) == FRESHET_E_MISUSE);
    CHECK(failure.message() == "is NULL");
    CHECK_FALSE(failure.subject().empty());
    CHECK(function.call(nullptr, nullptr) == FRESHET_E_MISUSE);  // out_error may be NULL
  }
  check_values(nullptr);
  free_as_everything_but_error(nullptr);
}

TEST_CASE("every function answers a handle of another type with misuse, and leaves it alone") {
  // No function takes an error first but the error's own, so it is the wrong type everywhere.
  freshet_error* const wrong = some_error();
  for (const Named& function : all_calls()) {
    INFO(function.name);
    Failure failure;
    CHECK(function.call(wrong, failure.out()) == FRESHET_E_MISUSE);
    CHECK(failure.message() == "is a handle of another type: error");
  }
  check_values(wrong);
  free_as_everything_but_error(wrong);
  CHECK(freshet_error_code(wrong) == FRESHET_E_INVALID_ARGUMENT);  // still alive
  freshet_error_free(wrong);
}

TEST_CASE("every function answers pointers that never were handles with misuse") {
  int on_the_stack = 0;
  const auto on_the_heap = std::make_unique<int>(0);
  for (void* foreign :
       {static_cast<void*>(&on_the_stack), static_cast<void*>(on_the_heap.get()),
        reinterpret_cast<void*>(std::uintptr_t{1}), reinterpret_cast<void*>(~std::uintptr_t{0})}) {
    for (const Named& function : all_calls()) {
      INFO(function.name);
      Failure failure;
      CHECK(function.call(foreign, failure.out()) == FRESHET_E_MISUSE);
      CHECK(failure.message() == "is no handle of freshet");
    }
    check_values(foreign);
    free_as_everything_but_error(foreign);
    freshet_error_free(as<freshet_error>(foreign));
    freshet_string_free(as<char>(foreign));
  }
}

TEST_CASE("a freed handle is misuse, also when its place was taken by another") {
  freshet_policy* policy = nullptr;
  REQUIRE_OK(freshet_policy_always(&policy, out_error));
  freshet_policy_free(policy);
  freshet_policy* next = nullptr;  // the last of so many that one of them lies where it was
  std::vector<freshet_policy*> others;
  for (int i = 0; i < 100; ++i) {
    REQUIRE_OK(freshet_policy_always(&next, out_error));
    CHECK(next != policy);
    others.push_back(next);
  }
  char* text = nullptr;
  Failure failure;
  CHECK(freshet_policy_to_json(policy, &text, failure.out()) == FRESHET_E_MISUSE);
  CHECK(failure.message() == "was freed");
  freshet_policy_free(policy);  // a second time
  REQUIRE_OK(freshet_policy_to_json(next, &text, out_error));
  CHECK(take(text) == "\"always\"");
  for (freshet_policy* each : others) freshet_policy_free(each);
}

TEST_CASE("handles that are made, used and freed on several threads are each other's in nothing") {
  std::atomic<int> wrong{0};
  const auto work = [&](bool always) {
    for (int i = 0; i < 2000; ++i) {
      std::vector<freshet_policy*> made(8);
      for (freshet_policy*& each : made)
        wrong += (always ? freshet_policy_always(&each, nullptr)
                         : freshet_policy_never_existing(&each, nullptr)) != FRESHET_OK;
      for (freshet_policy* each : made) {
        char* json = nullptr;
        wrong += freshet_policy_to_json(each, &json, nullptr) != FRESHET_OK;
        wrong += take(json) != (always ? "\"always\"" : "\"never\"");
        freshet_policy_free(each);
        wrong += freshet_policy_to_json(each, &json, nullptr) != FRESHET_E_MISUSE;
      }
    }
  };
  std::thread one(work, true), two(work, false);
  one.join();
  two.join();
  CHECK(wrong == 0);
}

TEST_CASE("a required out parameter that is NULL is misuse") {
  Failure failure;
  CHECK(freshet_policy_always(nullptr, failure.out()) == FRESHET_E_MISUSE);
  CHECK(failure.subject() == "out_policy");
  CHECK(freshet_repository_open("/tmp", nullptr, nullptr, failure.out()) == FRESHET_E_MISUSE);
  CHECK(failure.subject() == "out_repository");
  CHECK(freshet_document_new("u", nullptr, nullptr, failure.out()) == FRESHET_E_MISUSE);
  CHECK(freshet_document_from_json("{}", nullptr, failure.out()) == FRESHET_E_MISUSE);
  CHECK(freshet_reader_new(nullptr, nullptr, failure.out()) == FRESHET_E_MISUSE);
  CHECK(freshet_plugins_open(nullptr, nullptr, failure.out()) == FRESHET_E_MISUSE);
  CHECK(freshet_plugins_check("/x", nullptr, nullptr, nullptr, failure.out()) == FRESHET_E_MISUSE);
  CHECK(freshet_policy_custom(nullptr, nullptr, failure.out()) == FRESHET_E_MISUSE);
  CHECK(freshet_cancel_new(nullptr, failure.out()) == FRESHET_E_MISUSE);
  CHECK(failure.subject() == "out_cancel");
}

TEST_CASE("a required text that is NULL is misuse, and one that is not UTF-8 is refused") {
  const char* const bad = "\xC3(";
  Failure failure;
  freshet_repository* repository = nullptr;
  freshet_document* document = nullptr;
  CHECK(freshet_repository_open(nullptr, nullptr, &repository, failure.out()) == FRESHET_E_MISUSE);
  CHECK(freshet_repository_open(bad, nullptr, &repository, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.message() == "is not valid UTF-8");
  CHECK(repository == nullptr);
  CHECK(freshet_document_new(nullptr, nullptr, &document, failure.out()) == FRESHET_E_MISUSE);
  CHECK(freshet_document_new(bad, nullptr, &document, failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(freshet_document_new("u", bad, &document, failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "title");
  CHECK(document == nullptr);
  freshet_policy* policy = nullptr;
  CHECK(freshet_policy_from_json(nullptr, &policy, failure.out()) == FRESHET_E_MISUSE);
  CHECK(freshet_policy_from_json("\"\xFF\"", &policy, failure.out()) == FRESHET_E_INVALID_ARGUMENT);
}

TEST_CASE("a size that cannot be is misuse") {
  freshet_reader* reader = nullptr;
  REQUIRE_OK(freshet_reader_new(nullptr, &reader, out_error));
  freshet_document* document = nullptr;
  Failure failure;
  CHECK(freshet_reader_read(reader, "x", SIZE_MAX, "u", nullptr, nullptr, &document,
                            failure.out()) == FRESHET_E_MISUSE);
  CHECK(freshet_reader_read(reader, nullptr, 1, "u", nullptr, nullptr, &document, failure.out()) ==
        FRESHET_E_MISUSE);
  REQUIRE_OK(
      freshet_reader_read(reader, nullptr, 0, "u", "text/plain", nullptr, &document, out_error));
  freshet_document_free(document);
  freshet_reader_free(reader);
}

TEST_CASE("a struct whose size was not set is misuse, a smaller and a larger one are served") {
  Store store;
  Failure failure;
  freshet_repository_info info = FRESHET_REPOSITORY_INFO_INIT;
  info.struct_size = 0;
  CHECK(freshet_repository_info_get(store.repository, &info, failure.out()) == FRESHET_E_MISUSE);
  info.struct_size = SIZE_MAX;
  CHECK(freshet_repository_info_get(store.repository, &info, failure.out()) == FRESHET_E_MISUSE);
  CHECK(failure.subject() == "out_info");

  // An older caller knows fewer members: what lies behind them is not touched.
  info.struct_size = offsetof(freshet_repository_info, roots);
  info.roots = 77;
  REQUIRE_OK(freshet_repository_info_get(store.repository, &info, out_error));
  CHECK(info.struct_size == offsetof(freshet_repository_info, roots));
  CHECK(info.roots == 77);

  // A newer caller knows more: they are zero.
  struct Newer {
    freshet_repository_info known = FRESHET_REPOSITORY_INFO_INIT;
    std::uint64_t later = 99;
  } newer;
  newer.known.struct_size = sizeof newer;
  REQUIRE_OK(freshet_repository_info_get(store.repository, &newer.known, out_error));
  CHECK(newer.known.persistent == 1);
  CHECK(newer.later == 0);
}

TEST_CASE("texts are freed once, whatever is given to be freed") {
  freshet_policy* policy = nullptr;
  REQUIRE_OK(freshet_policy_always(&policy, out_error));
  char* text = nullptr;
  REQUIRE_OK(freshet_policy_to_json(policy, &text, out_error));
  freshet_policy_free(policy);
  freshet_string_free(text);
  freshet_string_free(text);
  freshet_string_free(nullptr);
  char mine[] = "mine";
  freshet_string_free(mine);
  CHECK(mine == std::string("mine"));
}

TEST_CASE("a hundred thousand random calls with random handles never crash") {
  std::mt19937_64 random(20261120);
  const auto calls = all_calls();
  Store store;
  std::vector<void*> handles{nullptr, store.repository, &store};
  const auto any = [&] { return handles[random() % handles.size()]; };
  std::uint64_t misused = 0;
  for (int i = 0; i < 100'000; ++i) {
    const auto pick = random() % 12;
    if (pick == 0 && handles.size() < 400) {
      freshet_document* document = nullptr;
      freshet_document_new("u", "t", &document, nullptr);
      handles.push_back(document);
    } else if (pick == 1 && handles.size() < 400) {
      freshet_policy* policy = nullptr;
      freshet_policy_ttl(static_cast<std::int64_t>(random() % 1000), &policy, nullptr);
      handles.push_back(policy);
    } else if (pick == 2 && handles.size() < 400) {
      handles.push_back(reinterpret_cast<void*>(random()));
      handles.push_back(reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(any()) ^
                                                std::uintptr_t{1} << random() % 64));
    } else if (pick == 3) {
      void* const handle = any();
      if (handle != store.repository) free_as_everything_but_error(handle);
    } else if (pick == 4) {
      freshet_error_free(as<freshet_error>(any()));
      freshet_error_to_string(as<freshet_error>(any()));
      freshet_error_free(const_cast<freshet_error*>(freshet_error_cause(as<freshet_error>(any()))));
    } else {
      void* handle = any();
      // Calls that write to disk are for handles that are wrong: the others are tested elsewhere.
      if (handle == store.repository) handle = reinterpret_cast<void*>(random());
      freshet_error* error = nullptr;
      if (calls[random() % calls.size()].call(handle, &error) == FRESHET_E_MISUSE) ++misused;
      freshet_error_free(error);
    }
  }
  CHECK(misused > 50'000);
  CHECK(store.info().roots == 0);  // whatever happened, this one still works
  for (void* handle : handles)
    if (handle != store.repository) free_as_everything_but_error(handle);
}

}  // namespace freshet::capi_test
