// tests/core/chunk/support.hpp - documents to chunk, and the rules that all chunks obey.
#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/text.hpp"
#include "core/chunk/chunker.hpp"
#include "core/chunk/transformer.hpp"
#include "core/model/chunk.hpp"
#include "core/model/document.hpp"

namespace freshet::chunk::test {

inline std::string repeat(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// A sentence of exactly `size` characters, which starts with `start`.
inline std::string sentence(std::string_view start, std::size_t size) {
  static constexpr std::string_view words[] = {"water", "runs", "down",  "the",
                                               "hill",  "and",  "meets", "sea"};
  std::string text(start);
  for (std::size_t i = 0; text.size() + 8 < size; ++i) text.append(" ").append(words[i % 8]);
  if (text.size() + 1 < size) text += ' ';
  text.append(size - text.size() - 1, 'x');
  return text + '.';
}

inline model::Section leaf(std::string title, std::string text) {
  model::Section section;
  section.title = std::move(title);
  section.text = std::move(text);
  return section;
}

inline model::Section container(std::string title, std::vector<model::Section> children) {
  model::Section section;
  section.title = std::move(title);
  section.children = std::move(children);
  return section;
}

inline model::Document document(std::string title, std::vector<model::Section> children) {
  model::Document document;
  document.uri = "https://example.org/doc";
  document.title = std::move(title);
  document.metadata = {{"source", "test"}};
  document.children = std::move(children);
  model::finish(document);
  return document;
}

inline ChunkerOptions options(std::int64_t size, std::int64_t overlap,
                              Grouping grouping = Grouping::section) {
  ChunkerOptions options;
  options.max_chunk_size = size;
  options.overlap_size = overlap;
  options.grouping = grouping;
  return options;
}

// chunk(), then the transformers in their order, then the ids.
inline std::vector<model::Chunk> make_chunks(const model::Document& document,
                                             const ChunkerOptions& options,
                                             const std::vector<TransformerPtr>& transformers = {}) {
  std::vector<model::Chunk> chunks = chunk(document, options);
  Draft draft{&document, &chunks};
  for (const TransformerPtr& each : transformers) transform(*each, {&draft, 1}, {});
  model::set_ids(document.uri, chunks);
  return chunks;
}

inline const std::string& urtext(const model::Chunk& chunk) {
  return chunk.urtext.empty() ? chunk.text : chunk.urtext;
}

inline std::vector<std::string> texts(const std::vector<model::Chunk>& chunks) {
  std::vector<std::string> all;
  for (const model::Chunk& chunk : chunks) all.push_back(chunk.text);
  return all;
}

inline std::vector<std::size_t> sizes(const std::vector<model::Chunk>& chunks) {
  std::vector<std::size_t> all;
  for (const model::Chunk& chunk : chunks) all.push_back(base::code_points(chunk.text));
  return all;
}

inline bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// What is wrong with `chunks`, or "" (the rules of docs/chunking.md). `token_ends` where the unit is
// tokens.
std::string faults(const model::Document& document, const std::vector<model::Chunk>& chunks,
                   const ChunkerOptions& options,
                   const std::vector<std::size_t>* token_ends = nullptr);

}  // namespace freshet::chunk::test
