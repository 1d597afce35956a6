// tests/core/sync/fixture.hpp - a repository in a folder of its own, and documents to put into
// it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/chunk/chunker.hpp"
#include "core/model/document.hpp"
#include "core/ports/tokenizer.hpp"
#include "core/repository/repository.hpp"
#include "tests/support/catch.hpp"

namespace freshet::tests {

class SetClock : public ports::Clock {
 public:
  base::Instant now() const override { return now_; }
  base::Millis monotonic() const override { return base::Millis(now_.ms); }
  base::Instant now_{1'700'000'000'000};
};

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "freshet-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A token is a byte; or so many of them.
class FakeTokenizer : public ports::Tokenizer {
 public:
  explicit FakeTokenizer(std::uint64_t tokens_a_byte = 1) : rate_(tokens_a_byte) {}
  const std::string& name() const override { return name_; }
  const std::string& fingerprint() const override { return name_; }
  base::Result<std::uint64_t> count(std::string_view text) const override {
    return text.size() * rate_;
  }
  base::Result<std::vector<std::size_t>> split(std::string_view) const override {
    return base::fail(base::Code::unsupported, "this one only counts");
  }

 private:
  const std::uint64_t rate_;
  const std::string name_ = "bytes";
};

inline model::Document document(const std::string& uri, const std::vector<std::string>& texts) {
  model::Document document;
  document.uri = uri;
  document.title = "About " + uri;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    model::Section section;
    section.title = "Part " + std::to_string(i);
    section.level = 1;
    section.text = texts[i];
    document.children.push_back(section);
  }
  model::finish(document);
  return document;
}

// One chunk a section, however short.
inline std::vector<model::Chunk> chunks_of(const model::Document& document) {
  std::vector<model::Chunk> chunks;
  for (const model::Section* leaf : model::leaves(document)) {
    model::Chunk chunk;
    chunk.text = model::render(*leaf);
    chunk.parent_id = leaf->id;
    chunk.span = leaf->span;
    chunk.structure.sequence_number = static_cast<std::int32_t>(chunks.size());
    chunk.structure.root_document_id = model::root_id(document.uri).hex();
    chunk.url = document.uri;
    chunks.push_back(chunk);
  }
  model::set_ids(document.uri, chunks);
  return chunks;
}

inline std::shared_ptr<repository::Repository> open_repository(const std::string& directory) {
  auto opened = repository::Repository::open(directory, {});
  if (!opened) FAIL(base::to_string(opened.error()));
  return *opened;
}

inline repository::DocumentDiff put(repository::Repository& repository,
                                    const model::Document& document) {
  const std::vector<model::Chunk> chunks = chunks_of(document);
  repository::DocumentDiff diff;
  const base::Status status = repository.write([&](repository::Writer& writer) -> base::Status {
    repository::DocumentWrite write;
    write.document = &document;
    write.chunks = &chunks;
    write.content_digest = model::content_digest(document);
    write.now = repository.clock().now();
    FRESHET_ASSIGN(diff, writer.put_document(write));
    return {};
  });
  if (!status) FAIL(base::to_string(status.error()));
  return diff;
}

}  // namespace freshet::tests
