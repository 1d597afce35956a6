// core/repository/writer_document.cpp - storing a document: what changed, and only that, is
// written.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "core/base/json.hpp"
#include "core/repository/documents.hpp"
#include "core/repository/rows.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Code;
using base::Result;
using base::Status;

namespace {

// The sections in document order, each after its parent.
Status flatten(const std::vector<model::Section>& sections, const std::string& parent,
               const Digest& root, std::vector<Element>& out) {
  for (const model::Section& section : sections) {
    if (section.id.empty())
      return base::fail(Code::invalid_argument, "a section has no id", section.title);
    Element element;
    element.id = section.id;
    element.root = root;
    element.parent_id = parent;
    element.kind = section.is_leaf() ? ElementKind::leaf : ElementKind::container;
    element.title = section.title;
    element.url = section.url;
    if (section.is_leaf()) element.text = section.text;
    element.level = section.level;
    element.ordinal = static_cast<std::uint32_t>(out.size());
    element.span = section.span;
    if (!section.metadata.empty()) element.metadata = base::dump_json(section.metadata);
    out.push_back(std::move(element));
    FRESHET_TRY(flatten(section.children, section.id, root, out));
  }
  return {};
}

// Records of one document, put in the order of their keys: a page that is filled from one end is full.
class InOrder {
 public:
  void add(const Digest& key, Encoder value) { records_.emplace_back(key, std::move(value)); }

  Status put(Transaction& transaction, Db db) {
    std::sort(records_.begin(), records_.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [key, value] : records_)
      FRESHET_TRY(transaction.put(db, transaction.key().add(key), value));
    return {};
  }

 private:
  std::vector<std::pair<Digest, Encoder>> records_;
};

// One put_document(): the elements, then the chunks, then the deliveries, then the root.
class DocumentWriter {
 public:
  DocumentWriter(Transaction& transaction, const DocumentWrite& write)
      : transaction_(transaction),
        write_(write),
        document_(*write.document),
        root_id_(model::root_id(document_.uri)) {}

  Result<DocumentDiff> run() {
    FRESHET_ASSIGN(const auto before, load_root(transaction_, root_id_, document_.uri));
    FRESHET_TRY(settle_lease(transaction_, root_id_, document_.uri, write_.holder));
    FRESHET_TRY(put_elements());
    FRESHET_TRY(put_chunks());
    FRESHET_TRY(enqueue_rows());
    FRESHET_TRY(put_root(before));
    return std::move(diff_);
  }

 private:
  // Removals after what replaces them, also those that have waited since an earlier refresh: where
  // the store refused what was to replace a row then, the row stays until it takes what is now.
  Status enqueue_rows() {
    FRESHET_ASSIGN(const auto targets, transaction_.delivered_to());
    std::vector<std::pair<TargetNumber, Digest>> removals;
    for (const TargetNumber target : targets) {
      if (!upserts_.empty()) FRESHET_TRY(add_waiting_removals(target, removals));
      for (const Digest& chunk : diff_.removed) removals.emplace_back(target, chunk);
    }
    for (const auto& [target, chunk] : upserts_)
      FRESHET_TRY(enqueue(transaction_, target, chunk, false));
    for (const auto& [target, chunk] : removals)
      FRESHET_TRY(enqueue(transaction_, target, chunk, true));
    return {};
  }

  Status add_waiting_removals(TargetNumber target,
                              std::vector<std::pair<TargetNumber, Digest>>& removals) const {
    const Key whole = transaction_.key<RowKey>(target, root_id_);
    const std::size_t rest = root_id_.bytes.size() - model::root_bytes;
    Cursor cursor(transaction_, Db::pending, whole.view().substr(0, whole.view().size() - rest));
    for (; cursor.valid(); cursor.next()) {
      FRESHET_ASSIGN(const auto parts, transaction_.parts<RowKey>(Db::pending, cursor.key()));
      const Digest& chunk = std::get<1>(parts);
      FRESHET_ASSIGN(const bool exists,
                     transaction_.has(Db::chunks, transaction_.key<ChunkKey>(chunk)));
      if (!exists) removals.emplace_back(target, chunk);
    }
    return cursor.status();
  }

  Status put_elements() {
    FRESHET_TRY(flatten(document_.children, root_id_.hex(), root_id_, elements_));
    FRESHET_ASSIGN(const auto before, load_order(transaction_, Db::element_order, root_id_));
    std::vector<Digest> after;
    std::unordered_set<Digest> present;
    InOrder changed;
    for (const Element& element : elements_) {
      const Digest key = model::section_key(element.id);
      if (!present.insert(key).second)
        return base::fail(Code::invalid_argument, "two sections have one id", element.id);
      after.push_back(key);
      FRESHET_TRY(put_element(element, key, changed));
    }
    FRESHET_TRY(changed.put(transaction_, Db::elements));
    for (const Digest& key : before)
      if (!present.contains(key))
        FRESHET_TRY(transaction_.remove(Db::elements, transaction_.key().add(key)));
    return store_order(transaction_, Db::element_order, root_id_, before, after);
  }

