// core/repository/snapshot_documents.cpp - documents, their elements and their chunks.
#include <algorithm>
#include <unordered_map>

#include "core/base/json.hpp"
#include "core/repository/documents.hpp"
#include "core/repository/roots.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

constexpr std::size_t most_levels = 1024;  // of parents: more is a loop

Result<std::optional<StoredChunk>> read_chunk(const Transaction& transaction, const Digest& id) {
  FRESHET_ASSIGN(auto chunk,
                 transaction.record<StoredChunk>(Db::chunks, transaction.key().add(id)));
  if (chunk) chunk->chunk.id = id;
  return chunk;
}

// The digests of an index by root and place, from `first` to `last`.
Result<std::vector<Digest>> read_order(const Transaction& transaction, Db db, const Digest& root,
                                       std::uint32_t first, std::uint32_t last) {
  std::vector<Digest> ids;
  Cursor cursor(transaction, db, transaction.key().add(root));
  cursor.seek(transaction.key<PlaceKey>(root, first));
  for (; cursor.valid(); cursor.next()) {
    FRESHET_ASSIGN(const auto parts, transaction.parts<PlaceKey>(db, cursor.key()));
    if (std::get<std::uint32_t>(parts) > last) break;
    if (!decode(cursor.body(), ids.emplace_back())) return transaction.malformed(db, cursor.key());
  }
  FRESHET_TRY(cursor.status());
  return ids;
}

// The root, where it has a document.
Result<std::optional<RootView>> root_of_document(Transaction& transaction, const Digest& id) {
  FRESHET_ASSIGN(auto found, ReadsRoots(transaction).root(id));
  if (found && !found->exists()) found.reset();
  return found;
}

// The root as the first element of its own document.
Element root_element(const RootView& root) {
  Element element;
  element.id = root.id.hex();
  element.root = root.id;
  element.kind = ElementKind::root;
  element.title = root.title;
  element.url = root.uri;
  element.span = {0, root.length};
  return element;
}

Result<std::optional<Element>> section(const Transaction& transaction, std::string_view id) {
  return transaction.record<Element>(Db::elements, transaction.key().add(model::section_key(id)));
}

tl::unexpected<base::Error> missing(const Transaction& transaction, Db db, const Digest& id) {
  return base::fail(
      base::Code::corrupt,
      std::string("damaged: ") + db_name(db) + " lacks a record that an index names: " + id.hex(),
      transaction.environment().directory());
}

Result<std::vector<StoredChunk>> read_chunks(const Transaction& transaction,
                                             const std::vector<Digest>& ids) {
  std::vector<StoredChunk> chunks;
  chunks.reserve(ids.size());
  for (const Digest& id : ids) {
    FRESHET_ASSIGN(auto chunk, read_chunk(transaction, id));
    if (!chunk) return missing(transaction, Db::chunks, id);
    chunks.push_back(*std::move(chunk));
  }
  return chunks;
}

// Sections in document order become children of their parents.
std::vector<model::Section> assemble(
    const std::string& parent, std::unordered_map<std::string, std::vector<Element>>& by_parent) {
  std::vector<model::Section> sections;
  const auto found = by_parent.find(parent);
  if (found == by_parent.end()) return sections;
  const std::vector<Element> elements = std::move(found->second);
  by_parent.erase(found);  // each once: a loop of parents ends here
  for (const Element& element : elements) {
    model::Section section;
    section.id = element.id;
    section.title = element.title;
    section.url = element.url;
    section.level = element.level;
    section.text = element.text;
    section.span = element.span;
    if (!element.metadata.empty())
      section.metadata = model::Json::parse(element.metadata, nullptr, false);
    section.children = assemble(element.id, by_parent);
    sections.push_back(std::move(section));
  }
  return sections;
}

}  // namespace

Result<std::optional<StoredChunk>> ReadsDocuments::chunk(const Digest& id) const {
  return read_chunk(transaction_, id);
}

Result<std::vector<StoredChunk>> ReadsDocuments::chunks_of(const Digest& root) const {
  FRESHET_ASSIGN(const auto ids, read_order(transaction_, Db::order, root, 0, UINT32_MAX));
  return read_chunks(transaction_, ids);
}

