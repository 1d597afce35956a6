// Nobody but root and this user may have put a file there: what is followed, and what is refused.
#include "core/base/trust.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/catch.hpp"

namespace freshet::base {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "freshet-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = fs::canonical(name).string();
  }
  ~Folder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

void write(const std::string& path) { std::ofstream(path) << "precious"; }

void set_mode(const std::string& path, mode_t mode) { REQUIRE(::chmod(path.c_str(), mode) == 0); }

std::string resolved(const std::string& path) {
  const auto real = resolve_trusted(path, {});
  return real ? *real : real.error().message;
}

std::string judged(const std::string& path, const TrustRules& rules = {}) {
  const Status status = check_own_file(path, rules);
  return status ? "" : status.error().message;
}

unsigned mode_of(const std::string& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 07777u;
}

}  // namespace

TEST_CASE("a path is followed as the kernel follows it") {
  const Folder folder;
  fs::create_directories(folder / "a/b");
  fs::create_directory_symlink("b/../b", folder / "a/link");
  fs::create_directory_symlink(folder / "a/link", folder / "far");
  CHECK(resolved(folder / "far") == folder / "a/b");
  CHECK(resolved(folder / "far/.././b/") == folder / "a/b");
  CHECK(resolved("/") == "/");
  fs::create_directory_symlink(folder / "loop", folder / "loop");
  CHECK(resolved(folder / "loop").find("symbolic links") != std::string::npos);
  CHECK_FALSE(resolve_trusted("a", {}));
  CHECK(resolve_trusted(folder / "none", {Code::plugin}).error().code == Code::plugin);
}

TEST_CASE("what others may write is refused, at the end and above") {
  const Folder folder;
  fs::create_directories(folder / "a/b");
  for (const mode_t mode : {0777u, 0770u, 0775u, 0757u}) {
    set_mode(folder / "a/b", mode);
    CHECK(resolved(folder / "a/b").find("refused: others may write it (mode 0") == 0);
    set_mode(folder / "a/b", 0700);
    set_mode(folder / "a", mode);
    CHECK(resolved(folder / "a/b").find("refused: others may write it (mode 0") == 0);
    set_mode(folder / "a", 0700);
  }
  set_mode(folder / "a", 01777);
  CHECK(resolved(folder / "a/b") == folder / "a/b");
  CHECK(resolved(folder / "a").find("(mode 1777)") != std::string::npos);
  CHECK(resolved(folder / "a/b/..").find("(mode 1777)") != std::string::npos);
  CHECK(resolve_trusted(folder / "a", {Code::denied, "", true}));
}

TEST_CASE("every place that a chain of links passes through is looked at") {
  const Folder folder;
  fs::create_directories(folder / "open");
  fs::create_directories(folder / "end");
  fs::create_directory_symlink(folder / "open/middle", folder / "first");
  fs::create_directory_symlink(folder / "end", folder / "open/middle");
  CHECK(resolved(folder / "first") == folder / "end");
  set_mode(folder / "open", 0777);  // others may turn the middle one elsewhere
  CHECK(resolved(folder / "first").find("refused: others may write it") == 0);
}

TEST_CASE("what belongs to another user is refused") {
  if (::geteuid() != 0) return;  // only root can give a file away
  const Folder folder;
  fs::create_directories(folder / "a/b");
  fs::create_directory_symlink(folder / "a", folder / "link");
  write(folder / "file");
  CHECK(resolved(folder / "link/b") == folder / "a/b");
  REQUIRE(::lchown((folder / "link").c_str(), 12345, 12345) == 0);
  CHECK(resolved(folder / "link/b").find("refused: it belongs to user 12345") == 0);
  CHECK(resolve_trusted(folder / "link/b", {Code::denied, "", true}));
  REQUIRE(::chown((folder / "a").c_str(), 12345, 12345) == 0);
  CHECK(resolved(folder / "a/b").find("refused: it belongs to user 12345") == 0);
  REQUIRE(::chown((folder / "file").c_str(), 12345, 12345) == 0);
  CHECK(judged(folder / "file").find("refused: it belongs to user 12345") == 0);
  CHECK(judged(folder / "file", {Code::denied, "", true}).empty());
}

TEST_CASE("a program's own file is regular, has one name, and is no link") {
  const Folder folder;
  CHECK(judged(folder / "none").empty());
  write(folder / "file");
  CHECK(judged(folder / "file").empty());
  fs::create_symlink(folder / "file", folder / "link");
  fs::create_symlink(folder / "nowhere", folder / "dangling");
  fs::create_directory(folder / "directory");
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  for (const TrustRules& rules : {TrustRules{}, TrustRules{Code::denied, "", true}}) {
    CHECK(judged(folder / "link", rules) == "refused: it is a symbolic link");
    CHECK(judged(folder / "dangling", rules) == "refused: it is a symbolic link");
    CHECK(judged(folder / "directory", rules) == "refused: it is not a regular file");
    CHECK(judged(folder / "fifo", rules) == "refused: it is not a regular file");
    CHECK_FALSE(open_own_file(folder / "fifo", O_RDONLY, rules));
    CHECK_FALSE(open_own_file(folder / "dangling", O_RDWR | O_CREAT, rules));
  }
  CHECK_FALSE(fs::exists(folder / "nowhere"));
  fs::create_hard_link(folder / "file", folder / "second");
  CHECK(judged(folder / "file") == "refused: it has 2 names (hard links), and may have one");
  fs::remove(folder / "second");
  set_mode(folder / "file", 0660);
  CHECK(judged(folder / "file", {Code::denied, "; x permits it"}) ==
        "refused: others may write it (mode 0660); x permits it");
}

TEST_CASE("what is made is private") {
  const Folder folder;
  const mode_t before = ::umask(0);
  const Status made = make_trusted_directory(folder / "a/b/c", {});
  const auto file = open_own_file(folder / "a/b/c/file", O_RDWR | O_CREAT, {});
  ::umask(before);
  REQUIRE(made);
  REQUIRE(file);
  ::close(*file);
  for (const char* name : {"a", "a/b", "a/b/c"}) CHECK(mode_of(folder / name) == 0700);
  CHECK(mode_of(folder / "a/b/c/file") == 0600);
  CHECK(make_trusted_directory(folder / "a/b/c", {}));
  set_mode(folder / "a", 0777);
  CHECK(make_trusted_directory(folder / "a/x/y", {}).error().code == Code::denied);
  CHECK_FALSE(fs::exists(folder / "a/x"));
  set_mode(folder / "a", 01777);
  CHECK(make_trusted_directory(folder / "a/x/y", {}));
}

}  // namespace freshet::base
