#include "core/chunk/places.hpp"

#include <algorithm>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/model/limits.hpp"

namespace freshet::chunk {
namespace {

// Bytes: what a chunk repeats of its document may not outgrow its text.
constexpr std::size_t most_metadata = 4 * 1024;
constexpr std::size_t most_path = 1024;
constexpr std::size_t bytes_a_row = 1024;  // ids, digests and indexes

}  // namespace

Places::Places(const model::Document& document)
    : document_(document),
      metadata_(model::lightened(document.metadata, most_metadata)),
      metadata_bytes_(base::dump_json(metadata_).size()),
      root_id_(model::root_id(document.uri).hex()),
      nodes_{{nullptr, 0, 0}} {
  add(document.children, 0);
}

void Places::add(const std::vector<model::Section>& sections, std::size_t parent) {
  for (const model::Section& section : sections) {
    const std::size_t place = nodes_.size();
    nodes_.push_back({&section, parent, nodes_[parent].depth + 1});
    if (section.is_leaf())
      leaves_.push_back(place);
    else
      add(section.children, place);
  }
}

std::size_t Places::common(std::size_t a, std::size_t b) const {
  while (a != b) {
    std::size_t& deeper = nodes_[a].depth >= nodes_[b].depth ? a : b;
    deeper = nodes_[deeper].parent;
  }
  return a;
}

std::string Places::id_of(std::size_t place) const {
  return nodes_[place].section != nullptr ? nodes_[place].section->id : root_id_;
}

std::vector<std::string> Places::path_to(std::size_t place) const {
  std::vector<std::string> path;
  std::size_t bytes = 0;
  for (; place != 0; place = nodes_[place].parent) {
    const model::Section& at = section(place);
    // A preamble bears the title of the container that it opens: once is enough.
    if (at.id.ends_with("_preamble") || base::trim(at.title).empty()) continue;
    path.push_back(at.title);
    bytes += at.title.size();
  }
  std::reverse(path.begin(), path.end());
  if (bytes > most_path)
    for (std::string& title : path)
      title = model::shortened(title, std::max<std::size_t>(8, most_path / path.size()));
  return path;
}

std::size_t Places::context_bytes(std::size_t place) const {
  std::size_t bytes = bytes_a_row + document_.title.size() + 3 * url_of(place).size() +
                      metadata_bytes_ + section(place).title.size();
  for (const std::string& title : path_to(place)) bytes += title.size();
  return bytes;
}

const std::string& Places::url_of(std::size_t place) const {
  for (; place != 0; place = nodes_[place].parent)
    if (!section(place).url.empty()) return section(place).url;
  return document_.uri;
}

void Places::describe(std::size_t place, std::size_t container, model::Chunk& chunk) const {
  chunk.parent_id = id_of(place);
  chunk.path = path_to(place);
  chunk.url = url_of(place);
  chunk.metadata = metadata_;
  model::Structure& structure = chunk.structure;
  structure.root_document_id = root_id_;
  structure.root_document_title = document_.title;
  structure.container_section_id = id_of(container);
  structure.container_section_title = container == 0 ? document_.title : section(container).title;
  structure.container_section_url = url_of(container);
}

void Places::describe_container(std::size_t place, model::Chunk& chunk) const {
  describe(place, place, chunk);
}

void Places::describe_leaf(std::size_t place, model::Chunk& chunk) const {
  describe(place, parent(place), chunk);
  chunk.structure.leaf_section_id = section(place).id;
  chunk.structure.leaf_section_title = section(place).title;
  chunk.structure.leaf_section_url = url_of(place);
}

}  // namespace freshet::chunk