  Status put_element(const Element& element, const Digest& key, InOrder& changed) {
    Encoder value;
    encode(value, element);
    FRESHET_ASSIGN(const auto stored, transaction_.get(Db::elements, transaction_.key().add(key)));
    if (stored && *stored == value.body()) return {};
    if (stored && lmdb::digest_at(*stored, 0) != root_id_)
      return base::fail(Code::invalid_argument, "the id of a section is in use by another root",
                        element.id);
    changed.add(key, std::move(value));
    return {};
  }

  Status put_chunks() {
    FRESHET_ASSIGN(const auto before, load_order(transaction_, Db::order, root_id_));
    const std::unordered_set<Digest> old(before.begin(), before.end());
    std::unordered_set<Digest> present;
    std::vector<Digest> after;
    InOrder changed;
    for (const model::Chunk& chunk : *write_.chunks) {
      if (chunk.id.empty())
        return base::fail(Code::invalid_argument, "a chunk has no id", document_.uri);
      if (!present.insert(chunk.id).second)
        return base::fail(Code::invalid_argument, "two chunks have one id", chunk.id.hex());
      FRESHET_TRY(put_chunk(chunk, static_cast<std::int32_t>(after.size()), old.contains(chunk.id),
                            changed));
      after.push_back(chunk.id);
    }
    FRESHET_TRY(changed.put(transaction_, Db::chunks));
    for (const Digest& id : before) {
      if (present.contains(id)) continue;
      FRESHET_TRY(transaction_.remove(Db::chunks, transaction_.key().add(id)));
      diff_.removed.push_back(id);
    }
    return store_order(transaction_, Db::order, root_id_, before, after);
  }

  Status put_chunk(const model::Chunk& chunk, std::int32_t place, bool known, InOrder& changed) {
    const Digest record = model::record_digest(chunk, document_.uri, document_.title);
    Encoder value;
    encode_chunk(value, chunk, place, root_id_, record);
    const Key key = transaction_.key().add(chunk.id);
    FRESHET_ASSIGN(const auto stored, transaction_.get(Db::chunks, key));
    if (stored && !known)
      return base::fail(Code::invalid_argument, "the id of a chunk is in use by another root",
                        chunk.id.hex());
    if (known && !stored) return transaction_.malformed(Db::order, key);
    const bool same_record = stored && record_digest_of(*stored) == record;
    const bool same = stored && *stored == value.body();
    if (!same) changed.add(chunk.id, std::move(value));
    if (!known)
      diff_.added.push_back(chunk.id);
    else
      ++diff_.kept;
    if (known && !same_record) ++diff_.updated;
    return same_record ? Status{} : plan_upsert(chunk.id, record);
  }

  // Not where the store is known to hold this very row. A row that waits for the chunk may already
  // be under way, so what the store holds is in doubt as long as it does.
  Status plan_upsert(const Digest& chunk, const Digest& record) {
    FRESHET_ASSIGN(const auto targets, transaction_.delivered_to());
    for (const TargetNumber target : targets) {
      FRESHET_ASSIGN(const bool pending, is_pending(transaction_, target, chunk));
      FRESHET_ASSIGN(const auto delivered,
                     transaction_.get(Db::delivered, transaction_.key<RowKey>(target, chunk)));
      if (pending || !delivered || *delivered != record.view())
        upserts_.emplace_back(target, chunk);
    }
    return {};
  }

  Status put_root(const std::optional<Root>& before) {
    Root root = before.value_or(Root{});
    diff_.created = !before || !before->exists();
    root.id = root_id_;
    root.uri = document_.uri;
    if (diff_.created || root.content_digest != write_.content_digest) root.changed = write_.now;
    root.ingested = root.checked = write_.now;
    settle_times(root, write_.now);
    root.bytes_digest = write_.bytes_digest;
    root.content_digest = write_.content_digest;
    root.fingerprint = write_.fingerprint;
    root.length = 0;
    for (const Element& element : elements_) root.length = std::max(root.length, element.span.end);
    root.chunks = static_cast<std::uint32_t>(write_.chunks->size());
    root.elements = static_cast<std::uint32_t>(elements_.size() + 1);
    root.version = write_.version;
    root.title = document_.title;
    root.media_type = document_.media_type;
    root.metadata = base::dump_json(document_.metadata);
    root.handle = write_.handle;
    root.loader_metadata = write_.loader_metadata;
    root.alias_of.clear();
    clear_failure(root);
    FRESHET_TRY(set_time_answered(transaction_, root, write_.ask_again));
    FRESHET_TRY(join(transaction_, root, write_.confirmed_by));
    return store_root(transaction_, before, root);
  }

  Transaction& transaction_;
  const DocumentWrite& write_;
  const model::Document& document_;
  const Digest root_id_;
  std::vector<Element> elements_;
  std::vector<std::pair<TargetNumber, Digest>> upserts_;
  DocumentDiff diff_;
};

}  // namespace

Result<DocumentDiff> WritesDocuments::put_document(const DocumentWrite& write) {
  if (write.document == nullptr || write.chunks == nullptr)
    return base::fail(Code::invalid_argument, "a document and its chunks are needed");
  if (write.document->uri.empty())
    return base::fail(Code::invalid_argument, "a document needs a URI");
  if (write.now == base::unset)
    return base::fail(Code::invalid_argument, "a document needs the time of its reading",
                      write.document->uri);
  FRESHET_TRY(check_handle(write.handle, write.document->uri));
  return DocumentWriter(transaction_, write).run();
}

}  // namespace freshet::repository
