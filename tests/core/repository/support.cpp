#include "tests/core/repository/support.hpp"
#include "tests/support/places.hpp"

#include <filesystem>

namespace freshet::repository::test {

OpenOptions options(std::uint64_t map_size) {
  OpenOptions with;
  with.map_size = map_size;
  return with;
}

std::shared_ptr<Repository> open(const std::string& directory, const OpenOptions& with) {
  auto opened = Repository::open(directory, with);
  if (!opened) FAIL(base::to_string(opened.error()));
  return *opened;
}

std::shared_ptr<Repository> open(const std::string& directory, const ports::Clock& clock) {
  auto opened = Repository::open(directory, options(), clock);
  if (!opened) FAIL(base::to_string(opened.error()));
  return *opened;
}

Snapshot read(const Repository& repository) {
  auto snapshot = repository.read();
  if (!snapshot) FAIL(base::to_string(snapshot.error()));
  return *std::move(snapshot);
}

Made make(model::Document document) {
  Made made;
  model::finish(document);
  made.document = std::move(document);
  const std::string root = model::root_id(made.document.uri).hex();
  for (const model::Section* leaf : model::leaves(made.document)) {
    model::Chunk chunk;
    chunk.text = model::render(*leaf);
    chunk.parent_id = leaf->id;
    chunk.url = made.document.uri;
    chunk.span = leaf->span;
    chunk.path = {leaf->title};
    chunk.metadata = made.document.metadata;
    chunk.structure.root_document_id = root;
    chunk.structure.root_document_title = made.document.title;
    chunk.structure.leaf_section_id = leaf->id;
    chunk.structure.leaf_section_title = leaf->title;
    made.chunks.push_back(std::move(chunk));
  }
  model::set_ids(made.document.uri, made.chunks);
  return made;
}

Made make(const std::string& uri, const Leaves& leaves, const std::string& title) {
  model::Document document;
  document.uri = uri;
  document.title = title;
  document.media_type = "text/plain";
  document.metadata["author"] = "someone";
  for (const auto& [heading, text] : leaves) {
    model::Section section;
    section.title = heading;
    section.text = text;
    section.level = 2;
    document.children.push_back(std::move(section));
  }
  return make(std::move(document));
}

DocumentWrite write_of(const Made& made, Instant now, Instant ask_again) {
  DocumentWrite write;
  write.document = &made.document;
  write.chunks = &made.chunks;
  write.version = "v1";
  write.handle = "of " + made.document.uri.substr(0, 100);
  write.loader_metadata = R"({"size":1})";
  write.content_digest = model::content_digest(made.document);
  write.bytes_digest = base::digest_of(model::text_of(made.document));
  write.now = now;
  write.ask_again = fixed(ask_again);
  return write;
}

DocumentDiff put(Repository& repository, const Made& made, Instant now, Instant ask_again) {
  DocumentDiff diff;
  put(repository, [&](Writer& writer) -> Status {
    FRESHET_ASSIGN(diff, writer.put_document(write_of(made, now, ask_again)));
    return {};
  });
  return diff;
}

void put(Repository& repository, const std::function<Status(Writer&)>& work) {
  const Status status = repository.write(work);
  if (!status) FAIL(base::to_string(status.error()));
}

void deliver_all(Repository& repository) {
  put(repository, [](Writer& writer) -> Status {
    FRESHET_ASSIGN(const auto rows, writer.read().deliveries(0, 1'000'000));
    std::vector<Confirmation> confirmations;
    for (const Delivery& row : rows) {
      FRESHET_ASSIGN(const auto chunk, writer.read().chunk(row.chunk));
      if (chunk) confirmations.push_back({{row.sequence, row.chunk, false}, chunk->record_digest});
      if (!chunk) confirmations.push_back({{row.sequence, row.chunk, true}, {}});
    }
    return writer.confirm(confirmations);
  });
}

void check(const Repository& repository) {
  const auto report = repository.check();
  if (!report) FAIL(base::to_string(report.error()));
  for (const std::string& problem : report->problems) UNSCOPED_INFO(problem);
  CHECK(report->problem_count == 0);
}

void copy_repository(const std::string& from, const std::string& to) {
  std::filesystem::create_directory(to);
  std::filesystem::copy_file(from + "/data.mdb", to + "/data.mdb",
                             std::filesystem::copy_options::overwrite_existing);
}

namespace {

void copy_fixture(const std::string& name, const std::string& to) {
  copy_repository(testing::source_path("tests/fixtures/" + name), to);
  std::filesystem::permissions(to, std::filesystem::perms::owner_all);
  std::filesystem::permissions(to + "/data.mdb", std::filesystem::perms(0600));
}

}  // namespace

void copy_frozen(const std::string& to) { copy_fixture("frozen-1", to); }

void copy_frozen_4(const std::string& to) { copy_fixture("frozen-4", to); }

void copy_frozen_5(const std::string& to) { copy_fixture("frozen-5", to); }

OpenOptions name_space(const std::string& name) {
  OpenOptions with = options();
  with.name_space = name;
  return with;
}

}  // namespace freshet::repository::test
