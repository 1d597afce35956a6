// What Plugins says and does before a library is used: options, identities, loading.
#include "core/host/plugins.hpp"

#include "core/host/library.hpp"
#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace host = freshet::host;
namespace base = freshet::base;
using freshet::testing::built_plugins;
using freshet::testing::fixture;
using freshet::testing::Folder;
using freshet::testing::Json;
using freshet::testing::mentions;
using freshet::testing::World;
using host::Kind;

namespace {

constexpr const char* two_options = R"({"manifest": 1, "name": "loader_y", "version": "1", "abi": 1,
  "library": {"linux": "none.so"},
  "provides": [{"kind": "loader", "name": "y", "identity": ["url"],
                "options": {"type": "object", "properties": {"url": {"type": "string"}, "n": {"type": "integer"}}}},
               {"kind": "loader", "name": "z",
                "options": {"type": "object", "properties": {"url": {"type": "string"}, "n": {"type": "integer"}}}}]})";

// The failure of loading the only loader of a fixture.
std::string load_problem(const std::string& name) {
  World world({fixture(name)});
  const auto loader = world.plugins.open_loader("good", Json::object());
  if (loader) return "ok";
  CHECK(loader.error().code == base::Code::plugin);
  CHECK(loader.error().subject.find("/fixtures/" + name) != std::string::npos);
  return loader.error().message;
}

}  // namespace

TEST_CASE("listing and completing options runs no plugin code") {
  const World world({fixture("constructor_crashes"), built_plugins()});
  bool seen = false;
  for (const auto& each : world.plugins.list()) {
    if (each.kind != Kind::store || each.name != "sqlite") continue;
    seen = true;
    CHECK(each.plugin == "store_sqlite");
    CHECK(Json::parse(each.schema)["properties"].contains("path"));
    CHECK_FALSE(each.description.empty());
  }
  CHECK(seen);
  CHECK(world.plugins.complete_options(Kind::loader, "good", Json::object(), "o"));
  const auto options = world.plugins.complete_options(Kind::store, "sqlite", Json(), "store",
                                                      {{"repository", "/r"}});
  CHECK((*options)["path"] == "/r/store.sqlite");
  const auto wrong = world.plugins.complete_options(Kind::store, "sqlite", {{"pth", 1}}, "store",
                                                    {{"repository", "/r"}});
  CHECK(wrong.error().subject == "store.pth");
}

TEST_CASE("a source's identity is made of the keys that the manifest names") {
  const Folder folder;
  folder.write("y.plugin.json", two_options);
  const World world({folder.path()});
  const auto name = [&](const char* loader, const char* options) {
    return *world.plugins.identity(host::Kind::loader, loader, Json::parse(options));
  };
  CHECK(name("y", R"({"url":"a","n":1})") == name("y", R"({"n":2,"url":"a"})"));
  CHECK(name("y", R"({"url":"a"})") != name("y", R"({"url":"b"})"));
  CHECK(name("z", R"({"url":"a","n":1})") !=
        name("z", R"({"url":"a","n":2})"));  // names none: all of them
  CHECK(name("y", R"({"url":"a"})") != name("z", R"({"url":"a"})"));
  CHECK(world.plugins.identity(host::Kind::loader, "q", Json::object()).error().code ==
        base::Code::plugin);
}

TEST_CASE("a library that cannot be used is an error that says why", "[X01]") {
  CHECK(load_problem("missing") == "the library is missing");
  CHECK(load_problem("not_elf") == "not a shared library");
  CHECK(load_problem("no_symbol") == "does not export freshet_plugin_entry");
  CHECK(load_problem("undefined_symbol").ends_with(": undefined symbol: not_there_anywhere"));
  CHECK(load_problem("newer_abi") == "built for plugin ABI 2; this freshet knows 1");
  CHECK(load_problem("no_abi") == "built for plugin ABI 0; this freshet knows 1");
  CHECK(mentions(load_problem("zero_size"), "descriptor.struct_size is 0, at least 40"));
  CHECK(mentions(load_problem("small_size"), "descriptor.struct_size is 32, at least 40"));
  CHECK(load_problem("large_size") == "ok");  // of a newer header: what lies past ours is ignored
  CHECK(load_problem("wrong_name") ==
        "its name is \"another\", and \"wrong_name\" in the manifest");
  CHECK(load_problem("wrong_version") == "its version is \"2.0\", and \"1.0\" in the manifest");
  CHECK(mentions(load_problem("no_get"), "lacks a name, a version or get"));
  CHECK(mentions(load_problem("null_name"), "lacks a name"));
}

TEST_CASE("a library for another machine, and one cut short, are errors", "[X01]") {
  const Folder folder;
  std::filesystem::copy(fixture("answers_anything"), folder.path());
  const std::string library = folder.file("answers_anything.so");
  SECTION("machine") {
    std::fstream file(library, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(18);
    file.put(static_cast<char>(0xF3));  // RISC-V
    file.close();
    World world({folder.path()});
    CHECK(mentions(world.plugins.open_loader("good", Json::object()).error().message,
                   "built for another machine"));
  }
  SECTION("length") {
    std::filesystem::resize_file(library, 40);
    World world({folder.path()});
    CHECK(world.plugins.open_loader("good", Json::object()).error().message ==
          "not a shared library");
  }
  SECTION("headers only") {
    std::filesystem::resize_file(library, 64);
    World world({folder.path()});
    CHECK(mentions(world.plugins.open_loader("good", Json::object()).error().message,
                   "cut short: its program headers lie beyond its end, at byte 64 of 64"));
  }
}

TEST_CASE("what an instance says and asks belongs to those who opened it") {
  World first({fixture("faulty")});
  World second({fixture("faulty")});  // the latest one
  second.clock.at.ms += 5;
  for (World* world : {&first, &second}) {
    const auto loader = *world->plugins.open_loader("threaded", Json::object());
    CHECK(loader->list({}, {[](auto) { return base::Status(); }, {}}, {}));
  }
  REQUIRE(first.lines.size() == 1);
  CHECK(first.lines[0].message == "a thread at 1800000000000");
  REQUIRE(second.lines.size() == 1);
  CHECK(second.lines[0].message == "a thread at 1800000000005");
}

TEST_CASE("a library is loaded once, however many look for it") {
  World first({fixture("faulty")});
  World second({fixture("faulty")});
  const auto manifest = *host::read_manifest(fixture("faulty") + "/faulty.plugin.json");
  CHECK(*host::Library::load(manifest) == *host::Library::load(manifest));
  CHECK(first.plugins.open_loader("good", Json::object()));
  CHECK(second.plugins.open_loader("good", Json::object()));
}
