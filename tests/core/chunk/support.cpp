#include "tests/core/chunk/support.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/chunk/measure.hpp"

namespace freshet::chunk::test {
namespace {

bool starts_code_point(std::string_view text, std::size_t at) {
  return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

// Titles of leaves without text make no chunks of their own, unless nothing in the document has
// text.
void mark_bare_titles(const model::Document& document, std::vector<bool>& covered) {
  for (const model::Section* leaf : model::leaves(document))
    if (base::trim(leaf->text).empty())
      std::fill(covered.begin() + static_cast<std::ptrdiff_t>(leaf->span.begin),
                covered.begin() + static_cast<std::ptrdiff_t>(leaf->span.end), true);
}

bool is_fence(std::string_view line) { return line.starts_with("```") || line.starts_with("~~~"); }

// Code that was cut is closed at the end of a chunk, and opened at the beginning.
std::string without_fence(std::string_view own, std::string_view slice) {
  const std::size_t last = own.rfind('\n');
  if (!own.ends_with(slice) && last != own.npos && is_fence(own.substr(last + 1)))
    own = own.substr(0, last);
  if (own != slice && own.ends_with(slice) && is_fence(own) && own.size() > slice.size() &&
      own.find('\n') == own.size() - slice.size() - 1)
    own = slice;
  return std::string(own);
}

std::string fault_of(const Measure& measure, const model::Chunk& chunk,
                     const ChunkerOptions& options) {
  const std::string_view text = measure.text();
  const model::Span span = chunk.span;
  if (span.begin >= span.end || span.end > text.size()) return "has a bad span";
  if (!starts_code_point(text, span.begin) || !starts_code_point(text, span.end))
    return "cuts a code point";
  const std::string_view slice = text.substr(span.begin, span.end - span.begin);
  if (is_space(slice.front()) || is_space(slice.back())) return "is not trimmed";
  const auto most = static_cast<std::size_t>(options.max_chunk_size);
  const std::string own = without_fence(urtext(chunk), slice);
  if (own != urtext(chunk) && options.unit == Unit::code_points &&
      base::code_points(urtext(chunk)) > 2 * most)
    return "is too long for code";
  if (own == slice && own != urtext(chunk) && options.unit == Unit::code_points &&
      slice.find("|") == slice.npos && base::code_points(urtext(chunk)) > most)
    return "is too long with its fences";
  if (own == slice)
    return measure.count(span.begin, span.end) <= most || slice.front() == '|' ||
                   slice.find("\n|") != slice.npos
               ? ""
               : "is too long";
  if (!own.ends_with(slice) || own[own.size() - slice.size() - 1] != '\n')
    return "is not the slice at its span";
  const std::string_view header = std::string_view(own).substr(0, own.size() - slice.size() - 1);
  if (base::trim(header).front() != '|' || text.find(header) >= span.begin)
    return "has a header from nowhere";
  const std::size_t begin = text.find(header);
  const std::size_t size =
      measure.count(begin, begin + header.size()) + measure.count(span.begin, span.end);
  return size <= 2 * most + 2 ? "" : "is too long for a table";
}

}  // namespace

std::string faults(const model::Document& document, const std::vector<model::Chunk>& chunks,
                   const ChunkerOptions& options, const std::vector<std::size_t>* token_ends) {
  const std::string text = model::text_of(document);
  const Measure measure(text, token_ends);
  std::vector<bool> covered(text.size());
  if (!chunks.empty()) mark_bare_titles(document, covered);
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const std::string number = "chunk " + std::to_string(i) + " ";
    if (const std::string fault = fault_of(measure, chunks[i], options); !fault.empty())
      return number + fault;
    if (chunks[i].structure.sequence_number != static_cast<std::int32_t>(i))
      return number + "is misnumbered";
    if (chunks[i].span.end <= last) return number + "says nothing new";
    last = chunks[i].span.end;
    std::fill(covered.begin() + static_cast<std::ptrdiff_t>(chunks[i].span.begin),
              covered.begin() + static_cast<std::ptrdiff_t>(chunks[i].span.end), true);
  }
  for (std::size_t at = 0; at < text.size(); ++at)
    if (!covered[at] && !is_space(text[at]))
      return "offset " + std::to_string(at) + " is in no chunk";
  return "";
}

}  // namespace freshet::chunk::test
