// core/model/document.hpp - what a reader makes of one root's bytes: a title, metadata, and
// sections.
//
// The document's text is its leaf sections in document order, each rendered "title\ntext" (the
// title left out where blank), joined by one blank line. Spans are byte offsets [begin, end) into
// it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>
#include "core/base/json_memory.hpp"

#include "core/base/digest.hpp"

namespace freshet::model {

using Json = nlohmann::json;

struct Span {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

// From `at` in a section's text to the next mark, the text stands on this page; what begins at 0 holds for
// the title, too.
struct PageMark {
  std::uint64_t at = 0;
  std::int32_t page = 0;  // from 1
};

// A leaf has text and no children; a container has children and, once finished, no text.
struct Section {
  std::string id;     // set by finish(); stable as long as the titles above it are
  std::string title;  // may be empty: text before the first heading
  std::string
      url;  // the document's URI with the heading's anchor, where the source has one; or empty
  int level = 0;  // of the heading, 1 to 6; 0: none
  std::string text;
  std::vector<Section> children;
  Json metadata;  // of this section alone, such as the pages it came from: an object; null: none
  Span span;      // set by finish()
  std::vector<PageMark> pages;  // in order; empty where the document has no pages

  bool is_leaf() const { return children.empty(); }
};

struct Document {
  std::string uri;
  std::string title;
  bool title_guessed = false;  // the content has none: it is the first line, or a name
  std::string media_type;
  Json metadata = Json::object();  // from the content: author, description, language, front matter
  std::vector<Section> children;
};

// The id of the root named `uri`: the key of all that belongs to it.
base::Digest root_id(std::string_view uri);

// Ids of chunks and sections begin with the first 48 bits of their root's, so that what a root has lies together
// wherever ids are in order, and whoever has an id knows whose it is.
inline constexpr std::size_t root_bytes = 6;

// `digest` with the beginning that tells its root; the other 80 bits stay.
base::Digest of_root(const base::Digest& root, base::Digest digest);

// What stands for a section's id in keys: it begins as the id does, where that is a digest in hexadecimal
// digits. An application may give any other, and versions before schema 6 gave one that did not tell the root.
base::Digest section_key(std::string_view id);

// Completes what a reader built: a section with text and children keeps its text as a first leaf
// (id of the section + "_preamble", same title and URL), and one that has a title but no text a leaf
// for the title, so that it is part of the document's text; sections without text and children are
// kept as leaves for their title, and dropped where that is blank too; ids and spans are set.
void finish(Document& document);

// The leaves in document order. The pointers are good while the document is not changed.
std::vector<const Section*> leaves(const Document& document);
std::vector<const Section*> leaves(const Section& section);

// "title\ntext", or the text alone where the title is blank.
std::string render(const Section& leaf);

// The document's text, as defined above.
std::string text_of(const Document& document);

// A digest of everything that chunks are made from: titles, texts and their order, and metadata,
// that of sections too.
base::Digest content_digest(const Document& document);

Json to_json(const Document& document);

}  // namespace freshet::model
