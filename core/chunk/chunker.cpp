#include "core/chunk/chunker.hpp"

#include <algorithm>

#include "core/base/digest.hpp"
#include "core/base/text.hpp"
#include "core/chunk/atoms.hpp"
#include "core/chunk/measure.hpp"
#include "core/chunk/pack.hpp"
#include "core/chunk/pages.hpp"
#include "core/chunk/places.hpp"
#include "core/chunk/scan.hpp"

namespace freshet::chunk {
namespace {

using model::Chunk;

// What chunks of short sections may repeat, in proportion to the text; and what is never too much.
constexpr std::size_t most_context = 16;
constexpr std::size_t free_context = 256 * 1024;

constexpr std::size_t most_joined = 600;  // units of a chunk of several small sections
constexpr int lowest_heading = 6;

class Chunker {
 public:
  Chunker(const model::Document& document, const ChunkerOptions& options,
          const std::vector<std::size_t>* token_ends)
      : text_(model::text_of(document)),
        measure_(text_, token_ends),
        places_(document),
        limits_{static_cast<std::size_t>(options.max_chunk_size),
                static_cast<std::size_t>(options.overlap_size)},
        grouping_(options.grouping) {}

  std::vector<Chunk> run() {
    std::size_t begin = 0;
    std::size_t end = text_.size();
    trim(text_, begin, end);
    if (begin < end) cut(begin, end);
    const Pages pages(places_);
    for (Chunk& chunk : chunks_) pages.describe(chunk);
    return std::move(chunks_);
  }

 private:
  void cut(std::size_t begin, std::size_t end) {
    const bool any_text = std::any_of(places_.leaves().begin(), places_.leaves().end(),
                                      [&](std::size_t place) { return has_text(place); });
    if (fits(begin, end)) {
      add_combined(0, {begin, end});
    } else if (any_text && grouping_ == Grouping::section && !mostly_context()) {
      add_sections();
    } else {
      add_groups(!any_text);
    }
  }

  bool fits(std::size_t begin, std::size_t end) const {
    return measure_.count(begin, end) <= limits_.chunk;
  }
  bool has_text(std::size_t place) const {
    return !base::trim(places_.section(place).text).empty();
  }

  // Sections so short that their chunks would be places rather than text: then neighbours share one.
  bool mostly_context() const {
    std::size_t bytes = 0;
    for (std::size_t place : places_.leaves())
      if (has_text(place)) bytes += places_.context_bytes(place);
    return bytes > free_context + most_context * text_.size();
  }

  Chunk& add(model::Span span) {
    Chunk& chunk = chunks_.emplace_back();
    trim(text_, span.begin, span.end);
    chunk.span = span;
    chunk.text = text_.substr(span.begin, span.end - span.begin);
    chunk.structure.sequence_number = static_cast<std::int32_t>(chunks_.size() - 1);
    return chunk;
  }

  void add_combined(std::size_t place, model::Span span) {
    places_.describe_container(place, add(span));
  }

  // A title without text answers no question: it stands before what follows it.
  void add_sections() {
    const std::vector<std::size_t>& leaves = places_.leaves();
    for (std::size_t first = 0; first < leaves.size();) {
      std::size_t text = first;
      while (text < leaves.size() && !has_text(leaves[text])) ++text;
      if (text == leaves.size()) return;
      const std::size_t next = end_of_small(first, text);
      if (next > text + 1)
        add_joined(first, next);
      else
        split(leaves[text], begin_with_titles(first, text));
      first = std::max(next, text + 1);
    }
  }

  // The titles of the sections around the leaf, as far as they stand right before it and are no more
  // than a line or two.
  std::uint64_t begin_with_titles(std::size_t first, std::size_t leaf) const {
    const std::vector<std::size_t>& leaves = places_.leaves();
    const std::uint64_t end = places_.section(leaves[leaf]).span.begin;
    while (first < leaf &&
           (!holds(places_.parent(leaves[first]), leaves[leaf]) ||
            measure_.count(places_.section(leaves[first]).span.begin, end) > limits_.chunk / 4))
      ++first;
    return places_.section(leaves[first]).span.begin;
  }

  bool holds(std::size_t container, std::size_t place) const {
    return places_.common(container, place) == container;
  }

