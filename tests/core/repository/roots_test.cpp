#include <algorithm>

#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {
namespace {

Failure failure_of(const std::string& uri, bool gone = false) {
  Failure failure;
  failure.uri = uri;
  failure.error = {Code::timeout, "took too long", "host", -1, 3, nullptr};
  failure.now = {5000};
  failure.ask_again = fixed({9000});
  failure.gone = gone;
  return failure;
}

Root root_of(const Repository& repository, const std::string& uri) {
  const Snapshot snapshot = read(repository);
  const auto listed = snapshot.list_roots({}, 1000);
  for (const Root& root : *listed)
    if (root.uri == uri) return root;
  FAIL("no root " + uri);
  return {};
}

}  // namespace

TEST_CASE("a failure changes nothing but the error record and the time to ask again (law 1)") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Made made = make("u:a", {{"1", "a"}});
  put(*repository, made);
  deliver_all(*repository);
  put(*repository, [](Writer& writer) { return writer.fail(failure_of("u:a")); });
  const Root root = root_of(*repository, "u:a");
  CHECK(root.failures == 1);
  CHECK(root.failed == Instant{5000});
  CHECK(root.error_code == Code::timeout);
  CHECK(root.error == "host: took too long");
  CHECK(root.ask_again == Instant{9000});
  CHECK(root.ingested == Instant{1000});
  CHECK(root.checked == Instant{1000});
  CHECK(root.version == "v1");
  const auto snapshot = read(*repository);
  CHECK(snapshot.document("u:a")->has_value());
  CHECK(snapshot.info()->failing == 1);
  CHECK(snapshot.deliveries(0, 10)->empty());
  CHECK(snapshot.due({8999}, 10)->empty());
  CHECK(snapshot.due({9000}, 10)->size() == 1);
  check(*repository);
}

TEST_CASE("a root that is not known yet begins with what its loader says of it") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const std::string words = R"({"entry":{"title":"T"}})";
  const Decline declined{"u:a", {1}, fixed({9}), {}, "h", words};
  Failure failed;
  failed.uri = "u:b";
  failed.now = {1};
  failed.ask_again = fixed({9});
  failed.error.code = Code::network;
  failed.handle = "h";
  failed.loader_metadata = words;
  put(*repository, [&](Writer& writer) { return writer.decline(declined); });
  put(*repository, [&](Writer& writer) { return writer.fail(failed); });
  failed.handle = "another";  // of a known root a failure says nothing
  put(*repository, [&](Writer& writer) { return writer.fail(failed); });
  for (const char* uri : {"u:a", "u:b"}) {
    CHECK(root_of(*repository, uri).handle == "h");
    CHECK(root_of(*repository, uri).loader_metadata == words);
  }
  check(*repository);
}

TEST_CASE("other words of a listing take away what would call the document unchanged") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Made made = make("u:a", {{"1", "a"}});
  put(*repository, made);
  const Root before = root_of(*repository, "u:a");
  REQUIRE_FALSE(before.version.empty());
  const auto say = [&](const std::string& handle, const std::string& words) {
    return repository->write(
        [&](Writer& writer) { return writer.set_entry(before.id, handle, words); });
  };
  CHECK(say("another", before.loader_metadata));
  CHECK(root_of(*repository, "u:a").handle == "another");
  CHECK(root_of(*repository, "u:a").version == before.version);
  CHECK(say("another", R"({"entry":{}})"));
  const Root after = root_of(*repository, "u:a");
  CHECK(after.version.empty());
  CHECK(after.bytes_digest.empty());
  CHECK(after.content_digest == before.content_digest);
  CHECK(after.ask_again == before.ask_again);
  CHECK(say(std::string(most_handle + 1, 'h'), "").error().code == Code::limit);
  CHECK(
      repository
          ->write([](Writer& writer) { return writer.set_entry(model::root_id("u:none"), "", ""); })
          .error()
          .code == Code::not_found);
  check(*repository);
}

