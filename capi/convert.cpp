#include "capi/convert.hpp"

#include "core/base/json.hpp"

namespace freshet::capi {
namespace {

ChunkText chunk_text(repository::StoredChunk stored) {
  ChunkText text;
  text.id = stored.chunk.id.hex();
  text.root_id = stored.root.hex();
  for (const std::string& title : stored.chunk.path)
    text.path += (text.path.empty() ? "" : " > ") + title;
  text.metadata = base::dump_json(stored.chunk.metadata);
  if (stored.chunk.urtext.empty()) stored.chunk.urtext = stored.chunk.text;
  text.stored = std::move(stored);
  return text;
}

}  // namespace

freshet_root* make_root(repository::Root root) {
  if (root.metadata.empty()) root.metadata = "{}";
  if (root.flags.empty()) root.flags = "{}";
  auto object = std::make_shared<RootObject>();
  object->id = root.id.hex();
  object->root = std::move(root);
  return make_handle<freshet_root>(std::move(object));
}

freshet_chunks* make_chunks(std::vector<repository::StoredChunk> stored) {
  auto object = std::make_shared<ChunksObject>();
  for (repository::StoredChunk& chunk : stored)
    object->chunks.push_back(chunk_text(std::move(chunk)));
  return make_handle<freshet_chunks>(std::move(object));
}

freshet_element* make_element(repository::Element element) {
  auto object = std::make_shared<ElementObject>();
  object->root_id = element.root.hex();
  object->element = std::move(element);
  return make_handle<freshet_element>(std::move(object));
}

freshet_chunk_info chunk_info(const ChunkText& text) {
  const model::Chunk& chunk = text.stored.chunk;
  const model::Structure& structure = chunk.structure;
  freshet_chunk_info info = FRESHET_CHUNK_INFO_INIT;
  info.id = text.id.c_str();
  info.text = chunk.text.c_str();
  info.urtext = chunk.urtext.c_str();
  info.parent_id = chunk.parent_id.c_str();
  info.url = chunk.url.c_str();
  info.path = text.path.c_str();
  info.metadata = text.metadata.c_str();
  info.root_id = text.root_id.c_str();
  info.root_title = structure.root_document_title.c_str();
  info.container_id = structure.container_section_id.c_str();
  info.container_title = structure.container_section_title.c_str();
  info.container_url = structure.container_section_url.c_str();
  info.leaf_id = structure.leaf_section_id.c_str();
  info.leaf_title = structure.leaf_section_title.c_str();
  info.leaf_url = structure.leaf_section_url.c_str();
  info.span_begin = chunk.span.begin;
  info.span_end = chunk.span.end;
  info.sequence_number = structure.sequence_number;
  info.chunk_index = structure.chunk_index;
  info.total_chunks = structure.total_chunks;
  return info;
}

freshet_root_info root_info(const RootObject& object) {
  const repository::Root& root = object.root;
  freshet_root_info info = FRESHET_ROOT_INFO_INIT;
  info.uri = root.uri.c_str();
  info.title = root.title.c_str();
  info.media_type = root.media_type.c_str();
  info.version = root.version.c_str();
  info.metadata = root.metadata.c_str();
  info.flags = root.flags.c_str();
  info.alias_of = root.alias_of.c_str();
  info.error = root.error.c_str();
  info.ingested_ms = root.ingested.ms;
  info.checked_ms = root.checked.ms;
  info.changed_ms = root.changed.ms;
  info.ask_again_ms = root.ask_again.ms;
  info.failed_ms = root.failed.ms;
  info.error_code = static_cast<freshet_status>(root.error_code);
  info.chunks = root.chunks;
  info.elements = root.elements;
  info.failures = root.failures;
  return info;
}

freshet_element_info element_info(const ElementObject& object) {
  const repository::Element& element = object.element;
  freshet_element_info info = FRESHET_ELEMENT_INFO_INIT;
  info.id = element.id.c_str();
  info.parent_id = element.parent_id.c_str();
  info.root_id = object.root_id.c_str();
  info.title = element.title.c_str();
  info.url = element.url.c_str();
  info.text = element.text.c_str();
  info.span_begin = element.span.begin;
  info.span_end = element.span.end;
  info.kind = static_cast<std::int32_t>(element.kind);
  info.level = element.level;
  info.ordinal = element.ordinal;
  return info;
}

freshet_repository_info info_of(const repository::Info& info) {
  freshet_repository_info out = FRESHET_REPOSITORY_INFO_INIT;
  out.chunks = info.chunks;
  out.documents = info.documents;
  out.elements = info.elements;
  out.roots = info.roots;
  out.failing = info.failing;
  out.deliveries = info.deliveries;
  out.vectors = info.vectors;
  out.has_embeddings = info.has_embeddings ? 1 : 0;
  out.persistent = info.persistent ? 1 : 0;
  return out;
}

freshet_write_result write_result(const repository::DocumentDiff& diff) {
  freshet_write_result out = FRESHET_WRITE_RESULT_INIT;
  out.added = diff.added.size();
  out.removed = diff.removed.size();
  out.kept = diff.kept;
  out.updated = diff.updated;
  out.created = diff.created ? 1 : 0;
  return out;
}

}  // namespace freshet::capi
