#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {
namespace {

constexpr Instant year_2025{1736937000000};  // 2025-01-15T10:30:00Z

std::vector<Digest> ids_of(const std::vector<StoredChunk>& chunks) {
  std::vector<Digest> ids;
  for (const StoredChunk& stored : chunks) ids.push_back(stored.chunk.id);
  return ids;
}

std::vector<Digest> ids_of(const Made& made) {
  std::vector<Digest> ids;
  for (const model::Chunk& chunk : made.chunks) ids.push_back(chunk.id);
  return ids;
}

// root > container > a leaf for its title and two more, and a leaf beside the container.
Made nested(const std::string& uri) {
  model::Document document;
  document.uri = uri;
  document.title = "Nested";
  model::Section container, first, second, beside;
  container.title = "Container";
  first.title = "First";
  first.text = "one";
  second.title = "Second";
  second.text = "two";
  beside.title = "Beside";
  beside.text = "three";
  beside.metadata = {{"pages", {3, 4}}};
  container.children = {first, second};
  document.children = {container, beside};
  return make(std::move(document));
}

}  // namespace

TEST_CASE("a document comes back as it was written") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Made made = nested("https://example.org/a");
  put(*repository, made, year_2025, {year_2025.ms + 1});
  const auto snapshot = read(*repository);
  const auto document = snapshot.document("https://example.org/a");
  REQUIRE(document);
  REQUIRE(document->has_value());
  CHECK(model::to_json(**document) == model::to_json(made.document));
  const auto root = snapshot.root(model::root_id(made.document.uri));
  REQUIRE(root);
  REQUIRE(root->has_value());
  CHECK((*root)->uri == made.document.uri);
  CHECK((*root)->ingested == year_2025);
  CHECK((*root)->checked == year_2025);
  CHECK((*root)->changed == year_2025);
  CHECK((*root)->version == "v1");
  CHECK((*root)->elements == 6);
  CHECK((*root)->chunks == 4);
  CHECK((*root)->content_digest == model::content_digest(made.document));
  check(*repository);
}

TEST_CASE("a chunk comes back with its structure, span and metadata") {
  TempDir dir;
  const auto repository = open(dir / "r");
  Made made = make("u:a", {{"A", "alpha"}, {"B", "beta"}});
  made.chunks[1].urtext = made.chunks[1].text;
  made.chunks[1].text = "context: " + made.chunks[1].text;
  made.chunks[1].structure.chunk_index = 3;
  made.chunks[1].structure.total_chunks = 7;
  made.chunks[1].structure.container_section_id = "c";
  made.chunks[1].metadata["n"] = 3;
  model::set_ids("u:a", made.chunks);
  put(*repository, made);
  const auto stored = read(*repository).chunk(made.chunks[1].id);
  REQUIRE(stored);
  REQUIRE(stored->has_value());
  const model::Chunk &found = (*stored)->chunk, &given = made.chunks[1];
  CHECK(found.id == given.id);
  CHECK(found.text == given.text);
  CHECK(found.urtext == given.urtext);
  CHECK(found.parent_id == given.parent_id);
  CHECK(found.path == given.path);
  CHECK(found.url == given.url);
  CHECK(found.span == given.span);
  CHECK(found.metadata == given.metadata);
  CHECK(found.structure.chunk_index == 3);
  CHECK(found.structure.total_chunks == 7);
  CHECK(found.structure.sequence_number == 1);
  CHECK(found.structure.container_section_id == "c");
  CHECK((*stored)->root == model::root_id("u:a"));
  CHECK((*stored)->record_digest == model::record_digest(given, "u:a", "Title"));
  check(*repository);
}

TEST_CASE("ingestion timestamps are kept apart and exactly (LU1)") {
  TempDir dir;
  const auto repository = open(dir / "r");
  for (int i = 0; i < 3; ++i)
    put(*repository, make("u:" + std::to_string(i), {{"t", "x"}}), {year_2025.ms + i * 86'400'001});
  const auto snapshot = read(*repository);
  for (int i = 0; i < 3; ++i) {
    const auto root = snapshot.root(model::root_id("u:" + std::to_string(i)));
    REQUIRE((root && *root));
    CHECK((*root)->ingested.ms == year_2025.ms + i * 86'400'001);
  }
}

