#include "core/read/directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/read/file_access.hpp"
#include "tests/core/read/read_support.hpp"

namespace freshet::read {
namespace {

namespace fs = std::filesystem;

// A directory of its own, removed at the end.
class Tree {
 public:
  Tree() {
    std::string pattern = (fs::temp_directory_path() / "freshet-read-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    root_ = fs::canonical(pattern);
  }
  ~Tree() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  Tree& add(const std::string& name, const std::string& text = "words") {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name, std::ios::binary) << text;
    return *this;
  }
  const fs::path& root() const { return root_; }

 private:
  fs::path root_;
};

struct Reading {
  DirectoryResult result;
  std::vector<model::Document> documents;
};

base::Result<Reading> try_directory(const Tree& tree, const DirectoryOptions& options = {}) {
  Reading reading;
  const auto reader = make_reader();
  auto result = read_directory(
      tree.root().string(), options, *reader,
      [&](model::Document document) {
        reading.documents.push_back(std::move(document));
        return base::Status();
      },
      base::Cancel());
  if (!result) return base::fail(result.error());
  reading.result = *std::move(result);
  return reading;
}

Reading directory(const Tree& tree, const DirectoryOptions& options = {}) {
  auto reading = try_directory(tree, options);
  REQUIRE(reading);
  return *std::move(reading);
}

TEST_CASE("files are found, read in the order of their names and handed on") {
  Tree tree;
  tree.add("a.md", "# A\na\n# B\nb\n").add("b.txt", "text").add("sub/c.md", "# C\nc\n");
  const auto reading = directory(tree);
  CHECK(reading.result.total_files_found == 3);
  CHECK(reading.result.files_processed == 3);
  CHECK(reading.result.total_sections_extracted == 4);
  CHECK(reading.result.success());
  REQUIRE(reading.documents.size() == 3);
  CHECK(model::leaves(reading.documents[0]).size() == 2);
  CHECK(model::leaves(reading.documents[1]).size() == 1);
  CHECK(reading.documents[2].uri == file_uri((tree.root() / "sub/c.md").string()));
}

TEST_CASE("files that are too large are not counted") {
  Tree tree;
  tree.add("small.txt").add("large.txt", std::string(101, 'x'));
  DirectoryOptions options;
  options.max_file_size = 100;
  CHECK(directory(tree, options).result.total_files_found == 1);
}

TEST_CASE("excluded directories are not entered") {
  Tree tree;
  tree.add("a.md").add(".git/b.md").add("x/node_modules/c.md");
  CHECK(directory(tree).result.total_files_found == 1);
}

TEST_CASE("a file that cannot be read is an error, not a success") {
  Tree tree;
  tree.add("good.txt").add("bad.txt", std::string("\xFF\xFE\x00\xD8\x00\xD8\x00\xD8", 8));
  const auto reading = directory(tree);
  CHECK(reading.result.total_files_found == 2);
  CHECK(reading.result.files_processed == 1);
  CHECK(reading.result.files_errored == 1);
  CHECK(reading.result.files_skipped == 0);
  CHECK_FALSE(reading.result.success());
  REQUIRE(reading.result.errors.size() == 1);
  CHECK(reading.result.errors[0].path == "bad.txt");
  CHECK(reading.result.errors[0].error.code == base::Code::parse);
}

TEST_CASE("a file without permission is an error") {
  if (geteuid() == 0) {
    WARN("not tested: root may read every file");
    return;
  }
  Tree tree;
  tree.add("closed.txt");
  fs::permissions(tree.root() / "closed.txt", fs::perms::none);
  const auto reading = directory(tree);
  CHECK(reading.result.files_errored == 1);
  CHECK(reading.result.errors[0].error.code == base::Code::denied);
}

TEST_CASE("a file that nobody here reads is skipped and listed") {
  Tree tree;
  tree.add("a.pdf", "%PDF-1.4").add("b.txt");
  const auto reading = directory(tree);
  CHECK(reading.result.files_skipped == 1);
  CHECK(reading.result.success());
  REQUIRE(reading.result.skipped.size() == 1);
  CHECK(reading.result.skipped[0].path == "a.pdf");
  CHECK(reading.result.skipped[0].error.message == "no reader for application/pdf");
}

TEST_CASE("only the included extensions are read") {
  Tree tree;
  tree.add("a.kt").add("b.JAVA").add("c.py").add("README");
  DirectoryOptions options;
  options.included_extensions = {"kt", "java"};
  CHECK(directory(tree, options).result.total_files_found == 2);
  options.included_extensions = {""};
  CHECK(directory(tree, options).result.total_files_found == 1);
  options.included_extensions = {"*"};
  CHECK(directory(tree, options).result.total_files_found == 4);
}

TEST_CASE("the depth is limited") {
  Tree tree;
  tree.add("a.md").add("1/b.md").add("1/2/c.md");
  DirectoryOptions options;
  options.max_depth = 1;
  CHECK(directory(tree, options).result.total_files_found == 2);
  options.max_depth = 0;
  CHECK(directory(tree, options).result.total_files_found == 1);
}

TEST_CASE("a part of the directory can be read") {
  Tree tree;
  tree.add("a.md").add("docs/b.md").add("docs/c.md").add("project/src/main/d.kt");
  DirectoryOptions options;
  CHECK(directory(tree, options).result.total_files_found == 4);
  options.relative_path = "docs";
  CHECK(directory(tree, options).result.total_files_found == 2);
  options.relative_path = "project/src/main";
  CHECK(directory(tree, options).result.total_files_found == 1);
  options.relative_path = "missing";
  CHECK(try_directory(tree, options).error().code == base::Code::not_found);
  options.relative_path = "a.md";
  CHECK(try_directory(tree, options).error().code == base::Code::invalid_argument);
}

TEST_CASE("a part outside of the directory is refused") {
  Tree tree;
  tree.add("in/a.md").add("b.md");
  fs::create_directory_symlink(tree.root().parent_path(), tree.root() / "in/up");
  DirectoryOptions options;
  for (const char* path : {"..", "in/../..", "/etc", "in/up"}) {
    INFO(path);
    options.relative_path = path;
    const auto reading = try_directory(tree, options);
    REQUIRE_FALSE(reading);
    CHECK(reading.error().code == base::Code::invalid_argument);
    CHECK(reading.error().subject == "relative_path");
  }
}

TEST_CASE("links are followed only when asked for, and never out of the directory") {
  Tree outside;
  outside.add("secret.md");
  Tree tree;
  tree.add("dir/a.md");
  fs::create_symlink(outside.root() / "secret.md", tree.root() / "out.md");
  fs::create_directory_symlink(outside.root(), tree.root() / "outdir");
  fs::create_symlink(tree.root() / "dir/a.md", tree.root() / "in.md");
  fs::create_directory_symlink(tree.root(), tree.root() / "dir/loop");
  fs::create_symlink("nowhere.md", tree.root() / "dangling.md");
  CHECK(directory(tree).result.total_files_found == 1);
  DirectoryOptions options;
  options.follow_symlinks = true;
  const auto reading = directory(tree, options);
  CHECK(reading.result.total_files_found == 2);
  for (const auto& document : reading.documents) CHECK_FALSE(has(document.uri, "secret"));
}

TEST_CASE("pipes are not waited for") {
  Tree tree;
  REQUIRE(mkfifo((tree.root() / "pipe.md").c_str(), 0600) == 0);
  CHECK(directory(tree).result.total_files_found == 0);
  const auto bytes = read_file((tree.root() / "pipe.md").string(), 10);
  REQUIRE_FALSE(bytes);
  CHECK(bytes.error().code == base::Code::unsupported);
}

TEST_CASE("a file is read up to its limit, and not through a link") {
  Tree tree;
  tree.add("a.txt", "12345");
  fs::create_symlink("a.txt", tree.root() / "link.txt");
  CHECK(read_file((tree.root() / "a.txt").string(), 5).value() == "12345");
  CHECK(read_file((tree.root() / "a.txt").string(), 4).error().code == base::Code::limit);
  CHECK_FALSE(read_file((tree.root() / "link.txt").string(), 5));
  CHECK(read_file((tree.root() / "none").string(), 5).error().code == base::Code::not_found);
}

TEST_CASE("a missing directory, a cancellation and a refusal end the reading") {
  Tree tree;
  tree.add("a.md").add("b.md");
  const auto reader = make_reader();
  const OnDocument take = [](model::Document) { return base::Status(); };
  CHECK(read_directory("/no/such/place", {}, *reader, take, {}).error().code ==
        base::Code::not_found);
  base::Cancel cancel;
  const OnDocument cancelling = [&](model::Document) {
    cancel.request();
    return base::Status();
  };
  CHECK(read_directory(tree.root().string(), {}, *reader, cancelling, cancel).error().code ==
        base::Code::cancelled);
  const OnDocument refusing = [](model::Document) -> base::Status {
    return base::fail(base::Code::full, "no room");
  };
  CHECK(read_directory(tree.root().string(), {}, *reader, refusing, {}).error().code ==
        base::Code::full);
}

TEST_CASE("directory options are read strictly, and compare by value") {
  const auto options = parse_directory_options(
      base::Json::parse(
          R"({"included_extensions":[".KT","java"],"max_file_size":"1KiB","max_depth":2,"relative_path":"a/b"})"),
      "dir");
  REQUIRE(options);
  CHECK(options->included_extensions == std::vector<std::string>{"kt", "java"});
  CHECK(options->max_file_size == 1024);
  CHECK(options->excluded_directories == DirectoryOptions().excluded_directories);
  DirectoryOptions copy = *options;
  CHECK(copy == *options);
  copy.max_depth = 3;
  CHECK_FALSE(copy == *options);
  CHECK(parse_directory_options(base::Json::parse(R"({"relative_path":"../x"})"), "dir")
            .error()
            .subject == "dir.relative_path");
  CHECK(parse_directory_options(base::Json::parse(R"({"includedExtensions":[]})"), "dir")
            .error()
            .code == base::Code::invalid_argument);
}

}  // namespace
}  // namespace freshet::read