TEST_CASE("a root keeps its loader's handle until it is given another") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Made made = make("u:a", {{"1", "a"}});
  put(*repository, made);
  const auto touched = [&](std::optional<std::string> handle) {
    Touch touch;
    touch.root = model::root_id("u:a");
    touch.now = {2};
    touch.handle = std::move(handle);
    return repository->write([&](Writer& writer) { return writer.touch(touch); });
  };
  CHECK(touched(std::nullopt));
  CHECK(root_of(*repository, "u:a").handle == "of u:a");
  CHECK(touched("another"));
  CHECK(root_of(*repository, "u:a").handle == "another");
  const Status refused = touched(std::string(most_handle + 1, 'h'));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::limit);
  CHECK(base::to_string(refused.error()) == "u:a: has a handle of 1025 bytes; the most is 1024");
  const Alias alias{"u:a", "u:b", "v", {}, {3}, fixed({4}), {}, "of the alias"};
  put(*repository, [&](Writer& writer) { return writer.put_alias(alias); });
  const Root root = root_of(*repository, "u:a");
  CHECK(root.handle == "of the alias");
  CHECK(root.loader_metadata.empty());
  CHECK(root.length == 0);
  check(*repository);
}

TEST_CASE("the length of a root is known without its text") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Made made = make("u:a", {{"1", "text"}, {"2", "more of it"}});
  put(*repository, made);
  const auto element = read(*repository).element(model::root_id("u:a").hex());
  CHECK((*element)->span.end == model::text_of(made.document).size());
  CHECK(root_of(*repository, "u:a").length == model::text_of(made.document).size());
}

TEST_CASE("failures of a root that was never read are recorded") {
  TempDir dir;
  const auto repository = open(dir / "r");
  for (int i = 0; i < 2; ++i)
    put(*repository, [](Writer& writer) { return writer.fail(failure_of("u:new")); });
  const Root root = root_of(*repository, "u:new");
  CHECK(root.failures == 2);
  CHECK_FALSE(root.exists());
  CHECK(read(*repository).info()->roots == 1);
  CHECK(read(*repository).info()->documents == 0);
  CHECK_FALSE(read(*repository).document("u:new")->has_value());
  check(*repository);
}

TEST_CASE("\"not found\" is counted in a row, and any other answer begins anew") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const auto fail = [&](bool gone) {
    put(*repository, [&](Writer& writer) { return writer.fail(failure_of("u:a", gone)); });
    return root_of(*repository, "u:a").gone_seen;
  };
  CHECK(fail(true) == 1);
  CHECK(fail(true) == 2);
  CHECK(fail(false) == 0);
  CHECK(fail(true) == 1);
  put(*repository, make("u:a", {{"1", "a"}}));
  CHECK(root_of(*repository, "u:a").gone_seen == 0);
  CHECK(root_of(*repository, "u:a").failures == 0);
  CHECK(root_of(*repository, "u:a").error.empty());
  check(*repository);
}

TEST_CASE("a touch moves the checked timestamp and clears failures, and nothing else") {
  TempDir dir;
  const auto repository = open(dir / "r");
  put(*repository, make("u:a", {{"1", "a"}}));
  put(*repository, [](Writer& writer) { return writer.fail(failure_of("u:a")); });
  Touch touch;
  touch.root = model::root_id("u:a");
  touch.now = {7000};
  touch.ask_again = fixed({8000});
  put(*repository, [&](Writer& writer) { return writer.touch(touch); });
  Root root = root_of(*repository, "u:a");
  CHECK(root.checked == Instant{7000});
  CHECK(root.ingested == Instant{1000});
  CHECK(root.changed == Instant{1000});
  CHECK(root.ask_again == Instant{8000});
  CHECK(root.version == "v1");
  CHECK(root.failures == 0);
  CHECK(read(*repository).info()->failing == 0);
  touch.version = "v2";
  touch.fingerprint = base::digest_of("f");
  put(*repository, [&](Writer& writer) { return writer.touch(touch); });
  root = root_of(*repository, "u:a");
  CHECK(root.version == "v2");
  CHECK(root.fingerprint == base::digest_of("f"));
  touch.root = model::root_id("u:none");
  const Status unknown = repository->write([&](Writer& writer) { return writer.touch(touch); });
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == Code::not_found);
  check(*repository);
}

TEST_CASE("what was declined leaves the validators of what is stored") {
  TempDir dir;
  const auto repository = open(dir / "r");
  put(*repository, make("u:a", {{"1", "a"}}));
  const Root before = root_of(*repository, "u:a");
  put(*repository, [](Writer& writer) { return writer.fail(failure_of("u:a")); });
  for (const char* uri : {"u:a", "u:new"})
    put(*repository, [&](Writer& writer) {
      return writer.decline({uri, {7000}, fixed({8000}), {}});
    });
  const Root root = root_of(*repository, "u:a");
  CHECK(root.checked == Instant{7000});
  CHECK(root.ingested == before.ingested);
  CHECK(root.ask_again == Instant{8000});
  CHECK(root.version == before.version);
  CHECK(root.bytes_digest == before.bytes_digest);
  CHECK(root.failures == 0);
  const Root fresh = root_of(*repository, "u:new");
  CHECK_FALSE(fresh.exists());
  CHECK(fresh.checked == Instant{7000});
  CHECK(fresh.version.empty());
  check(*repository);
}