TEST_CASE(
    "removing a root counts the root, its sections and its chunks, and touches no other (LU2)") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Made gone = nested("u:gone"), stays = make("u:stays", {{"S", "stays"}});
  put(*repository, gone);
  put(*repository, stays);
  std::optional<std::uint64_t> removed;
  put(*repository, [&](Writer& writer) -> Status {
    FRESHET_ASSIGN(removed, writer.remove_root(model::root_id("u:gone")));
    return {};
  });
  CHECK(removed == 1 + 5 + 4);
  const auto snapshot = read(*repository);
  CHECK_FALSE(snapshot.root(model::root_id("u:gone"))->has_value());
  CHECK_FALSE(snapshot.document("u:gone")->has_value());
  CHECK_FALSE(snapshot.chunk(gone.chunks[0].id)->has_value());
  CHECK_FALSE(snapshot.element(gone.document.children[0].id)->has_value());
  CHECK(snapshot.document("u:stays")->has_value());
  CHECK(snapshot.info()->chunks == 1);
  CHECK(snapshot.info()->elements == 2);
  check(*repository);
}

TEST_CASE("removing an unknown root removes nothing (LU2)") {
  TempDir dir;
  const auto repository = open(dir / "r");
  put(*repository, [&](Writer& writer) -> Status {
    FRESHET_ASSIGN(const auto removed, writer.remove_root(model::root_id("u:none")));
    CHECK_FALSE(removed.has_value());
    return {};
  });
}

TEST_CASE("a root is known by its exact URI, and sections are not roots (LU3)") {
  TempDir dir;
  const auto repository = open(dir / "r");
  Made made = make("u:Page", {{"S", "x"}});
  made.document.children[0].url = "u:Section";
  put(*repository, made);
  const auto snapshot = read(*repository);
  CHECK(snapshot.root(model::root_id("u:Page"))->has_value());
  CHECK_FALSE(snapshot.root(model::root_id("u:page"))->has_value());
  CHECK_FALSE(snapshot.root(model::root_id(""))->has_value());
  CHECK_FALSE(snapshot.root(model::root_id("u:Section"))->has_value());
}

TEST_CASE("everything is there after a restart, without loading (LU4)") {
  TempDir dir;
  const Made made = nested("u:a");
  {
    const auto repository = open(dir / "r");
    put(*repository, made);
  }
  const auto repository = open(dir / "r");
  const auto snapshot = read(*repository);
  CHECK(model::to_json(**snapshot.document("u:a")) == model::to_json(made.document));
  CHECK(ids_of(*snapshot.chunks_of(model::root_id("u:a"))) == ids_of(made));
  const auto leaf = snapshot.element(made.document.children[0].children[2].id);
  REQUIRE((leaf && *leaf));
  CHECK((*leaf)->parent_id == made.document.children[0].id);
  CHECK((*leaf)->text == "two");
  check(*repository);
}

TEST_CASE("expand gives neighbours in order, within the root and without overflow (LU5)") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Made made = make("u:a", {{"1", "a"}, {"2", "b"}, {"3", "c"}, {"4", "d"}, {"5", "e"}});
  put(*repository, made);
  put(*repository, make("u:b", {{"1", "other"}}));
  const auto snapshot = read(*repository);
  const auto ids = ids_of(made);
  const auto around = [&](std::size_t at, std::size_t before, std::size_t after) {
    return ids_of(*snapshot.expand(ids[at], before, after));
  };
  CHECK(around(2, 1, 1) == std::vector<Digest>{ids[1], ids[2], ids[3]});
  CHECK(around(0, 1, 1) == std::vector<Digest>{ids[0], ids[1]});
  CHECK(around(4, 1, 1) == std::vector<Digest>{ids[3], ids[4]});
  CHECK(around(2, 0, 0) == std::vector<Digest>{ids[2]});
  CHECK(around(2, SIZE_MAX, SIZE_MAX) == ids);
  CHECK(snapshot.expand(base::digest_of("none"), 1, 1)->empty());
}

