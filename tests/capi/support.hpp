// tests/capi/support.hpp - a folder of its own for each test, and short ways to call the C API.
#pragma once

#include <freshet/freshet.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "tests/support/catch.hpp"
#include "tests/support/places.hpp"

namespace freshet::capi_test {

using Json = nlohmann::json;

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "freshet-capi-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const std::string& name = "") const {
    return name.empty() ? path_ : path_ + "/" + name;
  }
  std::string write(const std::string& name, std::string_view text) const {
    const std::string file = path(name);
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }

 private:
  std::string path_;
};

// The error of one call, freed with it: CHECK(failure.of(freshet_…(…, failure.out())) ==
// FRESHET_E_…).
class Failure {
 public:
  ~Failure() { freshet_error_free(error_); }
  freshet_error** out() {
    freshet_error_free(error_);
    error_ = nullptr;
    return &error_;
  }
  const freshet_error* get() const { return error_; }
  std::string message() const { return freshet_error_message(error_); }
  std::string subject() const { return freshet_error_subject(error_); }

 private:
  freshet_error* error_ = nullptr;
};

#define REQUIRE_OK(expression)                                       \
  do {                                                               \
    ::freshet::capi_test::Failure failure_;                          \
    freshet_error** const out_error = failure_.out();                \
    const freshet_status status_ = (expression);                     \
    INFO(freshet_error_to_string(failure_.get()));                   \
    REQUIRE(freshet_status_name(status_) == std::string_view("ok")); \
  } while (false)

inline std::string take(char* text) {
  std::string copy = text != nullptr ? text : "";
  freshet_string_free(text);
  return copy;
}

// The error of a call that fails, for the caller to free.
inline freshet_error* some_error() {
  freshet_policy* policy = nullptr;
  freshet_error* error = nullptr;
  freshet_policy_from_json("{", &policy, &error);
  REQUIRE(error != nullptr);
  return error;
}

// Small enough that every section is a chunk of its own.
constexpr const char* one_chunk_a_section = R"({"chunker":{"max_chunk_size":50,"overlap_size":0}})";

// The options of a repository that knows the fixtures that break their contract.
inline const std::string with_fixtures_text =
    R"({"plugin_directories":[")" + testing::build_path("fixtures/faulty") + R"("]})";
inline const char* const with_fixtures = with_fixtures_text.c_str();

class ReaderHandle {
 public:
  ReaderHandle() { REQUIRE_OK(freshet_reader_new(nullptr, &reader_, out_error)); }
  ~ReaderHandle() { freshet_reader_free(reader_); }
  ReaderHandle(const ReaderHandle&) = delete;
  ReaderHandle& operator=(const ReaderHandle&) = delete;
  freshet_reader* get() const { return reader_; }

 private:
  freshet_reader* reader_ = nullptr;
};

// A repository in a folder of its own.
class Store {
 public:
  explicit Store(const char* options = nullptr) {
    REQUIRE_OK(freshet_repository_open(folder.path("repository").c_str(), options, &repository,
                                       out_error));
  }
  ~Store() { freshet_repository_close(repository); }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // A document with one section a text, stored.
  void put(const std::string& uri, const std::vector<std::string>& texts,
           const std::string& title = "Title") {
    freshet_document* document = nullptr;
    REQUIRE_OK(freshet_document_new(uri.c_str(), title.c_str(), &document, out_error));
    for (std::size_t i = 0; i < texts.size(); ++i) {
      std::uint32_t section = 0;
      const std::string heading = "Section " + std::to_string(i + 1);
      REQUIRE_OK(freshet_document_add_section(document, 0, heading.c_str(), nullptr, 1, &section,
                                              out_error));
      REQUIRE_OK(freshet_document_set_text(document, section, texts[i].data(), texts[i].size(),
                                           out_error));
    }
    REQUIRE_OK(freshet_document_finish(document, out_error));
    REQUIRE_OK(freshet_repository_write_document(repository, document, one_chunk_a_section, nullptr,
                                                 nullptr, out_error));
    freshet_document_free(document);
  }
  std::string flags(const std::string& uri) const {
    freshet_root* root = nullptr;
    freshet_root_info info = FRESHET_ROOT_INFO_INIT;
    REQUIRE_OK(freshet_repository_find_root(repository, uri.c_str(), &root, out_error));
    REQUIRE_OK(freshet_root_get(root, &info, out_error));
    const std::string flags = info.flags;
    freshet_root_free(root);
    return flags;
  }
  bool exists(const std::string& uri) const {
    std::int32_t exists = -1;
    REQUIRE_OK(freshet_repository_exists_root(repository, uri.c_str(), &exists, out_error));
    return exists == 1;
  }
  freshet_repository_info info() const {
    freshet_repository_info info = FRESHET_REPOSITORY_INFO_INIT;
    REQUIRE_OK(freshet_repository_info_get(repository, &info, out_error));
    return info;
  }

  Folder folder;
  freshet_repository* repository = nullptr;
};

}  // namespace freshet::capi_test
