// core/repository/documents.hpp - documents, their elements and their chunks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/model/chunk.hpp"
#include "core/model/document.hpp"
#include "core/repository/leases.hpp"
#include "core/repository/part.hpp"
#include "core/repository/roots.hpp"

namespace freshet::repository {

enum class ElementKind : std::uint8_t { root = 0, container = 1, leaf = 2 };

// A root or section of a stored document.
struct Element {
  std::string id;
  Digest root;
  std::string parent_id;  // empty for a root
  ElementKind kind = ElementKind::leaf;
  std::string title, url, text;  // text: leaves only
  int level = 0;
  std::uint32_t ordinal = 0;  // in document order
  std::string metadata;       // JSON object, of a section; empty: none
  model::Span span;
};

// A stored chunk, with the root it belongs to.
struct StoredChunk {
  model::Chunk chunk;
  Digest root;
  Digest record_digest;  // model::record_digest() as delivered
};

class ReadsDocuments : public Part {
 public:
  using Part::Part;

  base::Result<std::optional<StoredChunk>> chunk(const Digest& id) const;
  base::Result<std::vector<StoredChunk>> chunks_of(const Digest& root) const;  // by sequence number
  base::Result<std::optional<Element>> element(const std::string& id) const;
  base::Result<std::vector<Element>> elements_of(const Digest& root) const;  // in document order
  base::Result<std::optional<model::Document>> document(
      const std::string& uri) const;  // put together again
  // Ids from the root down to `id` (an element or a chunk in hex); nothing where a link is missing.
  base::Result<std::optional<std::vector<std::string>>> path_from_root(const std::string& id) const;
  // The chunk with up to `before` and `after` neighbours of its document, in order; empty: unknown.
  base::Result<std::vector<StoredChunk>> expand(const Digest& chunk, std::size_t before,
                                                std::size_t after) const;
};

struct DocumentWrite {
  const model::Document* document = nullptr;
  const std::vector<model::Chunk>* chunks = nullptr;
  std::string version;
  Digest bytes_digest, content_digest, fingerprint;
  std::string handle, loader_metadata;  // BasicRoot says what they are
  Instant now;
  Schedule ask_again;
  std::optional<Holder> holder;  // absent: written directly by an application
  Digest confirmed_by = {};      // a source that the root is a member of
};

struct DocumentDiff {
  std::vector<Digest> added, removed;
  std::uint64_t kept = 0;     // same id
  std::uint64_t updated = 0;  // of the kept: the row a store is given differs (a title, metadata)
  bool created = false;
};

class WritesDocuments : public Part {
 public:
  using Part::Part;

  // Law 2: root, elements, chunks, and the deliveries of what differs; upserts before removals.
  base::Result<DocumentDiff> put_document(const DocumentWrite& write);
};

}  // namespace freshet::repository
