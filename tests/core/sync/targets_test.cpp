// Which targets a run delivers to: as many as are named, one that fills beside another, and none that
// is named no more.
#include <map>
#include <set>

#include "core/base/json.hpp"
#include "core/sync/deliveries.hpp"
#include "core/sync/targets.hpp"
#include "tests/core/sync/fake_store.hpp"
#include "tests/core/sync/fixture.hpp"
#include "tests/support/fake_catalog.hpp"

namespace freshet::sync {
namespace {

using base::Result;
using repository::TargetState;
using tests::FakeStore;

// Its model is an option.
class ModelEmbedder : public ports::Embedder {
 public:
  explicit ModelEmbedder(std::string model) {
    info_.model = std::move(model);
    info_.dimension = 2;
    info_.max_inputs = 8;
  }
  const ports::EmbedderInfo& info() const override { return info_; }
  Result<ports::Embeddings> embed(std::span<const std::string_view> texts, const base::Cancel&,
                                  ports::Purpose) override {
    ports::Embeddings made;
    for (std::size_t i = 0; i < texts.size(); ++i) made.vectors.push_back({1, 2});
    return made;
  }

 private:
  ports::EmbedderInfo info_;
};

// Stores by the number of their server, and that embedder.
class StoresCatalog : public tests::FakeCatalog {
 public:
  StoresCatalog()
      : FakeCatalog({{ports::Kind::store, "fake"}, {ports::Kind::embedder, "digest"}}) {}
  Result<std::unique_ptr<ports::Embedder>> open_embedder(const std::string&, const Json& options,
                                                         const base::Cancel&) override {
    return std::make_unique<ModelEmbedder>(options.value("model", "one"));
  }
  Result<std::unique_ptr<ports::Store>> open_store(const std::string&, const Json& options,
                                                   const base::Cancel&) override {
    const int number = options.value("server", 0);
    if (down.contains(number)) return base::fail(base::Code::network, "is down");
    auto store = std::make_unique<FakeStore>(servers[number]);
    if (refusing.contains(number))
      store->before_ = [](int) -> base::Status {
        return base::fail(base::Code::denied, "nobody may write");
      };
    return store;
  }

  std::map<int, tests::FakeServer> servers;
  std::set<int> down, refusing;
};

struct Delivered {
  Delivered() : repository(tests::open_repository(folder / "repository")) {
    roots = *RootLog::make(folder / "repository");
    tests::put(*repository, tests::document("u:1", {"a", "b", "c"}));
  }

  // What a run does for its targets. Returns why it was refused, or nothing.
  std::string run(const std::string& text, bool deliver = true) {
    const auto config = parse_run(base::Json::parse(text));
    if (!config) return base::to_string(config.error());
    const Context context{*repository, catalog, http};
    auto targets = open_targets(context, *config, false, {});
    if (!targets) return base::to_string(targets.error());
    failed = targets->failed;
    Ledger ledger(repository->clock(), nullptr, roots);
    {
      Leases leases(*repository, repository->clock().now(), [] {});
      REQUIRE(leases.start());
      Deliveries deliveries(*repository, *targets, 8, nullptr, leases, ledger, {});
      if (deliver) REQUIRE(deliveries.start());
      deliveries.finish();
      if (deliver && !config->keep_retired) empty_retired(context, leases, ledger, {});
    }
    for (const base::Error& error : ledger.errors()) failed.push_back(error);
    return "";
  }
  std::vector<repository::KnownTarget> known() { return *repository->read()->targets(); }
  std::size_t rows(int server, const std::string& name = "default") {
    return catalog.servers[server].spaces[name].size();
  }
  std::uint64_t pending() { return repository->read()->info()->deliveries; }

  tests::Folder folder;
  std::shared_ptr<repository::Repository> repository;
  std::shared_ptr<RootLog> roots;
  StoresCatalog catalog;
  tests::NoHttp http;
  std::vector<base::Error> failed;
};

const std::string first_store = R"({"stores":[{"name":"fake"}]})";
const std::string two_stores =
    R"({"stores":[{"name":"fake"},{"name":"fake","options":{"server":1}}]})";
const std::string second_store = R"({"stores":[{"name":"fake","options":{"server":1}}]})";

std::string with_model(const std::string& model, const std::string& on_change) {
  return R"({"store":"fake","embedder":{"name":"digest","options":{"model":")" + model +
         R"("}},"on_change":")" + on_change + R"("})";
}

}  // namespace

