#include "core/host/search_path.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "core/host/trust.hpp"
#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace host = freshet::host;
namespace fs = std::filesystem;
using freshet::testing::built_plugins;
using freshet::testing::fixture;
using freshet::testing::Folder;
using freshet::testing::Json;
using freshet::testing::mentions;
using freshet::testing::World;

namespace {

std::vector<std::string> directories(const std::vector<host::Place>& places) {
  std::vector<std::string> names;
  for (const auto& each : places) names.push_back(each.origin + " " + each.directory);
  return names;
}

bool any_mentions(const std::vector<std::string>& texts, const std::string& part) {
  for (const std::string& each : texts)
    if (mentions(each, part)) return true;
  return false;
}

// A plugin directory of our own, with the faulty plugin in it.
void install(const Folder& folder) {
  for (const char* name : {"faulty.so", "faulty.plugin.json"})
    fs::copy_file(fixture("faulty") + "/" + name, folder.file(name));
}

bool has(const host::Plugins& plugins, const std::string& name) {
  for (const auto& each : plugins.list())
    if (each.name == name) return true;
  return false;
}

}  // namespace

TEST_CASE("places are searched in one order") {
  host::Surroundings around;
  around.plugin_path = "/p1::/p2:";
  around.data_home = "/data";
  around.home = "/home/u";
  around.beside = "/usr/lib/freshet/plugins";
  CHECK(directories(host::search_places({"/g"}, around)) ==
        std::vector<std::string>{"given /g", "FRESHET_PLUGIN_PATH /p1", "FRESHET_PLUGIN_PATH /p2",
                                 "user /data/freshet/plugins", "freshet /usr/lib/freshet/plugins"});
  around.data_home = "relative";  // the XDG specification says to ignore it
  CHECK(directories(host::search_places({}, around))[2] ==
        "user /home/u/.local/share/freshet/plugins");
  around.home.clear();
  CHECK(host::search_places({}, around).size() == 3);
}

TEST_CASE("a program with more rights than its user believes no variable", "[N05]") {
  host::Surroundings around;
  around.secure = true;
  around.plugin_path = "/p1";
  around.data_home = "/data";
  around.home = "/home/u";
  around.beside = "/usr/lib/freshet/plugins";
  CHECK(directories(host::search_places({"/g"}, around)) ==
        std::vector<std::string>{"given /g", "freshet /usr/lib/freshet/plugins"});
}

TEST_CASE("plugins that came with freshet are found beside it") {
  // The test program is in bin/, so that "beside" is ../lib/freshet/plugins.
  CHECK(host::surroundings().beside == built_plugins());
}

TEST_CASE("FRESHET_PLUGIN_PATH is looked at, after the directories given in code") {
  ::setenv("FRESHET_PLUGIN_PATH", fixture("faulty").c_str(), 1);
  const World world({"/nowhere"});
  ::unsetenv("FRESHET_PLUGIN_PATH");
  CHECK(world.plugins.search_path()[0] == "/nowhere");
  CHECK(world.plugins.search_path()[1] == fixture("faulty"));
  CHECK(has(world.plugins, "throws_in_list"));
}

TEST_CASE("the first manifest that provides a name wins") {
  const Folder folder;
  install(folder);
  const World world({folder.path(), fixture("faulty")});
  for (const auto& each : world.plugins.list())
    if (each.name == "good") CHECK(each.manifest == folder.file("faulty.plugin.json"));
}

TEST_CASE("a relative directory is refused: the working directory is never searched", "[X02]") {
  fs::current_path(fixture("faulty"));
  const World world({".", "faulty"});
  CHECK_FALSE(has(world.plugins, "throws_in_list"));
  CHECK(any_mentions(world.plugins.problems(), ".: refused: not an absolute path"));
}

