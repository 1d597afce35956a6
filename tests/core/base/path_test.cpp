#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "core/base/path.hpp"
#include "tests/support/catch.hpp"

namespace freshet::base {

TEST_CASE("a path is made absolute, and where that cannot be done it is an error") {
  const std::filesystem::path before = std::filesystem::current_path();
  std::string folder = (std::filesystem::temp_directory_path() / "freshet-path-XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  std::filesystem::current_path(folder);
  CHECK(absolute_path("a/b") == std::filesystem::current_path().string() + "/a/b");
  CHECK(absolute_path("/a") == std::string("/a"));
  CHECK(absolute_path("").error().code == Code::invalid_argument);
  REQUIRE(::rmdir(folder.c_str()) == 0);
  const auto gone = absolute_path("a");
  std::filesystem::current_path(before);
  REQUIRE_FALSE(gone);
  CHECK(to_string(gone.error()) ==
        "a: the working directory cannot be found: no such file or directory");
}

}  // namespace freshet::base