Result<std::optional<Element>> ReadsDocuments::element(const std::string& id) const {
  if (const auto root_id = Digest::from_hex(id)) {
    FRESHET_ASSIGN(const auto found, root_of_document(transaction_, *root_id));
    if (found) return root_element(*found);
  }
  return section(transaction_, id);
}

Result<std::vector<Element>> ReadsDocuments::elements_of(const Digest& id) const {
  std::vector<Element> elements;
  FRESHET_ASSIGN(const auto found, root_of_document(transaction_, id));
  if (!found) return elements;
  FRESHET_ASSIGN(const auto ids, read_order(transaction_, Db::element_order, id, 0, UINT32_MAX));
  elements.reserve(ids.size() + 1);
  elements.push_back(root_element(*found));
  for (const Digest& key : ids) {
    FRESHET_ASSIGN(auto element,
                   transaction_.record<Element>(Db::elements, transaction_.key().add(key)));
    if (!element) return missing(transaction_, Db::elements, key);
    elements.push_back(*std::move(element));
  }
  return elements;
}

Result<std::optional<model::Document>> ReadsDocuments::document(const std::string& uri) const {
  const Digest id = model::root_id(uri);
  FRESHET_ASSIGN(const auto found, root_of_document(transaction_, id));
  if (!found) return std::nullopt;
  std::optional<model::Document> document(std::in_place);
  document->uri = found->uri;
  document->title = found->title;
  document->media_type = found->media_type;
  if (!found->metadata.empty()) {
    document->metadata = model::Json::parse(found->metadata, nullptr, false);
    if (document->metadata.is_discarded())
      return transaction_.malformed(Db::roots, transaction_.key().add(id));
  }
  FRESHET_ASSIGN(auto elements, elements_of(id));
  std::unordered_map<std::string, std::vector<Element>> by_parent;
  for (std::size_t i = 1; i < elements.size(); ++i) {
    std::string parent = elements[i].parent_id;
    by_parent[std::move(parent)].push_back(std::move(elements[i]));
  }
  document->children = assemble(id.hex(), by_parent);
  return document;
}

Result<std::optional<std::vector<std::string>>> ReadsDocuments::path_from_root(
    const std::string& id) const {
  std::vector<std::string> path{id};
  std::string above;
  Digest root_of;
  const auto digest = Digest::from_hex(id);
  std::optional<StoredChunk> chunk;
  if (digest) {
    FRESHET_ASSIGN(chunk, read_chunk(transaction_, *digest));
  }
  if (chunk) {
    above = chunk->chunk.parent_id;
    root_of = chunk->root;
  } else {
    FRESHET_ASSIGN(const auto start, element(id));
    if (!start) return std::nullopt;
    above = start->parent_id;
    root_of = start->root;
    if (start->kind == ElementKind::root) return path;
  }
  const std::string top = root_of.hex();
  while (above != top) {
    FRESHET_ASSIGN(const auto parent, section(transaction_, above));
    if (!parent || parent->root != root_of || path.size() > most_levels) return std::nullopt;
    path.push_back(above);
    above = parent->parent_id;
  }
  FRESHET_ASSIGN(const auto found, root_of_document(transaction_, root_of));
  if (!found) return std::nullopt;
  path.push_back(top);
  std::reverse(path.begin(), path.end());
  return path;
}

Result<std::vector<StoredChunk>> ReadsDocuments::expand(const Digest& id, std::size_t before,
                                                        std::size_t after) const {
  FRESHET_ASSIGN(const auto middle, read_chunk(transaction_, id));
  if (!middle) return std::vector<StoredChunk>{};
  const auto at = static_cast<std::uint32_t>(middle->chunk.structure.sequence_number);
  const std::uint32_t first = before > at ? 0 : at - static_cast<std::uint32_t>(before);
  const std::uint32_t last =
      after > UINT32_MAX - at ? UINT32_MAX : at + static_cast<std::uint32_t>(after);
  FRESHET_ASSIGN(const auto ids, read_order(transaction_, Db::order, middle->root, first, last));
  return read_chunks(transaction_, ids);
}

}  // namespace freshet::repository