TEST_CASE("a failure of the policy says nothing of the source, and is over with its next answer") {
  TempDir dir;
  const auto repository = open(dir / "r");
  put(*repository, [](Writer& writer) { return writer.fail(failure_of("u:a", true)); });
  put(*repository, [](Writer& writer) {
    Failure failure = failure_of("u:a");
    failure.error.code = Code::policy_failed;
    return writer.fail(failure);
  });
  CHECK(root_of(*repository, "u:a").gone_seen == 1);
  CHECK(root_of(*repository, "u:a").failures == 2);
  put(*repository,
      [](Writer& writer) { return writer.set_ask_again(model::root_id("u:a"), fixed({9000})); });
  CHECK(root_of(*repository, "u:a").failures == 0);
  CHECK(root_of(*repository, "u:a").gone_seen == 1);
  CHECK(read(*repository).info()->failing == 0);
  check(*repository);
}

TEST_CASE("when to ask again is found from the root as the change leaves it") {
  TempDir dir;
  const auto repository = open(dir / "r");
  put(*repository, make("u:a", {{"1", "a"}}));
  put(*repository, [](Writer& writer) { return writer.set_flags("u:a", R"({"n":1})"); });
  Root seen;
  const Schedule look = [&](const Root& after) {
    seen = after;
    return Instant{1234};
  };
  put(*repository, [&](Writer& writer) {
    Failure failure = failure_of("u:a");
    failure.ask_again = look;
    return writer.fail(failure);
  });
  CHECK(seen.failures == 1);
  CHECK(seen.flags == R"({"n":1})");
  CHECK(root_of(*repository, "u:a").ask_again == Instant{1234});
  put(*repository, [](Writer& writer) { return writer.set_flags("u:a", R"({"n":2})"); });
  CHECK(root_of(*repository, "u:a").ask_again == Instant{1234});  // it waits after a failure
}

TEST_CASE("an alias holds nothing of its own, and stops being one with a document") {
  TempDir dir;
  const auto repository = open(dir / "r");
  put(*repository, make("u:old", {{"1", "a"}, {"2", "b"}}));
  deliver_all(*repository);
  const auto make_alias = [](Writer& writer) {
    return writer.put_alias({"u:old", "u:new", "v9", {}, Instant{4000}, fixed({6000}), {}});
  };
  put(*repository, make_alias);
  Root root = root_of(*repository, "u:old");
  CHECK(root.alias_of == "u:new");
  CHECK(root.version == "v9");
  CHECK_FALSE(root.exists());
  CHECK(root.chunks == 0);
  auto snapshot = read(*repository);
  CHECK(snapshot.info()->chunks == 0);
  CHECK(snapshot.info()->documents == 0);
  CHECK(snapshot.deliveries(0, 10)->size() == 2);
  CHECK((*snapshot.deliveries(0, 10))[0].removal);
  check(*repository);
  put(*repository, make("u:old", {{"1", "a"}}));
  root = root_of(*repository, "u:old");
  CHECK(root.alias_of.empty());
  CHECK(root.exists());
  check(*repository);
  const Status itself = repository->write([](Writer& writer) {
    return writer.put_alias({"u:x", "u:x", "", {}, Instant{1}, fixed({2}), {}});
  });
  REQUIRE_FALSE(itself);
  CHECK(itself.error().code == Code::invalid_argument);
}

TEST_CASE("flags merge, a null removes, and a refresh leaves them alone") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const auto flag = [&](const std::string& flags) {
    return repository->write([&](Writer& writer) { return writer.set_flags("u:a", flags); });
  };
  REQUIRE_FALSE(flag("{}"));
  CHECK(flag("{}").error().code == Code::not_found);
  put(*repository, make("u:a", {{"1", "a"}}));
  REQUIRE(flag(R"({"priority":"high","no_refresh":true})"));
  REQUIRE(flag(R"({"no_refresh":null,"n":1})"));
  put(*repository, make("u:a", {{"1", "b"}}), {3000});
  CHECK(model::Json::parse(root_of(*repository, "u:a").flags) ==
        model::Json{{"priority", "high"}, {"n", 1}});
  REQUIRE(flag(R"({"priority":null,"n":null})"));
  CHECK(root_of(*repository, "u:a").flags.empty());
  CHECK(flag("[1]").error().code == Code::invalid_argument);
  CHECK(flag("{").error().code == Code::invalid_argument);
}