TEST_CASE("two stores get the same rows, and are searched when they are full") {
  Delivered setup;
  CHECK(setup.run(two_stores) == "");
  CHECK(setup.failed.empty());
  CHECK(setup.rows(0) == 3);
  CHECK(setup.rows(1) == 3);
  CHECK(setup.pending() == 0);
  for (const auto& target : setup.known()) CHECK(target.state == TargetState::live);
  tests::put(*setup.repository, tests::document("u:1", {"a", "b"}));
  CHECK(setup.run("{}") == "");  // as before
  CHECK(setup.rows(0) == 2);
  CHECK(setup.rows(1) == 2);
}

TEST_CASE("a store that is added later is filled, and one that is named no more is emptied") {
  Delivered setup;
  CHECK(setup.run(R"({"store":"fake"})") == "");
  CHECK(setup.run(two_stores) == "");
  CHECK(setup.rows(1) == 3);
  REQUIRE(setup.known().size() == 2);
  CHECK(setup.known()[1].suffix == "");
  CHECK(setup.run(second_store) == "");
  REQUIRE(setup.known().size() == 1);
  CHECK(setup.known()[0].number == 2);
  CHECK_FALSE(setup.catalog.servers[0].spaces.contains("default"));
  CHECK(setup.rows(1) == 3);
  CHECK(setup.pending() == 0);
}

TEST_CASE("what a person wants kept is retired and stays in its store") {
  Delivered setup;
  CHECK(setup.run(two_stores) == "");
  CHECK(setup.run(R"({"stores":[{"name":"fake"}],"keep_retired":true})") == "");
  CHECK(setup.known()[1].state == TargetState::retired);
  CHECK(setup.rows(1) == 3);
  CHECK(setup.pending() == 0);
  CHECK(setup.run(first_store) == "");
  CHECK(setup.known().size() == 1);
  CHECK_FALSE(setup.catalog.servers[1].spaces.contains("default"));
}

TEST_CASE("a store that fails holds up no other one") {
  Delivered setup;
  CHECK(setup.run(two_stores) == "");
  tests::put(*setup.repository, tests::document("u:2", {"d"}));
  SECTION("that does not take anything") { setup.catalog.refusing = {0}; }
  SECTION("that cannot be opened") { setup.catalog.down = {0}; }
  CHECK(setup.run(two_stores) == "");
  REQUIRE(setup.failed.size() == 1);
  CHECK(setup.rows(0) == 3);
  CHECK(setup.rows(1) == 4);
  CHECK(setup.pending() == 1);
  setup.catalog.refusing = setup.catalog.down = {};
  CHECK(setup.run(two_stores) == "");
  CHECK(setup.rows(0) == 4);
  CHECK(setup.pending() == 0);
}

TEST_CASE("the store that is searched is not given up before another one is full") {
  Delivered setup;
  CHECK(setup.run(first_store) == "");
  setup.catalog.refusing = {1};
  CHECK(setup.run(two_stores) == "");
  CHECK(setup.known()[1].state == TargetState::filling);
  CHECK(setup.run(second_store).find("is in none of these stores in full") != std::string::npos);
  CHECK(setup.rows(0) == 3);
}

TEST_CASE("another model is refused, unless it is said what it means") {
  Delivered setup;
  CHECK(setup.run(with_model("one", "refuse")) == "");
  CHECK(setup.run(with_model("two", "refuse"))
            .find("was delivered with vectors of the model \"one\"") != std::string::npos);
  CHECK(setup.known().size() == 1);
  CHECK(setup.run(with_model("two", "reembed")) == "");
  CHECK(setup.known()[0].live.model == "two+titles");
  CHECK(setup.known()[0].number == 1);
  CHECK(setup.rows(0) == 3);
}

TEST_CASE("titles are embedded where nothing else was, and else when they are asked for") {
  Delivered setup;
  const auto with_titles = [](const char* titles, const char* on_change) {
    return R"({"store":"fake","embedder":"digest","chunker":{"embed_titles":)" +
           std::string(titles) + R"(},"on_change":")" + on_change + R"("})";
  };
  const std::string silent = R"({"store":"fake","embedder":"digest"})";
  SECTION("a new namespace") {
    CHECK(setup.run(silent) == "");
    CHECK(setup.known()[0].live.model == "one+titles");
    CHECK(
        setup.run(with_titles("false", "refuse"))
            .find(
                "was delivered with vectors of texts with their titles; this run asks for vectors "
                "of texts without their titles") != std::string::npos);
    CHECK(setup.known()[0].live.model == "one+titles");
  }
  SECTION("one of before") {
    CHECK(setup.run(with_titles("false", "refuse")) == "");
    CHECK(setup.known()[0].live.model == "one");
    CHECK(setup.run(silent) == "");
    CHECK(setup.known()[0].live.model == "one");
    CHECK(setup.run(with_titles("true", "refuse")).find("was delivered with") != std::string::npos);
    CHECK(setup.run(with_titles("true", "reembed")) == "");
    CHECK(setup.known()[0].live.model == "one+titles");
    CHECK(setup.known()[0].number == 1);
    CHECK(setup.run(silent) == "");
    CHECK(setup.known()[0].live.model == "one+titles");
  }
  SECTION("as a generation beside what is searched") {
    CHECK(setup.run(with_titles("false", "refuse")) == "");
    CHECK(setup.run(with_titles("true", "generation"), false) == "");
    CHECK(setup.known().size() == 2);
    CHECK((*setup.repository->read()->searched())->live.model == "one");
    CHECK(setup.run(with_titles("true", "generation")) == "");
    REQUIRE(setup.known().size() == 1);
    CHECK(setup.known()[0].live.model == "one+titles");
    CHECK(setup.rows(0, "default.freshet.2") == 3);
  }
}