  // Small sections below one heading share a chunk: where those that begin with the leaf `text` end. Where
  // the next chunk begins depends on titles, not on what stands before, so that an edit changes one chunk.
  std::size_t end_of_small(std::size_t first, std::size_t text) const {
    const std::vector<std::size_t>& leaves = places_.leaves();
    const std::size_t most = std::min(most_joined, limits_.chunk * 2 / 5);
    const std::uint64_t begin = places_.section(leaves[first]).span.begin;
    const std::size_t parent = places_.parent(leaves[text]);
    std::size_t next = text;
    while (next < leaves.size() && is_joinable(leaves[next], parent, next > text)) {
      if (measure_.count(begin, places_.section(leaves[next]).span.end) > most) break;
      if (next > text && begins_chunk(leaves[next], begin, most)) break;
      ++next;
    }
    return next;
  }

  // An entry of an API has an address of its own, which its chunk is to bear.
  bool is_joinable(std::size_t leaf, std::size_t parent, bool text_needed) const {
    return places_.parent(leaf) == parent && places_.section(leaf).level <= lowest_heading &&
           (!text_needed || has_text(leaf));
  }

  bool begins_chunk(std::size_t leaf, std::uint64_t begin, std::size_t most) const {
    const model::Section& section = places_.section(leaf);
    return measure_.count(begin, section.span.begin) > most / 3 &&
           base::digest_of(section.title).bytes[0] % 4 == 0;
  }

  // Leaves [first, next); found under the address of the first of them.
  void add_joined(std::size_t first, std::size_t next) {
    const std::vector<std::size_t>& leaves = places_.leaves();
    add_combined(places_.parent(leaves[next - 1]), {places_.section(leaves[first]).span.begin,
                                                    places_.section(leaves[next - 1]).span.end});
    chunks_.back().url = places_.url_of(leaves[first]);
  }

  // The title line of a leaf is never taken for a table or a fence.
  std::size_t title_end(const model::Section& leaf) const {
    const bool titled = !base::trim(leaf.title).empty();
    return leaf.span.begin + (titled ? leaf.title.size() : 0);
  }

  void split(std::size_t place) { split(place, places_.section(place).span.begin); }

  // `begin`: of the leaf, or of the titles before it.
  void split(std::size_t place, std::uint64_t begin) {
    const model::Section& leaf = places_.section(place);
    const Atoms atoms = atoms_of(measure_, begin, title_end(leaf), leaf.span.end, limits_);
    const std::vector<Piece> pieces = pack(measure_, atoms, limits_);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      Chunk& chunk = add(pieces[i].span);
      for (const model::Span& before : {pieces[i].header, pieces[i].fence})
        if (before != model::Span{})
          chunk.text.insert(0, text_.substr(before.begin, before.end - before.begin) + "\n");
      if (!pieces[i].close.empty()) chunk.text.append("\n").append(pieces[i].close);
      places_.describe_leaf(place, chunk);
      chunk.structure.chunk_index = static_cast<std::int32_t>(i);
      chunk.structure.total_chunks = static_cast<std::int32_t>(pieces.size());
    }
  }

  void add_groups(bool titles_too) {
    const std::vector<std::size_t>& leaves = places_.leaves();
    for (std::size_t first = 0; first < leaves.size();) {
      const std::size_t begin = places_.section(leaves[first]).span.begin;
      std::size_t next = first + 1;
      while (next < leaves.size() && fits(begin, places_.section(leaves[next]).span.end)) ++next;
      add_group(first, next, titles_too);
      first = next;
    }
  }

  // Leaves [first, next).
  void add_group(std::size_t first, std::size_t next, bool titles_too) {
    const std::vector<std::size_t>& leaves = places_.leaves();
    if (next - first == 1) {
      if (titles_too || has_text(leaves[first])) split(leaves[first]);
      return;
    }
    std::size_t place = places_.parent(leaves[first]);
    bool any_text = titles_too;
    for (std::size_t i = first; i < next; ++i) {
      place = places_.common(place, leaves[i]);
      any_text = any_text || has_text(leaves[i]);
    }
    if (any_text)
      add_combined(place, {places_.section(leaves[first]).span.begin,
                           places_.section(leaves[next - 1]).span.end});
  }

  const std::string text_;
  const Measure measure_;
  const Places places_;
  const Limits limits_;
  const Grouping grouping_;
  std::vector<Chunk> chunks_;
};

}  // namespace

std::vector<Chunk> chunk(const model::Document& document, const ChunkerOptions& options,
                         const std::vector<std::size_t>* token_ends) {
  return Chunker(document, options, options.unit == Unit::tokens ? token_ends : nullptr).run();
}

}  // namespace freshet::chunk
