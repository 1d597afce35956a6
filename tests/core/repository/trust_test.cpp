// A repository's files are never reached through a link, and nobody else may put them there.
#include <sys/stat.h>
#include <unistd.h>

#include <map>

#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> names{"data.mdb", "lock.mdb", "freshet.seal"};
const std::string precious(1260, 'p');

// Opens, and closes again. The message of a refusal, which is `denied`; "" where it was opened.
std::string refusal(const std::string& directory, bool allow_shared = false) {
  OpenOptions with = options();
  with.allow_shared = allow_shared;
  const auto opened = Repository::open(directory, with);
  if (opened) return "";
  CHECK(opened.error().code == Code::denied);
  return base::to_string(opened.error());
}

bool mentions(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

void make_repository(const std::string& directory) {
  put(*open(directory), make("u:a", {{"1", "a"}}));
}

}  // namespace

TEST_CASE("nothing planted in the place of a repository's file is opened") {
  const std::map<std::string, std::function<void(const std::string& at, const std::string& victim)>>
      plants{
          {"a link", [](const auto& at, const auto& victim) { fs::create_symlink(victim, at); }},
          {"a dangling link",
           [](const auto& at, const auto& victim) { fs::create_symlink(victim + ".new", at); }},
          {"a second name",
           [](const auto& at, const auto& victim) { fs::create_hard_link(victim, at); }},
          {"a directory", [](const auto& at, const auto&) { fs::create_directory(at); }},
          {"a pipe", [](const auto& at, const auto&) { REQUIRE(mkfifo(at.c_str(), 0600) == 0); }},
      };
  for (const auto& [what, plant] : plants)
    for (const std::string& name : names)
      for (const bool existing : {true, false})
        for (const bool allow_shared : {false, true}) {
          INFO(what << " in the place of " << name << (existing ? "" : ", nothing else there"));
          TempDir dir;
          const std::string victim = dir / "victim", at = dir / ("r/" + name);
          spill(victim, precious);
          if (existing) make_repository(dir / "r");
          fs::create_directory(dir / "r");
          fs::remove(at);
          plant(at, victim);
          CHECK(mentions(refusal(dir / "r", allow_shared), at + ": refused: it"));
          CHECK(slurp(victim) == precious);
          CHECK_FALSE(fs::exists(victim + ".new"));
        }
}

TEST_CASE("a file that others may write, or that is not this user's, is refused") {
  for (const std::string& name : names) {
    TempDir dir;
    make_repository(dir / "r");
    const std::string at = dir / ("r/" + name);
    REQUIRE(chmod(at.c_str(), 0660) == 0);
    CHECK(refusal(dir / "r") == at + ": refused: others may write it (mode 0660); the option "
                                     "allow_shared permits it");
    CHECK(refusal(dir / "r", true).empty());
    REQUIRE(chmod(at.c_str(), 0600) == 0);
    CHECK(refusal(dir / "r").empty());
    if (geteuid() != 0) continue;
    REQUIRE(chown(at.c_str(), 12345, 12345) == 0);
    CHECK(mentions(refusal(dir / "r"), at + ": refused: it belongs to user 12345"));
    CHECK(refusal(dir / "r", true).empty());
  }
}

TEST_CASE("a directory that others may write, or of another user, is refused, empty or not") {
  for (const bool existing : {true, false})
    for (const mode_t mode : {0777u, 01777u, 0770u, 0775u}) {
      TempDir dir;
      if (existing) make_repository(dir / "r");
      fs::create_directory(dir / "r");
      REQUIRE(chmod((dir / "r").c_str(), mode) == 0);
      CHECK(mentions(refusal(dir / "r"), "/r: refused: others may write it (mode "));
      CHECK(mentions(refusal(dir / "r"), "allow_shared"));
      CHECK(fs::is_empty(dir / "r") != existing);
      CHECK(refusal(dir / "r", true).empty());
    }
  if (geteuid() != 0) return;
  TempDir dir;
  make_repository(dir / "above/r");
  for (const char* name : {"above/r", "above"}) {
    REQUIRE(chown((dir / name).c_str(), 12345, 12345) == 0);
    CHECK(mentions(refusal(dir / "above/r"), "refused: it belongs to user 12345"));
    CHECK(refusal(dir / "above/r", true).empty());
    REQUIRE(chown((dir / name).c_str(), 0, 0) == 0);
  }
}

TEST_CASE("a directory that is open already is judged for whoever opens it next") {
  TempDir dir;
  const auto first = open(dir / "r");
  REQUIRE(chmod((dir / "r").c_str(), 0777) == 0);
  CHECK_FALSE(refusal(dir / "r").empty());
  REQUIRE(chmod((dir / "r").c_str(), 0700) == 0);
  CHECK(refusal(dir / "r").empty());
}

TEST_CASE("nothing is made in a directory that others may write, unless it is sticky") {
  TempDir dir;
  fs::create_directory(dir / "shared");
  REQUIRE(chmod((dir / "shared").c_str(), 0777) == 0);
  CHECK(mentions(refusal(dir / "shared/a/r"), "/shared: refused: others may write it"));
  CHECK(fs::is_empty(dir / "shared"));
  REQUIRE(chmod((dir / "shared").c_str(), 01777) == 0);
  CHECK(refusal(dir / "shared/a/r").empty());
}

TEST_CASE("a backup goes only where nobody else can put a file") {
  TempDir dir;
  const auto repository = open(dir / "r");
  put(*repository, make("u:a", {{"1", "a"}}));
  CHECK(repository->backup(dir / "new/copy"));
  CHECK(refusal(dir / "new/copy").empty());
  for (const char* name : {"new", "new/copy"}) {
    struct stat status {};
    REQUIRE(stat((dir / name).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);
  }
  fs::create_directory(dir / "open");
  REQUIRE(chmod((dir / "open").c_str(), 0777) == 0);
  CHECK(repository->backup(dir / "open").error().code == Code::denied);
  CHECK(fs::is_empty(dir / "open"));
  spill(dir / "victim", precious);
  fs::create_directory(dir / "planted");
  fs::create_symlink(dir / "victim", dir / "planted/data.mdb");
  CHECK(repository->backup(dir / "planted").error().code == Code::invalid_argument);
  fs::create_directory_symlink(dir / "victim", dir / "dangling");
  CHECK_FALSE(repository->backup(dir / "dangling"));
  CHECK(slurp(dir / "victim") == precious);
}

}  // namespace freshet::repository::test
