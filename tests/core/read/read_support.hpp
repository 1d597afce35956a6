// tests/core/read/read_support.hpp - reading a text as a given type, and looking at what came of
// it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/document.hpp"
#include "core/read/reader.hpp"
#include "tests/support/catch.hpp"

namespace freshet::read {

inline base::Result<model::Document> try_read(std::string_view bytes, std::string_view media_type,
                                              std::string_view uri = "https://h/page",
                                              std::string_view charset = "") {
  return make_reader()->read({bytes, uri, media_type, charset});
}

inline model::Document read_ok(std::string_view bytes, std::string_view media_type,
                               std::string_view uri = "https://h/page",
                               std::string_view charset = "") {
  auto document = try_read(bytes, media_type, uri, charset);
  INFO((document ? std::string() : base::to_string(document.error())));
  REQUIRE(document);
  return *std::move(document);
}

inline model::Document html(std::string_view body) { return read_ok(body, "text/html"); }
inline model::Document markdown(std::string_view text) { return read_ok(text, "text/markdown"); }

// The text of the first leaf.
inline std::string first_text(const model::Document& document) {
  REQUIRE_FALSE(document.children.empty());
  return model::leaves(document).front()->text;
}

inline std::size_t descendants(const std::vector<model::Section>& sections) {
  std::size_t count = sections.size();
  for (const model::Section& section : sections) count += descendants(section.children);
  return count;
}

// "Chapter 1(Chapter 1, Section 1.1(…)), Chapter 2": the titles of a tree.
inline std::string shape(const std::vector<model::Section>& sections) {
  std::string out;
  for (const model::Section& section : sections) {
    if (!out.empty()) out += ", ";
    out += section.title.empty() ? "-" : section.title;
    if (!section.children.empty()) out += "(" + shape(section.children) + ")";
  }
  return out;
}

inline bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

inline std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace freshet::read
