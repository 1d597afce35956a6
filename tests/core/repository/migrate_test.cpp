// A repository of schema 1, made by the last version that wrote it, becomes one of this schema.
#include <fmt/format.h>

#include <set>

#include "core/lmdb/seal.hpp"
#include "core/repository/codec.hpp"
#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {
namespace {

void put_record(const std::string& directory, Db db, const Key& key, Encoder& value) {
  RawCommit commit(directory);
  commit.put(db, key, value);
  commit.commit();
}

// Of one of schema 4: takes away all that it added.
void make_schema(std::uint32_t schema, const std::string& directory) {
  RawCommit commit(directory);
  if (schema < 4)
    for (const Db db : {Db::refusals, Db::gates}) commit.drop(db);
  if (schema == 2)
    for (const Db db : {Db::excluded, Db::triggers}) commit.drop(db);
  Encoder front;
  front.number(schema).raw(commit.get(Db::meta, "schema").substr(lmdb::seal_size + 4));
  commit.put(Db::meta, "schema", front);
  commit.commit();
}

}  // namespace

TEST_CASE("a repository of schema 2, 3 or 4 is given what it lacks, and keeps all else") {
  const auto schema = GENERATE(as<std::uint32_t>(), 2, 3, 4);
  TempDir dir;
  copy_frozen_4(dir / "r");
  make_schema(schema, dir / "r");
  OpenOptions look = options();
  look.read_only = true;
  CHECK(Repository::open(dir / "r", look).error().code == Code::version);
  const auto repository = open(dir / "r");
  check(*repository);
  CHECK(read(*repository).info()->documents == 3);
  CHECK(read(*repository).info()->deliveries == 0);
  const auto roots = *read(*repository).list_roots({}, 10);
  REQUIRE(roots.size() == 3);
  for (const Root& root : roots) {
    CHECK(root.confirmed_by.empty());
    CHECK(root.checked > root.ingested);  // by the second listing
    CHECK(root.ask_again == root.checked);
    CHECK(root.version.starts_with("m:"));
    CHECK(root.media_type == "text/markdown");
  }
  const auto sources = *read(*repository).sources();
  REQUIRE(sources.size() == 1);
  CHECK(sources[0].name == "notes");
  CHECK(sources[0].members == 3);
  CHECK(sources[0].generation == 2);
  CHECK(sources[0].confirmed == base::unset);
  CHECK(read(*repository).seen_by(sources[0].id, roots[0].id) == 2);
  put(*repository, [&](Writer& writer) {
    return writer.exclude({roots[0].uri, {900}, ""}).map([](auto&&) {});
  });
  check(*repository);
}

TEST_CASE("the sections of a repository of schema 5 are found by their ids, and have no others") {
  TempDir dir;
  copy_frozen_5(dir / "r");
  const auto repository = open(dir / "r");
  check(*repository);
  const auto snapshot = read(*repository);
  const auto roots = *snapshot.list_roots({}, 10);
  REQUIRE(roots.size() == 3);
  std::size_t sections = 0;
  for (const Root& root : roots) {
    CHECK_FALSE(root.confirmed_by.empty());
    const auto elements = *snapshot.elements_of(root.id);
    for (const Element& element : elements) {
      const auto found = *snapshot.element(element.id);
      REQUIRE(found);
      CHECK(found->title == element.title);
      CHECK(snapshot.path_from_root(element.id)->has_value());
    }
    sections += elements.size() - 1;
    const auto document = *snapshot.document(root.uri);
    REQUIRE(document);
    const auto chunks = *snapshot.chunks_of(root.id);
    for (const StoredChunk& stored : chunks)
      CHECK(stored.chunk.span.end <= model::text_of(*document).size());
  }
  CHECK(sections > 3);
}

TEST_CASE("a repository of schema 1 is migrated when it is opened for writing") {
  TempDir dir;
  copy_frozen(dir / "r");
  OpenOptions look = options();
  look.read_only = true;
  const auto before = Repository::open(dir / "r", look);
  REQUIRE_FALSE(before);
  CHECK(before.error().code == Code::version);
  CHECK(before.error().message ==
        fmt::format("made by an older freshet (schema 1; this one writes {}): "
                    "open it once for writing, which migrates it",
                    lmdb::schema));
  for (const char* const name : {"default", "waiting", "empty"}) {
    INFO(name);
    check(*open(dir / "r", name_space(name)));
  }
  const auto after = Repository::open(dir / "r", look);
  REQUIRE(after);
  const auto info = read(**after).info();
  CHECK(info->roots == 6);
  CHECK(info->documents == 4);
  CHECK(info->chunks == 9);
  CHECK(info->vectors == 9);
}

TEST_CASE("chunks are given the ids of their root, and the store is told") {
  TempDir dir;
  copy_frozen(dir / "r");
  const auto repository = open(dir / "r");
  const auto snapshot = read(*repository);
  std::set<Digest> ids;
  const std::string model = (*snapshot.target())->model;
  const auto roots = *snapshot.list_roots({}, 100);
  for (const Root& root : roots) {
    const auto chunks = *snapshot.chunks_of(root.id);
    for (const StoredChunk& stored : chunks) {
      const model::IdRange range = model::id_range(root.id);
      CHECK((range.first <= stored.chunk.id && stored.chunk.id <= range.last));
      CHECK(stored.chunk.id == model::chunk_id(root.uri, stored.chunk.text, 0));
      CHECK(*snapshot.has_vector(model, base::digest_of(stored.chunk.text)));
      ids.insert(stored.chunk.id);
    }
  }
  CHECK(ids.size() == 9);
  std::size_t removals = 0;
  const auto rows = *snapshot.deliveries(0, 100);
  for (const Delivery& row : rows) {
    CHECK(ids.contains(row.chunk) == !row.removal);
    CHECK(snapshot.delivered(row.chunk)->has_value() == row.removal);
    removals += row.removal ? 1 : 0;
  }
  CHECK(removals == 9);
  CHECK(snapshot.info()->deliveries == 18);
}

