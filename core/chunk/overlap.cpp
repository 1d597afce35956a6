#include "core/chunk/overlap.hpp"

#include <algorithm>

#include "core/chunk/scan.hpp"

namespace freshet::chunk {
namespace {

class Window {
 public:
  Window(const Measure& measure, const Piece& piece, const std::vector<Fence>& fences,
         std::size_t begin)
      : text_(measure.text()),
        piece_(piece),
        fences_(fences),
        begin_(begin),
        end_(piece.span.end) {}

  Piece overlap() const {
    if (const Fence* fence = fence_at(fences_, begin_)) return in_fence(*fence);
    const std::size_t line = line_begin(begin_);
    if (is_table_line(line_at(line))) return in_table(line);
    return in_prose(begin_);
  }

 private:
  static Piece nothing() { return {}; }
  Piece from(std::size_t begin, model::Span header = {}) const {
    return begin < end_ ? Piece{{begin, end_}, header, {}, {}} : nothing();
  }

  std::size_t line_begin(std::size_t at) const {
    while (at > piece_.span.begin && text_[at - 1] != '\n') --at;
    return at;
  }

  std::string_view line_at(std::size_t begin) const {
    return text_.substr(begin, line_end(text_, begin, end_) - begin);
  }

  std::size_t next_line(std::size_t at) const {
    return std::min(line_end(text_, at, end_) + 1, end_);
  }

  // Whole lines; but the closing line alone would read as an opening one.
  Piece in_fence(const Fence& fence) const {
    const std::size_t line =
        begin_ == fence.begin || line_begin(begin_) == begin_ ? begin_ : next_line(begin_);
    if (line > fence.begin && fence_mark(line_at(line)).closes) return from_line(next_line(line));
    return from_line(line);
  }

  // The window begins in the table line at `line`.
  Piece in_table(std::size_t line) const {
    std::size_t first = line;  // of the table's lines in this piece
    while (first > piece_.span.begin) {
      const std::size_t above = line_begin(first - 1);
      if (!is_table_line(line_at(above))) break;
      first = above;
    }
    const std::size_t row = line == begin_ ? line : next_line(line);
    if (row >= end_ || !is_table_line(line_at(row))) return from_line(row);
    if (row == first) return from(row);
    // A piece that itself began inside the table knows the header from the one before it.
    if (first == piece_.span.begin && piece_.header != model::Span{})
      return from(row, piece_.header);
    model::Span header{first, line_end(text_, first, end_)};
    std::size_t body = next_line(first);
    if (is_delimiter_line(line_at(body))) {
      header.end = line_end(text_, body, end_);
      body = next_line(body);
    }
    return row < body ? from(body, header) : from(row, header);
  }

  Piece from_line(std::size_t line) const {
    std::size_t end = end_;
    trim(text_, line, end);
    return from(line);
  }

  // From the first sentence, else the table or code that follows, else the first whole word.
  Piece in_prose(std::size_t begin) const {
    const std::size_t stop = prose_end(begin);
    if (const std::size_t sentence = next_sentence(text_, begin, stop); sentence != none)
      return from(sentence);
    if (stop < end_) return from(stop);
    if (const std::size_t word = next_word(text_, begin, end_); word != none) return from(word);
    return nothing();
  }

  std::size_t prose_end(std::size_t begin) const {
    for (std::size_t at = next_line(begin); at < end_; at = next_line(at))
      if (is_table_line(line_at(at)) || fence_at(fences_, at) != nullptr) return at;
    return end_;
  }

  std::string_view text_;
  const Piece& piece_;
  const std::vector<Fence>& fences_;
  std::size_t begin_, end_;
};

}  // namespace

Piece overlap_with(const Measure& measure, const Piece& piece, const std::vector<Fence>& fences,
                   std::size_t most) {
  if (most == 0 || measure.count(piece.span.begin, piece.span.end) <= most) return {};
  const std::size_t begin = measure.back(piece.span.end, most, piece.span.begin);
  return Window(measure, piece, fences, begin).overlap();
}

}  // namespace freshet::chunk
