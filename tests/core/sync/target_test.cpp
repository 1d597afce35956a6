// What a namespace is delivered to, and that nobody changes it by accident.
#include "core/sync/target.hpp"

#include <fmt/format.h>

#include "core/base/json.hpp"
#include "tests/core/sync/scripted.hpp"

namespace freshet::tests {
namespace {

const Json embedder_one = {{"name", "size"}},
           embedder_two = {{"name", "size"}, {"options", {{"model", "two"}}}};

Json to(const char* store) { return {{"store", store}}; }
Json embedded(const Json& embedder) { return {{"embedder", embedder}}; }
Json rebuilt(Json options) {
  options["rebuild"] = true;
  return options;
}

repository::Target target_of(Engine& engine) { return *(*engine.repository->read()->target()); }

}  // namespace

TEST_CASE("another store, place or model is refused, and named, before anything is asked") {
  struct Changed {
    const char* what;
    Json options;
    const char* says;
  };
  const Changed all[] = {
      {"another store", to("other"), "this run asks for the store \"other\""},
      {"another place",
       {{"store", {{"name", "fake"}, {"options", {{"path", "/x"}}}}}},
       "it in another place"},
      {"another model", embedded(embedder_two), "vectors of the model \"two\" with 2 dimensions"},
      {"no embedder any more", {{"embedder", nullptr}}, "without vectors"},
  };
  for (const Changed& one : all) {
    INFO(one.what);
    Engine engine(2);
    engine.run(embedded(embedder_one));
    const auto rows = engine.server.rows();
    engine.a().asked.clear();
    const base::Error error = engine.refused(one.options);
    CHECK(error.code == base::Code::held);
    CHECK(error.message.find("was delivered with") != std::string::npos);
    CHECK(error.subject == "namespace default");
    CHECK(engine.a().asked.empty());
    CHECK(engine.server.rows() == rows);
    CHECK(target_of(engine).model == "one+titles");
  }
}

TEST_CASE("another chunker is answered as configured, and a plan says what it is about") {
  Engine engine(2);
  engine.run(embedded(embedder_one));
  Json other = {{"chunker", {{"max_chunk_size", 900}}}};
  const auto rows = engine.server.rows();
  SECTION("refused: nothing is asked for") {
    other["on_new_fingerprint"] = "refuse";
    engine.a().asked.clear();
    const base::Error error = engine.refused(other);
    CHECK(error.code == base::Code::held);
    CHECK(error.message.find("2 of its documents were made by another reader or chunker") == 0);
    CHECK(error.subject == "namespace default");
    CHECK(engine.a().asked.empty());
    CHECK(engine.run({{"on_new_fingerprint", "refuse"}}).counts.failed == 0);
  }
  SECTION("in place: what comes out the same is not embedded or sent again") {
    other["on_new_fingerprint"] = "reread";
    const sync::Report report = engine.run(other);
    CHECK(report.counts.refreshed + report.counts.unchanged == 2);
    CHECK(report.counts.embedded_texts == 0);
    CHECK(report.counts.upserts == 0);
  }
  SECTION("a plan tells it, whatever is configured") {
    for (const char* answer : {"refuse", "reread", "generation"}) {
      other["on_new_fingerprint"] = answer;
      other["dry_run"] = true;
      const sync::Report report = engine.run(other);
      CHECK(report.estimate.reread == 2);
      CHECK(report.estimate.known_tokens > 0);
    }
    CHECK(engine.run({{"dry_run", true}}).estimate.reread == 0);
  }
  CHECK(engine.server.rows() == rows);
}

TEST_CASE(
    "another chunker's rows fill beside the old ones, and take their place when all were read") {
  Engine engine(3);
  for (int i = 0; i < 3; ++i)
    engine.a().pages[uri_of(i)] =
        page(fmt::format("Once upon a time, {0}.\n\nThe end of it, {0}.", i));
  engine.run(embedded(embedder_one));
  const auto rows = engine.server.rows();
  REQUIRE(rows.size() == 3);
  Json other = {{"chunker", {{"max_chunk_size", 30}, {"overlap_size", 0}}},
                {"on_new_fingerprint", "generation"}};
  SECTION("with the embedder of before") {}
  SECTION("with another one, too") {
    other["embedder"] = embedder_two;
    other["on_change"] = "generation";
  }
  const auto of_page = [&](int number) {
    Json part = other;
    part["only"] = {{"roots", {uri_of(number)}}};
    return part;
  };
  const auto searched = [&] { return (*engine.repository->read()->searched())->number; };

  engine.run(of_page(0));
  CHECK(engine.root(0).chunks == 2);
  CHECK(searched() == 1);
  CHECK(engine.server.rows() == rows);
  CHECK(engine.server.spaces["default.freshet.2"].empty());

  Json silent = of_page(1);  // it is known without being said again
  if (!silent.contains("on_change")) silent.erase("on_new_fingerprint");
  engine.run(silent);
  CHECK(searched() == 1);
  CHECK(engine.server.rows() == rows);

  // A page that cannot be read holds up nothing, and keeps what it has.
  engine.a().pages[uri_of(2)] = refusing(base::Code::network);
  engine.run(other);
  CHECK(searched() == 2);
  CHECK(engine.server.spaces["default.freshet.2"].size() == 5);
  CHECK_FALSE(engine.server.spaces.contains("default"));
  CHECK(engine.repository->read()->info()->deliveries == 0);

  engine.run(other);
  CHECK(searched() == 2);
  engine.a().pages[uri_of(2)] = page("Once upon a time, 2.\n\nThe end of it, 2.");
  engine.run(other);
  CHECK(searched() == 2);
  CHECK(engine.repository->read()->targets()->size() == 1);
  CHECK(engine.server.spaces["default.freshet.2"].size() == 6);
}

TEST_CASE("a run that names no store or embedder has those of before") {
  Engine engine(2);
  engine.run(embedded(embedder_one));
  CHECK(engine.run().counts.upserts == 0);
  CHECK(target_of(engine).store == "fake");
  CHECK(target_of(engine).embedder == "size");
  engine.a().pages[uri_of(0)] = page("Another text.");
  CHECK(engine.run().counts.embedded_texts == 1);
}

TEST_CASE("before anything was delivered, any model is taken") {
  Engine engine(1);
  engine.a().pages[uri_of(0)] = page("This is poison.");
  engine.run(embedded(embedder_one));
  engine.a().pages[uri_of(0)] = page("This is not.");
  CHECK(engine.run(embedded(embedder_two)).exit_code() == 0);
  CHECK(target_of(engine).model == "two+titles");
  CHECK(engine.server.rows().size() == 1);
}

TEST_CASE("a rebuild sends everything again, and embeds what the model has no vector for") {
  Engine engine(5);
  engine.run(embedded(embedder_one));
  sync::Report report = engine.run(rebuilt(embedded(embedder_one)));
  CHECK(report.counts.upserts == 5);
  CHECK(report.counts.embedded_texts == 0);
  report = engine.run(rebuilt(embedded(embedder_two)));
  CHECK(report.counts.upserts == 5);
  CHECK(report.exit_code() == 0);
  CHECK(target_of(engine).model == "two+titles");
  CHECK(engine.server.rows().size() == 5);
  CHECK(engine.repository->read()->info()->deliveries == 0);
}

TEST_CASE("a rebuild reads no page whose source says that it has not changed") {
  Engine engine(3);
  engine.run();
  const sync::Report report = engine.run(rebuilt(Json{{"policy", {{"ttl", "24h"}}}}));
  CHECK(engine.fetched().empty());
  CHECK(report.counts.upserts == 3);
}

TEST_CASE("a namespace that the store lost is sent again by the next run") {
  Engine engine(3);
  engine.run();
  engine.server.spaces.clear();
  engine.run({{"policy", {{"ttl", "24h"}}}});
  CHECK(engine.server.rows().size() == 3);
}

TEST_CASE("an unknown store or embedder is an error that names it") {
  Engine engine(1);
  base::Error error = engine.refused(to("fale"));
  CHECK(error.subject.find("store") != std::string::npos);
  error = engine.refused(embedded("sise"));
  CHECK(error.subject.find("embedder") != std::string::npos);
  CHECK(engine.stored().empty());
}

TEST_CASE("a plan changes nothing") {
  Engine engine(3);
  sync::Report report = engine.run({{"dry_run", true}});
  CHECK(report.dry_run);
  CHECK(report.estimate.fetch == 3);
  CHECK(report.estimate.new_roots == 3);
  CHECK(engine.stored().empty());
  CHECK(engine.server.rows().empty());
  CHECK(engine.fetched().empty());
  engine.run();
  engine.a().list_pages(5);
  report = engine.run({{"dry_run", true}});
  CHECK(report.estimate.fetch == 5);
  CHECK(report.estimate.new_roots == 2);
  CHECK(engine.stored().size() == 3);
  report = engine.run({{"dry_run", true}, {"policy", {{"ttl", "24h"}}}});
  CHECK(report.estimate.fetch == 2);
  CHECK(report.counts.skipped == 3);
}

}  // namespace freshet::tests