TEST_CASE("the path from the root follows the parents (CH15)") {
  TempDir dir;
  const auto repository = open(dir / "r");
  Made made = nested("u:a");
  made.chunks[2].parent_id = model::root_id("u:a").hex();  // a document that is one chunk
  put(*repository, made);
  Made lost = make("u:lost", {{"t", "x"}});
  lost.chunks[0].parent_id = "no such section";
  put(*repository, lost);
  const auto snapshot = read(*repository);
  using Path = std::vector<std::string>;
  const std::string root = model::root_id("u:a").hex();
  const model::Section& container = made.document.children[0];
  CHECK(*snapshot.path_from_root(made.chunks[0].id.hex()) ==
        Path{root, container.id, container.children[0].id, made.chunks[0].id.hex()});
  CHECK(*snapshot.path_from_root(container.children[1].id) ==
        Path{root, container.id, container.children[1].id});
  CHECK(*snapshot.path_from_root(made.chunks[2].id.hex()) == Path{root, made.chunks[2].id.hex()});
  CHECK(*snapshot.path_from_root(root) == Path{root});
  CHECK_FALSE(snapshot.path_from_root(lost.chunks[0].id.hex())->has_value());
  CHECK_FALSE(snapshot.path_from_root("unknown")->has_value());
}

TEST_CASE("the root is the first of its document's elements") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Made made = nested("u:a");
  put(*repository, made);
  const auto snapshot = read(*repository);
  const auto elements = snapshot.elements_of(model::root_id("u:a"));
  REQUIRE(elements);
  REQUIRE(elements->size() == 6);
  CHECK((*elements)[0].kind == ElementKind::root);
  CHECK((*elements)[0].id == model::root_id("u:a").hex());
  CHECK((*elements)[1].kind == ElementKind::container);
  CHECK((*elements)[2].title == "Container");
  CHECK((*elements)[3].title == "First");
  CHECK((*elements)[5].title == "Beside");
  CHECK((*snapshot.element(model::root_id("u:a").hex()))->title == "Nested");
}

TEST_CASE("an edit touches only the chunks it changes, and moves the others (law 3)") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Made before = make("u:a", {{"1", "a"}, {"2", "b"}, {"3", "c"}});
  CHECK(put(*repository, before).created);
  deliver_all(*repository);
  REQUIRE(read(*repository).info()->deliveries == 0);
  const Made after = make("u:a", {{"0", "new"}, {"1", "a"}, {"3", "c"}});
  const DocumentDiff diff = put(*repository, after, {3000});
  CHECK_FALSE(diff.created);
  CHECK(diff.added == std::vector<Digest>{after.chunks[0].id});
  CHECK(diff.removed == std::vector<Digest>{before.chunks[1].id});
  CHECK(diff.kept == 2);
  CHECK(diff.updated == 0);
  const auto snapshot = read(*repository);
  const auto rows = snapshot.deliveries(0, 100);
  REQUIRE(rows->size() == 2);
  CHECK_FALSE((*rows)[0].removal);  // what replaces goes before what is replaced
  CHECK((*rows)[0].chunk == after.chunks[0].id);
  CHECK((*rows)[1].removal);
  CHECK((*rows)[1].chunk == before.chunks[1].id);
  const auto stored = snapshot.chunks_of(model::root_id("u:a"));
  CHECK(ids_of(*stored) == ids_of(after));
  CHECK((*stored)[1].chunk.structure.sequence_number == 1);
  CHECK((*stored)[1].chunk.span == after.chunks[1].span);
  check(*repository);
}

