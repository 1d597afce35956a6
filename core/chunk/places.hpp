// core/chunk/places.hpp - where the leaves of a document stand: their containers, paths and URLs.
#pragma once

#include <string>
#include <vector>

#include "core/model/chunk.hpp"
#include "core/model/document.hpp"

namespace freshet::chunk {

// Borrows the document. Places are named by their number; 0 is the document itself.
class Places {
 public:
  explicit Places(const model::Document& document);

  const std::vector<std::size_t>& leaves() const { return leaves_; }  // in document order
  const model::Section& section(std::size_t place) const { return *nodes_[place].section; }
  std::size_t parent(std::size_t place) const { return nodes_[place].parent; }
  std::size_t common(std::size_t a, std::size_t b) const;  // the nearest place that holds both

  const std::string& url_of(std::size_t place) const;  // the nearest address upward

  // About as many bytes as a chunk of `place` repeats in the repository beside its text.
  std::size_t context_bytes(std::size_t place) const;

  // What a chunk that stands for `place` as a whole, or for a part of it, says of where it is.
  void describe_container(std::size_t place, model::Chunk& chunk) const;
  void describe_leaf(std::size_t place, model::Chunk& chunk) const;

 private:
  struct Node {
    const model::Section* section;  // null for the document
    std::size_t parent;
    std::size_t depth;
  };

  void add(const std::vector<model::Section>& sections, std::size_t parent);
  void describe(std::size_t place, std::size_t container, model::Chunk& chunk) const;
  std::string id_of(std::size_t place) const;
  std::vector<std::string> path_to(std::size_t place) const;

  const model::Document& document_;
  const model::Json metadata_;  // as every chunk bears it
  const std::size_t metadata_bytes_;
  const std::string root_id_;
  std::vector<Node> nodes_;
  std::vector<std::size_t> leaves_;
};

}  // namespace freshet::chunk