TEST_CASE("files and directories that others may write are refused", "[X03]") {
  const Folder folder;
  install(folder);
  SECTION("as they are, they are fine") {
    const World world({folder.path()});
    CHECK(has(world.plugins, "throws_in_list"));
    CHECK(world.plugins.problems().empty());
  }
  SECTION("the directory") {
    ::chmod(folder.path().c_str(), 0770);
    const World world({folder.path()});
    CHECK_FALSE(has(world.plugins, "throws_in_list"));
    CHECK(any_mentions(world.plugins.problems(), "refused: others may write it (mode 0770)"));
  }
  SECTION("the directory, though sticky: others may still add files") {
    ::chmod(folder.path().c_str(), 01777);
    CHECK_FALSE(has(World({folder.path()}).plugins, "throws_in_list"));
  }
  SECTION("a directory above it") {
    fs::create_directory(folder.file("sub"));
    for (const char* name : {"faulty.so", "faulty.plugin.json"})
      fs::rename(folder.file(name), folder.file("sub/") + name);
    CHECK(has(World({folder.file("sub")}).plugins, "throws_in_list"));
    ::chmod(folder.path().c_str(), 0777);
    CHECK_FALSE(has(World({folder.file("sub")}).plugins, "throws_in_list"));
  }
  SECTION("the manifest") {
    ::chmod(folder.file("faulty.plugin.json").c_str(), 0664);
    const World world({folder.path()});
    CHECK_FALSE(has(world.plugins, "throws_in_list"));
    CHECK(any_mentions(world.plugins.problems(),
                       "faulty.plugin.json: refused: others may write it (mode 0664)"));
  }
  SECTION("the library") {
    ::chmod(folder.file("faulty.so").c_str(), 0757);
    const World world({folder.path()});
    CHECK_FALSE(has(world.plugins, "throws_in_list"));
    CHECK(any_mentions(world.plugins.problems(),
                       "faulty.so: refused: others may write it (mode 0757)"));
  }
}

TEST_CASE("files of other users are refused", "[X03]") {
  if (::geteuid() != 0) return;  // only root can give a file away
  const Folder folder;
  install(folder);
  REQUIRE(::chown(folder.file("faulty.so").c_str(), 12345, 12345) == 0);
  const World world({folder.path()});
  CHECK_FALSE(has(world.plugins, "throws_in_list"));
  CHECK(any_mentions(world.plugins.problems(), "refused: it belongs to user 12345"));
}

TEST_CASE("a library that leads out of its directory is refused", "[X02]") {
  const Folder folder;
  install(folder);
  fs::remove(folder.file("faulty.so"));
  fs::create_symlink(fixture("faulty") + "/faulty.so", folder.file("faulty.so"));
  const World world({folder.path()});
  CHECK_FALSE(has(world.plugins, "throws_in_list"));
  CHECK(any_mentions(world.plugins.problems(), "refused: it leads out of its directory"));
}

TEST_CASE("a symbolic link within the directory is fine") {
  const Folder folder;
  install(folder);
  fs::rename(folder.file("faulty.so"), folder.file("faulty.so.1"));
  fs::create_symlink("faulty.so.1", folder.file("faulty.so"));
  CHECK(has(World({folder.path()}).plugins, "throws_in_list"));
}

TEST_CASE("a search that fails lists every place, why, and the nearest name") {
  const Folder folder;
  folder.write("broken.plugin.json", "{");
  World world({"/nowhere/at/all", folder.path(), fixture("faulty")});
  const auto loader = world.plugins.open_loader("gooood", Json::object());
  REQUIRE_FALSE(loader);
  CHECK(loader.error().code == freshet::base::Code::plugin);
  CHECK(loader.error().subject == "gooood");
  const std::string& said = loader.error().message;
  CHECK(mentions(said, "no plugin provides this loader; did you mean \"good\"?"));
  CHECK(mentions(said, "/nowhere/at/all (given): does not exist"));
  CHECK(mentions(said, folder.path() + " (given): 0 plugins, 1 refused"));
  CHECK(mentions(said, fixture("faulty") + " (given): 1 plugin"));
  CHECK(mentions(said, built_plugins() + " (freshet)"));
  CHECK(mentions(said, "broken.plugin.json"));
}

TEST_CASE("a place that is a file is a problem") {
  const Folder folder;
  folder.write("file", "");
  const World world({folder.file("file")});
  CHECK(any_mentions(world.plugins.problems(), "file: not a directory"));
}