TEST_CASE("the same document again writes no chunk and delivers nothing (law 4)") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const Made made = make("u:a", {{"1", "a"}, {"2", "b"}});
  put(*repository, made);
  deliver_all(*repository);
  const DocumentDiff diff = put(*repository, made, {3000});
  CHECK(diff.kept == 2);
  CHECK(diff.added.empty());
  CHECK(diff.updated == 0);
  const auto snapshot = read(*repository);
  CHECK(snapshot.deliveries(0, 10)->empty());
  const auto root = *snapshot.root(model::root_id("u:a"));
  CHECK(root->changed == Instant{1000});
  CHECK(root->ingested == Instant{3000});
}

TEST_CASE("a new title delivers every chunk again, under the same ids") {
  TempDir dir;
  const auto repository = open(dir / "r");
  put(*repository, make("u:a", {{"1", "a"}, {"2", "b"}}));
  deliver_all(*repository);
  const DocumentDiff diff =
      put(*repository, make("u:a", {{"1", "a"}, {"2", "b"}}, "Other"), {3000});
  CHECK(diff.kept == 2);
  CHECK(diff.updated == 2);
  CHECK(diff.added.empty());
  CHECK(read(*repository).deliveries(0, 10)->size() == 2);
  deliver_all(*repository);
  check(*repository);
}

TEST_CASE("what cannot be stored is refused, and leaves nothing behind") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const auto refused = [&](const Made& made) {
    const Status status = repository->write([&](Writer& writer) -> Status {
      FRESHET_TRY(writer.put_document(write_of(made)));
      return {};
    });
    REQUIRE_FALSE(status);
    return status.error().code;
  };
  CHECK(refused(make("", {{"1", "a"}})) == Code::invalid_argument);
  Made twice = make("u:a", {{"1", "a"}, {"2", "b"}});
  twice.chunks[1].id = twice.chunks[0].id;
  CHECK(refused(twice) == Code::invalid_argument);
  Made same_section = make("u:a", {{"1", "a"}, {"2", "b"}});
  same_section.document.children[1].id = same_section.document.children[0].id;
  CHECK(refused(same_section) == Code::invalid_argument);
  Made nameless = make("u:a", {{"1", "a"}});
  nameless.document.children[0].id.clear();
  CHECK(refused(nameless) == Code::invalid_argument);
  put(*repository, make("u:first", {{"1", "a"}}));
  Made thief = make("u:second", {{"1", "a"}});
  thief.chunks[0].id = make("u:first", {{"1", "a"}}).chunks[0].id;
  CHECK(refused(thief) == Code::invalid_argument);
  CHECK(read(*repository).info()->roots == 1);
  check(*repository);
}

TEST_CASE("long URIs and large texts are stored like any other") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const std::string uri = "https://example.org/" + std::string(5000, 'x');
  put(*repository, make(uri, {{"t", std::string(3'000'000, 'y')}}));
  CHECK((*read(*repository).document(uri))->children[0].text.size() == 3'000'000);
  check(*repository);
}

TEST_CASE("a vector is found by model and text, in every namespace") {
  TempDir dir;
  const auto repository = open(dir / "r");
  OpenOptions other = options();
  other.name_space = "other";
  const auto second = open(dir / "r", other);
  const std::vector<float> vector{1.5f, -2.25f, 0.0f};
  const Digest text = base::digest_of("text");
  put(*repository, [&](Writer& writer) { return writer.put_vector("m", text, vector); });
  CHECK(*read(*second).vector("m", text) == vector);
  CHECK(*read(*second).has_vector("m", text));
  CHECK(read(*second).vector("n", text)->empty());
  CHECK_FALSE(*read(*second).has_vector("m", base::digest_of("else")));
  CHECK(read(*repository).info()->vectors == 1);
  const std::vector<float> bad{1.0f, std::numeric_limits<float>::quiet_NaN()};
  CHECK_FALSE(repository->write([&](Writer& writer) { return writer.put_vector("m", text, bad); }));
  CHECK_FALSE(repository->write([&](Writer& writer) { return writer.put_vector("m", text, {}); }));
}

}  // namespace freshet::repository::test
