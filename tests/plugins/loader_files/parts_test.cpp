// The small parts: globs and URIs.
#include <chrono>

#include <freshet/sdk/freshet_sdk.hpp>
#include <freshet/sdk/path.hpp>

#include "support/globs.hpp"
#include "tests/support/catch.hpp"

namespace freshet::loader_files {
namespace {

using sdk::escape_path;
using sdk::unescape_path;
using support::Bare;
using support::Globs;

bool match(const char* glob, std::string_view path, Bare bare = Bare::name) {
  return Globs({glob}, "include", bare).match(path);
}

TEST_CASE("a glob without a slash matches at any depth, one with a slash from the root") {
  CHECK(match("*.md", "a.md"));
  CHECK(match("*.md", "docs/sub/a.md"));
  CHECK_FALSE(match("*.md", "a.mdx"));
  CHECK_FALSE(match("/*.md", "docs/a.md"));
  CHECK(match("/*.md", "a.md"));
  CHECK(match("docs/*.md", "docs/a.md"));
  CHECK_FALSE(match("docs/*.md", "docs/sub/a.md"));
  CHECK_FALSE(match("docs/*.md", "x/docs/a.md"));
}

TEST_CASE("held against the whole path, a glob without a slash is at the top") {
  CHECK(match("*.md", "a.md", Bare::path));
  CHECK_FALSE(match("*.md", "docs/a.md", Bare::path));
  CHECK(match("**/*.md", "docs/a.md", Bare::path));
  CHECK(match("docs/", "docs/x/a.md", Bare::path));
  CHECK_FALSE(match("docs", "x/docs/a.md", Bare::path));
}

TEST_CASE("** crosses directories, * and ? do not") {
  CHECK(match("**/*.md", "a.md"));
  CHECK(match("docs/**/*.md", "docs/a.md"));
  CHECK(match("docs/**/*.md", "docs/x/y/a.md"));
  CHECK(match("**/test/**", "a/test/b/c"));
  CHECK_FALSE(match("**/test/**", "a/tests/b"));
  CHECK(match("?.md", "x/a.md"));
  CHECK_FALSE(match("a?b", "a/b"));
  CHECK(match("a.(b)+[c]", "a.(b)+[c]"));
}

TEST_CASE("a glob that names a directory takes all below it") {
  for (const char* glob : {"docs", "docs/", "/docs", "./docs/", "docs/**"}) {
    INFO(glob);
    CHECK(match(glob, "docs/a/b.md"));
    CHECK_FALSE(match(glob, "docsx/a.md"));
  }
}

TEST_CASE("bytes that are no UTF-8 match, too") {
  CHECK(match("*.md", "caf\xE9.md"));
  CHECK(match("caf?.md", "caf\xE9.md"));
  CHECK(match("\xC3\xA9/*.md", "\xC3\xA9/\xFF.md"));
  CHECK(match("*.md", "a\nb.md"));
}

TEST_CASE("an empty glob is refused with its place") {
  for (const char* glob : {"", "/", "//"}) {
    try {
      Globs({"x", glob}, "exclude", Bare::name);
      FAIL("was taken");
    } catch (const sdk::Failure& failure) {
      CHECK(failure.subject == "exclude[1]");
    }
  }
}

TEST_CASE("hostile globs run in linear time") {
  std::string glob;
  for (int i = 0; i < 60; ++i) glob += "*a";
  const auto begin = std::chrono::steady_clock::now();
  CHECK_FALSE(match((glob + "b").c_str(), std::string(20'000, 'a')));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
}

TEST_CASE("paths and URIs are one to one") {
  CHECK(escape_path("a b/\xC3\xA9?#%.md") == "a%20b/%C3%A9%3F%23%25.md");
  CHECK(unescape_path("a%20b/%C3%A9%3F%23%25.md") == "a b/\xC3\xA9?#%.md");
  std::string all;
  for (int i = 1; i < 256; ++i) all += static_cast<char>(i);
  std::string name = all;
  name.erase(name.find('/'), 1);
  CHECK(unescape_path(escape_path(name)) == name);
}

TEST_CASE("URIs that lead elsewhere, or say the same otherwise, are refused") {
  for (const char* bad : {"", "..", "a/../b", "./a", "a//b", "/a", "a/", "%2E%2E/a", "..%2Fa",
                          "%2Fetc", "a%00b", "a b", "%61", "%2f", "a%", "a%2", "a%zz", "a?b"})
    CHECK_FALSE(unescape_path(bad));
}

}  // namespace
}  // namespace freshet::loader_files