TEST_CASE("the due index is in order of time and reads no further than asked") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const std::vector<std::int64_t> times{500, -7, 300, 100, 400, 200};
  for (const std::int64_t at : times)
    put(*repository, make("u:" + std::to_string(at), {{"1", "a"}}), {1000}, {at});
  put(*repository, make("u:never", {{"1", "a"}}), {1000}, base::never);
  const auto snapshot = read(*repository);
  const auto due = snapshot.due({300}, 100);
  REQUIRE(due->size() == 4);
  const std::vector<std::string> expected{"u:-7", "u:100", "u:200", "u:300"};
  for (std::size_t i = 0; i < 4; ++i) CHECK((*due)[i] == model::root_id(expected[i]));
  CHECK(snapshot.due({1'000'000}, 2)->size() == 2);
  CHECK(*snapshot.count_due({300}) == 4);
  CHECK(*snapshot.count_due(base::never) == 6);
  put(*repository,
      [](Writer& writer) { return writer.set_ask_again(model::root_id("u:100"), fixed({900})); });
  put(*repository,
      [](Writer& writer) { return writer.set_ask_again(model::root_id("u:200"), {}); });
  CHECK(read(*repository).due({300}, 100)->size() == 2);
  CHECK_FALSE(repository->write(
      [](Writer& writer) { return writer.set_ask_again(Digest{}, fixed({900})); }));
  check(*repository);
}

TEST_CASE("what is due is counted from the nearer end of the index, with what of it has failed") {
  TempDir dir;
  OpenOptions first = options(), second = options();
  first.name_space = "first";
  second.name_space = "second";
  const auto repository = open(dir / "r", first);
  for (int i = 1; i <= 9; ++i)
    put(*repository, make("u:" + std::to_string(i), {{"1", "a"}}), {1000}, {i * 100});
  for (const char* const uri : {"u:2", "u:7", "u:8"})
    put(*repository, [&](Writer& writer) { return writer.fail(failure_of(uri)); });  // till 9000
  const auto compare = [&](std::vector<std::uint64_t> all, std::vector<std::uint64_t> failing) {
    const std::vector<std::int64_t> times{50, 300, 900, 9000};
    for (std::size_t i = 0; i < times.size(); ++i) {
      INFO(times[i]);
      CHECK(*read(*repository).count_due({times[i]}) == all[i]);
      CHECK(read(*repository).count_due_failing({times[i]})->all == all[i]);
      CHECK(read(*repository).count_due_failing({times[i]})->failing == failing[i]);
    }
  };
  compare({0, 2, 6, 9}, {0, 0, 0, 3});
  put(*repository, [](Writer& writer) {  // one that failed, and is due at once
    Failure failure = failure_of("u:1");
    failure.ask_again = fixed({40});
    return writer.fail(failure);
  });
  compare({1, 2, 6, 9}, {1, 1, 1, 4});
  put(*repository, [](Writer& writer) {  // one that failed, and has no row
    Failure failure = failure_of("u:never");
    failure.ask_again = {};
    return writer.fail(failure);
  });
  compare({1, 2, 6, 9}, {1, 1, 1, 4});
  const auto other = open(dir / "r", second);  // whose rows lie behind, or before
  put(*other, make("u:other", {{"1", "a"}}), {1000}, {500});
  compare({1, 2, 6, 9}, {1, 1, 1, 4});
  CHECK(*read(*other).count_due({499}) == 0);
  CHECK(*read(*other).count_due({500}) == 1);
  check(*repository);
}