TEST_CASE("a generation of another model fills beside the live one, and then takes its place") {
  Delivered setup;
  CHECK(setup.run(with_model("one", "generation")) == "");
  CHECK(setup.run(with_model("two", "generation"), false) == "");
  {
    const auto known = setup.known();
    REQUIRE(known.size() == 2);
    CHECK(known[1].replaces == 1);
    CHECK(known[1].suffix == ".freshet.2");
    CHECK((*setup.repository->read()->searched())->number == 1);
    CHECK(setup.rows(0) == 3);
  }
  // What comes meanwhile is for both. The process that had begun it is gone, and another goes on.
  tests::put(*setup.repository, tests::document("u:2", {"d"}));
  CHECK(setup.run(with_model("two", "generation")) == "");
  CHECK(setup.failed.empty());
  const auto known = setup.known();
  REQUIRE(known.size() == 1);
  CHECK(known[0].number == 2);
  CHECK(known[0].live.model == "two+titles");
  CHECK(setup.rows(0, "default.freshet.2") == 4);
  CHECK_FALSE(setup.catalog.servers[0].spaces.contains("default"));
  CHECK(setup.pending() == 0);
}

TEST_CASE("a generation that cannot be filled leaves the live one in step") {
  Delivered setup;
  CHECK(setup.run(R"({"store":"fake"})") == "");
  setup.catalog.refusing = {1};
  const std::string moved =
      R"({"store":{"name":"fake","options":{"server":1}},"on_change":"generation"})";
  CHECK(setup.run(moved) == "");
  tests::put(*setup.repository, tests::document("u:2", {"d"}));
  CHECK(setup.run(moved) == "");
  CHECK(setup.known().size() == 2);
  CHECK((*setup.repository->read()->searched())->number == 1);
  CHECK(setup.rows(0) == 4);
  CHECK(setup.rows(1) == 0);
  SECTION("and gives way to what it was before") {
    setup.catalog.refusing = {};
    CHECK(setup.run(R"({"store":{"name":"fake","options":{}}})") == "");
    REQUIRE(setup.known().size() == 1);
    CHECK(setup.known()[0].number == 1);
  }
  SECTION("and goes on when it can") {
    setup.catalog.refusing = {};
    CHECK(setup.run(moved) == "");
    REQUIRE(setup.known().size() == 1);
    CHECK(setup.rows(1) == 4);
  }
}

TEST_CASE("a generation whose namespace is lost while it fills begins anew, and comes to its end") {
  Delivered setup;
  CHECK(setup.run(two_stores) == "");
  setup.catalog.servers[1].refuses = true;
  REQUIRE(setup.repository->write([&](repository::Writer& writer) {
    return writer.begin_generation(setup.known()[1].live, repository::Room::aside, 2);
  }));
  CHECK(setup.run("{}") == "");  // it is made, and nothing of it is taken
  REQUIRE(setup.known()[1].newest.fill == repository::Fill::filling);
  REQUIRE(setup.catalog.servers[1].spaces.erase("default~2") +
              setup.catalog.servers[1].spaces.erase("default~1") ==
          1);
  setup.catalog.servers[1].refuses = false;
  CHECK(setup.run("{}") == "");
  CHECK(setup.failed.empty());
  CHECK(setup.pending() == 0);
  CHECK_FALSE(setup.known()[1].newest.under_way());
  CHECK(setup.rows(1) == 3);
}

TEST_CASE("a configuration with both forms, or an unknown word, is refused") {
  const auto wrong = [](const char* text) {
    return base::to_string(parse_run(base::Json::parse(text)).error());
  };
  CHECK(wrong(R"({"store":"a","stores":["b"]})").find("is given beside \"stores\"") !=
        std::string::npos);
  CHECK(wrong(R"({"stores":[]})").find("is not an array of stores") != std::string::npos);
  CHECK(wrong(R"({"on_change":"never"})").find("is not refuse, reembed or generation") !=
        std::string::npos);
}

}  // namespace freshet::sync
