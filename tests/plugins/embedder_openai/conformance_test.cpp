// The cases of `freshet plugins check`, with a server to ask, which a check has not.
#include "core/conformance/bench.hpp"
#include "core/host/library.hpp"
#include "tests/core/host/support.hpp"
#include "tests/plugins/embedder_openai/server.hpp"
#include "tests/support/catch.hpp"

namespace freshet::testing {

TEST_CASE("the plugin keeps the contract of embedders") {
  EmbeddingsServer server;
  FakeClock clock;
  const host::Services services{{std::shared_ptr<void>(), &server}, clock, {}};
  const auto manifest = host::read_manifest(built_plugins() + "/embedder_openai.plugin.json");
  REQUIRE(manifest);
  host::Plugins plugins({built_plugins()}, services);
  const auto options = plugins.complete_options(
      host::Kind::embedder, "openai", {{"model", "m"}, {"base_url", "http://h/v1"}}, "embedder");
  REQUIRE(options);
  const auto library = host::Library::load(*manifest);
  REQUIRE(library);
  const conformance::Subject subject{*library, *manifest, &manifest->provides.at(0)};
  const conformance::Lines lines;
  for (const conformance::Check& check : conformance::embedder_checks()) {
    conformance::Bench bench(subject, *options, {}, services, lines);
    check.run(bench);
    INFO(check.name << ": " << bench.finding().detail);
    CHECK(bench.finding().verdict == host::Verdict::pass);
  }
}

}  // namespace freshet::testing