TEST_CASE("roots are visited in the order of their ids, known or not") {
  TempDir dir;
  const auto repository = open(dir / "r");
  std::vector<Digest> ids;
  put(*repository, [&](Writer& writer) -> Status {
    for (int i = 0; i < 500; ++i) FRESHET_TRY(writer.fail(failure_of("u:" + std::to_string(i))));
    return {};
  });
  for (int i = 0; i < 600; ++i) ids.push_back(model::root_id("u:" + std::to_string(i)));
  const auto snapshot = read(*repository);
  const auto visit = [&](const std::vector<Digest>& wanted) {
    std::vector<std::size_t> visited;
    std::size_t known = 0;
    REQUIRE(snapshot.roots(wanted, [&](std::size_t index, const RootView* root) {
      visited.push_back(index);
      if (root != nullptr) ++known;
      if (root != nullptr) CHECK(root->id == wanted[index]);
      if (root != nullptr) CHECK(model::root_id(std::string(root->uri)) == wanted[index]);
    }));
    CHECK(visited.size() == wanted.size());
    for (std::size_t i = 1; i < visited.size(); ++i)
      CHECK(wanted[visited[i - 1]] <= wanted[visited[i]]);
    return known;
  };
  CHECK(visit(ids) == 500);
  std::sort(ids.begin(), ids.end());
  CHECK(visit(ids) == 500);
  std::vector<Digest> few{ids[7], ids[3], ids[3], base::digest_of("zz"), Digest{}};
  visit(few);
  CHECK(visit({}) == 0);
}

TEST_CASE("roots are listed page by page") {
  TempDir dir;
  const auto repository = open(dir / "r");
  for (int i = 0; i < 25; ++i)
    put(*repository,
        [&](Writer& writer) { return writer.fail(failure_of("u:" + std::to_string(i))); });
  const auto snapshot = read(*repository);
  std::vector<std::string> uris;
  Digest cursor;
  for (;;) {
    const auto page = snapshot.list_roots(cursor, 7);
    REQUIRE(page);
    if (page->empty()) break;
    for (const Root& root : *page) uris.push_back(root.uri);
    cursor = page->back().id;
  }
  std::sort(uris.begin(), uris.end());
  CHECK(uris.size() == 25);
  CHECK(std::unique(uris.begin(), uris.end()) == uris.end());
  CHECK(snapshot.list_roots({}, 0)->empty());
}

TEST_CASE("the newest reports are kept, newest first, and none that is old") {
  TempDir dir;
  const auto repository = open(dir / "r");
  for (int i = 1; i <= 130; ++i)
    put(*repository, [&](Writer& writer) { return writer.put_run(std::to_string(i), 100); });
  const auto runs = read(*repository).runs(1000);
  REQUIRE(runs->size() == 100);
  CHECK(runs->front().report == "130");
  CHECK(runs->back().report == "31");
  CHECK(read(*repository).runs(2)->size() == 2);
  const std::uint64_t first = runs->back().number;
  CHECK(read(*repository).runs(1000, first)->empty());
  CHECK(read(*repository).runs(1, first + 2)->front().report == "32");
  CHECK(read(*repository).run(first)->value().report == "31");
  CHECK_FALSE(read(*repository).run(first - 1)->has_value());
  put(*repository, [&](Writer& writer) {
    return writer.put_run("131", 100, [](std::string_view report) { return report < "35"; });
  });
  CHECK(read(*repository).runs(1000)->back().report == "35");
  put(*repository, [&](Writer& writer) {
    return writer.put_run("132", 100, [](std::string_view) { return true; });
  });
  CHECK(read(*repository).runs(1000)->size() == 1);
}

TEST_CASE("namespaces of one directory do not see each other") {
  TempDir dir;
  OpenOptions first = options(), second = options();
  first.name_space = "first";
  second.name_space = "second";
  const auto a = open(dir / "r", first), b = open(dir / "r", second);
  put(*a, make("u:a", {{"1", "a"}}));
  CHECK(read(*a).info()->roots == 1);
  CHECK(read(*b).info()->roots == 0);
  CHECK_FALSE(read(*b).document("u:a")->has_value());
  put(*b, make("u:a", {{"1", "z"}}));
  CHECK((*read(*a).document("u:a"))->children[0].text == "a");
  const auto both = *read(*b).name_spaces();
  REQUIRE(both.size() == 2);
  CHECK(both[0].name == "first");
  CHECK(both[1].name == "second");
  CHECK(both[1].roots == 1);
  check(*a);
  check(*b);
}

TEST_CASE("info says whether an embedder is configured") {
  TempDir dir;
  const auto repository = open(dir / "r");
  CHECK_FALSE(read(*repository).info()->has_embeddings);
  CHECK_FALSE(read(*repository).target()->has_value());
  Target target{"chroma", R"({"url":"x"})", "openai", "{}", "small", 1536};
  put(*repository, [&](Writer& writer) { return writer.put_target(target); });
  CHECK(read(*repository).info()->has_embeddings);
  CHECK((*read(*repository).target())->dimension == 1536);
  CHECK((*read(*repository).target())->store_options == R"({"url":"x"})");
  CHECK(read(*repository).info()->persistent);
}

}  // namespace freshet::repository::test
