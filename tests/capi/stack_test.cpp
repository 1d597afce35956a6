// Every part of the API on a thread with a small stack, with the deepest content that is allowed.
#include <pthread.h>

#include <functional>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t small_stack = 512 << 10;  // a sanitizer's frames are larger
#else
constexpr std::size_t small_stack = 128 << 10;
#endif

void run_on_small_stack(std::function<void()> body) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  REQUIRE(pthread_attr_setstacksize(&attributes, small_stack) == 0);
  pthread_t id{};
  const auto run = [](void* raw) -> void* {
    (*static_cast<std::function<void()>*>(raw))();
    return nullptr;
  };
  const int started = pthread_create(&id, &attributes, run, &body);
  pthread_attr_destroy(&attributes);
  if (started == 0) pthread_join(id, nullptr);
  REQUIRE(started ==
          0);  // not before: the body makes assertions, too, and Catch takes one at a time
}

std::string repeat(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::string nested_list() {
  std::string all;
  for (int i = 0; i < 600; ++i) all += std::string(2 * static_cast<std::size_t>(i), ' ') + "- x\n";
  return all;
}

std::string nested_document(int levels) {
  std::string inner = R"({"title":"a","text":"t"})";
  for (int i = 1; i < levels; ++i) inner = R"({"title":"a","sections":[)" + inner + "]}";
  return R"({"uri":"x","sections":[)" + inner + "]}";
}

struct Sample {
  const char* media_type;
  std::string content;
};

std::vector<Sample> samples() {
  return {{"text/html", repeat("<div>", 100'000) + "x"},
          {"text/html", repeat("<ul><li>", 50'000) + "x"},
          {"text/html", repeat("<table><tr><td>", 10'000) + "x"},
          {"text/html", repeat("<b>", 50'000) + "x"},
          {"text/html", repeat("<a>", 50'000) + "x"},
          {"text/html", repeat("<font>", 5'000) + "<p>x"},
          {"text/markdown", std::string(50'000, '>') + "x"},
          {"text/markdown", std::string(50'000, '[') + "x"},
          {"text/markdown", repeat("*a **b ", 5'000)},
          {"text/markdown", nested_list()},
          {"text/plain", repeat("word ", 10'000)}};
}

freshet_reader* new_reader() {
  freshet_reader* reader = nullptr;
  REQUIRE_OK(freshet_reader_new(nullptr, &reader, out_error));
  return reader;
}

}  // namespace

TEST_CASE("the deepest content is read on a thread with a small stack") {
  const auto all = samples();
  run_on_small_stack([&] {
    freshet_reader* reader = new_reader();
    for (const Sample& sample : all) {
      freshet_document* document = nullptr;
      Failure failure;
      const freshet_status status =
          freshet_reader_read(reader, sample.content.data(), sample.content.size(), "http://x/y",
                              sample.media_type, nullptr, &document, failure.out());
      INFO(sample.media_type << " " << sample.content.substr(0, 20));
      CHECK((status == FRESHET_OK || status == FRESHET_E_LIMIT));
      char* json = nullptr;
      if (status == FRESHET_OK) REQUIRE_OK(freshet_document_to_json(document, &json, out_error));
      freshet_string_free(json);
      freshet_document_free(document);
    }
    freshet_reader_free(reader);
  });
}

TEST_CASE("a directory tree of the deepest kind is read on a thread with a small stack") {
  const Folder folder;
  std::string deep = "d";
  for (int i = 1; i < 520; ++i) deep += "/d";
  folder.write("d/a.md", "# Near\n\nThe surface.\n");
  folder.write(deep + "/b.md", "# Deep\n\nToo far down.\n");
  run_on_small_stack([&] {
    freshet_reader* reader = new_reader();
    int documents = 0;
    char* report = nullptr;
    REQUIRE_OK(freshet_reader_read_directory(
        reader, folder.path().c_str(), nullptr,
        [](void* count, const freshet_document*) -> freshet_status {
          ++*static_cast<int*>(count);
          return FRESHET_OK;
        },
        &documents, nullptr, &report, out_error));
    CHECK(documents == 1);
    CHECK(take(report).find("deeper than 512 directories") != std::string::npos);
    freshet_reader_free(reader);
  });
}

TEST_CASE("a document of the deepest nesting is stored and given back on a small stack") {
  run_on_small_stack([] {
    Store store;
    freshet_document* document = nullptr;
    Failure failure;
    CHECK(freshet_document_from_json(nested_document(5000).c_str(), &document, failure.out()) !=
          FRESHET_OK);
    REQUIRE_OK(freshet_document_from_json(nested_document(30).c_str(), &document, out_error));
    REQUIRE_OK(freshet_repository_write_document(store.repository, document, nullptr, nullptr,
                                                 nullptr, out_error));
    freshet_document_free(document);
    REQUIRE_OK(freshet_repository_read_document(store.repository, "x", &document, out_error));
    char* json = nullptr;
    REQUIRE_OK(freshet_document_to_json(document, &json, out_error));
    CHECK(Json::parse(take(json))["sections"].size() == 1);
    freshet_document_free(document);
  });
}

TEST_CASE("a run, a query, a check and a backup work on a thread with a small stack") {
  run_on_small_stack([] {
    Site site;
    site.write(1, std::string(3'000, '>') + "Glaciers move slowly downhill.");
    CHECK(site.run()["refreshed"] == 3);
    CHECK_FALSE(site.answers("rivers").empty());
    site.check();
    char* json = nullptr;
    REQUIRE_OK(freshet_repository_status(site.store.repository, &json, out_error));
    freshet_string_free(json);
    REQUIRE_OK(freshet_store_repair(site.store.repository, nullptr, &json, out_error));
    freshet_string_free(json);
    REQUIRE_OK(freshet_repository_backup(
        site.store.repository, site.store.folder.path("backup").c_str(), nullptr, out_error));
    freshet_plugins* plugins = nullptr;
    REQUIRE_OK(freshet_plugins_open(nullptr, &plugins, out_error));
    CHECK(freshet_plugins_count(plugins) > 0);
    freshet_plugins_free(plugins);
  });
}

}  // namespace freshet::capi_test