TEST_CASE("migrated roots know the length of their text, and nothing of a loader") {
  TempDir dir;
  copy_frozen(dir / "r");
  const auto repository = open(dir / "r");
  const auto snapshot = read(*repository);
  const auto roots = *snapshot.list_roots({}, 100);
  for (const Root& root : roots) {
    const auto document = *snapshot.document(root.uri);
    CHECK(root.length == (document ? model::text_of(*document).size() : 0));
    CHECK(root.handle.empty());
    CHECK(root.loader_metadata.empty());
  }
  const auto sources = *snapshot.sources();
  REQUIRE(sources.size() == 2);
  for (const Source& source : sources) {
    CHECK(source.loader == "sitemap");
    CHECK(source.listed != base::unset);
    CHECK(source.list_again == base::unset);
    CHECK(source.state.empty());
  }
}

TEST_CASE("each source of a migrated repository knows what is due of it") {
  TempDir dir;
  copy_frozen(dir / "r");
  const auto repository = open(dir / "r");
  const auto snapshot = read(*repository);
  const auto sources = *snapshot.sources();
  for (const Source& source : sources) {
    std::set<Digest> expected, found;
    const auto members = *snapshot.members(source.id, {}, 100);
    for (const Digest& root : members) {
      const auto view = *snapshot.root(root);
      if (view && view->ask_again != base::never) expected.insert(root);
    }
    const auto due = *snapshot.due_of(source.id, base::never, {}, 100);
    for (const DueRoot& one : due) found.insert(one.root);
    CHECK(found == expected);
    CHECK_FALSE(found.empty());
  }
}

TEST_CASE("what was pending or in flight before a migration is so afterwards") {
  TempDir dir;
  copy_frozen(dir / "r");
  const auto repository = open(dir / "r", name_space("waiting"));
  CHECK(*read(*repository).has_stranded());
  put(*repository, [](Writer& writer) { return writer.recover_stranded(); });
  const auto snapshot = read(*repository);
  std::size_t upserts = 0, removals = 0;
  const auto rows = *snapshot.deliveries(0, 100);
  for (const Delivery& row : rows) {
    CHECK(snapshot.chunk(row.chunk)->has_value() == !row.removal);
    ++(row.removal ? removals : upserts);
  }
  CHECK(upserts == 8);
  CHECK(removals == 9);  // of one chunk that had gone before, too
  check(*repository);
}

TEST_CASE("a rebuild that was under way before a migration is so afterwards") {
  TempDir dir;
  copy_frozen(dir / "r");
  Encoder old;
  old.number(std::uint64_t{4}).number(std::uint64_t{2});
  old.number(static_cast<std::uint8_t>(Fill::filling));
  old.number(static_cast<std::uint8_t>(Room::aside));
  old.number(std::uint32_t{3});
  for (const char* const text : {"store", "{}", "embedder", "{}", "model"}) old.text(text);
  put_record(dir / "r", Db::targets, Key(1).add(std::uint32_t{1}), old);
  const auto repository = open(dir / "r");
  const auto snapshot = read(*repository);
  const Generation newest = *snapshot.generation();
  CHECK(newest.number == 4);
  CHECK(newest.oldest == 2);
  CHECK(newest.fill == Fill::filling);
  CHECK(newest.room == Room::aside);
  CHECK(newest.target.model == "model");
  CHECK(newest.target.dimension == 3);
  CHECK((*snapshot.target())->store == "sqlite");
}

TEST_CASE("a migration that waits for another process says so") {
  TempDir dir;
  copy_frozen(dir / "r");
  auto seal = lmdb::Seal::lock(dir / "r", true, {});
  REQUIRE(seal);
  seal->share();
  const auto refused = Repository::open(dir / "r", options());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::busy);
  CHECK(refused.error().message ==
        fmt::format("made by an older freshet (schema 1; this one writes {}): "
                    "close it everywhere else, so that it can be migrated",
                    lmdb::schema));
}

TEST_CASE("a migration hides no clock that was ahead") {
  TempDir dir;
  copy_frozen(dir / "r");
  Encoder old;  // of the first repositories: without the time of the last write
  for (int i = 0; i < 8; ++i) old.number(std::uint64_t{i > 5});
  put_record(dir / "r", Db::counters, Key(3), old);
  FakeClock clock;  // of 2023; the repository was written in 2025
  const auto clock_was_ahead = [&](const std::string& name) {
    return *read(**Repository::open(dir / "r", name_space(name), clock)).clock_was_ahead();
  };
  CHECK(clock_was_ahead("default"));
  CHECK(clock_was_ahead("empty"));
  clock.advance(std::int64_t{3} * 365 * 86'400'000);
  CHECK_FALSE(clock_was_ahead("default"));
}

}  // namespace freshet::repository::test
