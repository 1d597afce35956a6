// What the system says of folders arrives with the call that changes them: nothing here waits.
#include "core/ports/folder_watch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/catch.hpp"

namespace freshet::ports {
namespace {

namespace fs = std::filesystem;
using Numbers = std::vector<std::size_t>;

class Tree {
 public:
  Tree() {
    std::string name = (fs::temp_directory_path() / "freshet-watch-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    top = name;
    watch = *make_folder_watch();
  }
  ~Tree() { fs::remove_all(top); }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  void write(const std::string& name) const { std::ofstream(top / name) << "text"; }
  void begin(std::vector<std::string> folders) {
    for (std::string& each : folders) each = (top / each).string();
    REQUIRE(watch->watch(std::move(folders)));
    CHECK(watch->look().changed.empty());
  }
  Numbers changed() { return watch->look().changed; }

  fs::path top;
  std::unique_ptr<FolderWatch> watch;
};

}  // namespace

TEST_CASE("what is written, moved, removed or touched is noticed, once") {
  Tree tree;
  fs::create_directories(tree.top / "a/deep/er");
  fs::create_directory(tree.top / "b");
  tree.begin({"a", "b"});
  tree.write("a/x");
  CHECK(tree.changed() == Numbers{0});
  CHECK(tree.changed().empty());
  tree.write("a/deep/er/y");
  CHECK(tree.changed() == Numbers{0});
  fs::rename(tree.top / "a/x", tree.top / "b/x");
  CHECK(tree.changed() == Numbers{0, 1});
  fs::permissions(tree.top / "b/x", fs::perms::owner_read);
  CHECK(tree.changed() == Numbers{1});
  fs::remove(tree.top / "b/x");
  CHECK(tree.changed() == Numbers{1});
  tree.write("elsewhere");
  CHECK(tree.changed().empty());
}

TEST_CASE("an editor's save is noticed: a new file takes the old one's place") {
  Tree tree;
  fs::create_directory(tree.top / "a");
  tree.write("a/page.md");
  tree.begin({"a"});
  tree.write("a/page.md.tmp");
  fs::rename(tree.top / "a/page.md.tmp", tree.top / "a/page.md");
  CHECK(tree.changed() == Numbers{0});
  tree.write("a/page.md");
  CHECK(tree.changed() == Numbers{0});
}

TEST_CASE("directories that are made or moved in are watched with all that is in them") {
  Tree tree;
  fs::create_directories(tree.top / "a");
  fs::create_directories(tree.top / "out/one/two");
  tree.begin({"a"});
  fs::create_directories(tree.top / "a/new/er");
  CHECK(tree.changed() == Numbers{0});
  tree.write("a/new/er/x");
  CHECK(tree.changed() == Numbers{0});
  fs::rename(tree.top / "out/one", tree.top / "a/one");
  CHECK(tree.changed() == Numbers{0});
  tree.write("a/one/two/y");
  CHECK(tree.changed() == Numbers{0});
  fs::rename(tree.top / "a/one", tree.top / "a/won");  // within
  CHECK(tree.changed() == Numbers{0});
  tree.write("a/won/two/z");
  CHECK(tree.changed() == Numbers{0});
  fs::rename(tree.top / "a/won", tree.top / "out/won");
  CHECK(tree.changed() == Numbers{0});
  tree.write("out/won/two/z");  // it is no part of the folder any more
  CHECK(tree.changed().empty());
}

TEST_CASE("a folder that goes, and one that is not there yet, are waited for") {
  Tree tree;
  fs::create_directory(tree.top / "a");
  tree.begin({"a", "later"});
  fs::create_directory(tree.top / "later");
  CHECK(tree.changed() == Numbers{1});
  tree.write("later/x");
  CHECK(tree.changed() == Numbers{1});
  fs::rename(tree.top / "a", tree.top / "gone");
  CHECK(tree.changed() == Numbers{0});
  tree.write("gone/x");
  CHECK(tree.changed().empty());
  fs::create_directory(tree.top / "a");
  CHECK(tree.changed() == Numbers{0});
  tree.write("a/x");
  CHECK(tree.changed() == Numbers{0});
}

TEST_CASE("a single file is watched, whatever is beside it") {
  Tree tree;
  tree.write("one.md");
  tree.begin({"one.md"});
  tree.write("two.md");
  CHECK(tree.changed().empty());
  tree.write("one.md");
  CHECK(tree.changed() == Numbers{0});
  tree.write("new");
  fs::rename(tree.top / "new", tree.top / "one.md");
  CHECK(tree.changed() == Numbers{0});
}

TEST_CASE("after more than the system can remember, every folder counts as changed") {
  std::ifstream limit("/proc/sys/fs/inotify/max_queued_events");
  int most = 0;
  limit >> most;
  if (most <= 0 || most > 100'000) return;  // it would take long
  Tree tree;
  fs::create_directory(tree.top / "a");
  fs::create_directory(tree.top / "b");
  tree.begin({"a", "b"});
  for (int i = 0; i <= most / 2; ++i)  // two names in turn, or equal ones would be one
    for (const char* name : {"a/x", "a/y"}) {
      tree.write(name);
      fs::remove(tree.top / name);
    }
  fs::create_directory(tree.top / "b/unheard");
  CHECK(tree.changed() == Numbers{0, 1});
  tree.write("b/unheard/x");
  CHECK(tree.changed() == Numbers{1});
}

TEST_CASE("links are not followed, but for the folder itself") {
  Tree tree;
  fs::create_directories(tree.top / "real/in");
  fs::create_directory(tree.top / "other");
  fs::create_directory_symlink(tree.top / "other", tree.top / "real/in/link");
  fs::create_directory_symlink(tree.top / "real", tree.top / "a");
  tree.begin({"a"});
  tree.write("other/x");
  CHECK(tree.changed().empty());
  tree.write("real/in/x");
  CHECK(tree.changed() == Numbers{0});
}

}  // namespace freshet::ports
