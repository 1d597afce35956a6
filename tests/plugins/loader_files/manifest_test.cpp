// The manifest is one that the host takes, and its defaults are options that the plugin takes.
#include "core/host/manifest.hpp"

#include <fstream>
#include <sstream>

#include "core/host/schema.hpp"
#include "tests/plugins/loader_files/tree.hpp"
#include "tests/plugins/loader_web/fake_host.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/places.hpp"

namespace freshet::test {
namespace {

host::Manifest manifest() {
  std::ifstream file(testing::source_path("plugins/loader_files/loader_files.plugin.json"));
  std::stringstream text;
  text << file.rdbuf();
  const auto parsed = host::parse_manifest(text.str(), "/plugins/loader_files.plugin.json");
  if (!parsed) FAIL(parsed.error().message);
  return *parsed;
}

TEST_CASE("the manifest is taken, and so are its defaults") {
  const Tree tree;
  tree.write("a.md");
  tree.write("a.exe");
  tree.write("node_modules/b.md");
  const auto offers = manifest().provides;
  REQUIRE(offers.size() == 1);
  const auto options = host::complete(offers[0].options, {{"path", tree.path()}}, "", {});
  REQUIRE(options);
  FakeHost host;
  Driver driver(host, "files", *options);
  CHECK(driver.list().uris() == std::vector<std::string>{tree.uri("a.md")});
}

}  // namespace
}  // namespace freshet::test
