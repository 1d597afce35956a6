// The manifest is one that the host takes, and its defaults are options that the plugin takes.
#include "core/host/manifest.hpp"

#include <fstream>
#include <sstream>

#include "core/host/schema.hpp"
#include "tests/plugins/loader_web/fake_host.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/places.hpp"

namespace freshet::test {
namespace {

host::Manifest manifest() {
  std::ifstream file(testing::source_path("plugins/loader_web/loader_web.plugin.json"));
  std::stringstream text;
  text << file.rdbuf();
  const auto parsed = host::parse_manifest(text.str(), "/plugins/loader_web.plugin.json");
  if (!parsed) FAIL(parsed.error().message);
  return *parsed;
}

TEST_CASE("the manifest is taken, and so are its defaults") {
  for (const host::Offer& offer : manifest().provides) {
    const auto options =
        host::complete(offer.options, {{"url", "https://a.example/sitemap.xml"}}, "", {});
    REQUIRE(options);
    FakeHost host;
    CHECK(Driver(host, offer.name, *options).opened());
    CHECK(options->at("max_bytes") == "32MiB");
    CHECK(options->at("robots") == true);
  }
}

TEST_CASE("the schema lets every form of pattern and rule through, and no unknown key") {
  const nlohmann::json good = {
      {"url", "https://a.example/sitemap.xml"},
      {"include", {"docs", {{"glob", "**"}}, {{"regex", "x"}}}},
      {"exclude", {"regex:y"}},
      {"rewrite",
       {{{"regex", "a"}, {"replace", "b"}}, {{"prefix", "https://a"}, {"with", "https://b"}}}},
      {"headers", {{"X-Key", "secret:env:KEY"}}}};
  const auto offers = manifest().provides;
  REQUIRE(offers.size() == 6);
  const auto options = host::complete(offers[1].options, good, "", {});
  REQUIRE(options);
  FakeHost host;
  CHECK(Driver(host, "sitemap", *options).opened());
  CHECK_FALSE(
      host::complete(offers[1].options, {{"url", "https://a.example/"}, {"inclued", "x"}}, "", {}));
}

}  // namespace
}  // namespace freshet::test
