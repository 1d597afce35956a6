#include "core/chunk/atoms.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/chunk/scan.hpp"
#include "core/chunk/table.hpp"

namespace freshet::chunk {
namespace {

class Cutter {
 public:
  Cutter(const Measure& measure, std::size_t begin, std::size_t title_end, std::size_t end,
         const Limits& limits)
      : measure_(measure),
        text_(measure.text()),
        begin_(begin),
        title_end_(title_end),
        end_(end),
        limits_(limits) {}

  Atoms cut() {
    std::size_t paragraph = none;
    for (std::size_t at = begin_; at < end_;) {
      const std::size_t line = line_end(text_, at, end_);
      const FenceMark mark =
          at >= title_end_ ? fence_mark(text_.substr(at, line - at)) : FenceMark{};
      const bool blank = base::trim(text_.substr(at, line - at)).empty();
      if ((blank || mark.length > 0) && paragraph != none) {
        add_paragraph(paragraph, at);
        paragraph = none;
      }
      std::size_t next = line + 1;
      if (mark.length > 0) {
        next = fence_end(line, mark);
        add_fence(at, std::min(next, end_));
      } else if (!blank && paragraph == none) {
        paragraph = at;
      }
      at = next;
    }
    if (paragraph != none) add_paragraph(paragraph, end_);
    return std::move(out_);
  }

 private:
  bool fits(std::size_t begin, std::size_t end) const {
    return measure_.count(begin, end) <= limits_.chunk;
  }

  // True when it was taken whole.
  bool add_whole(std::size_t begin, std::size_t end) {
    if (!fits(begin, end)) return false;
    out_.parts.push_back({begin, end, false, false, {}});
    return true;
  }

  // A fence that nothing closes goes on to the end, as it does in Markdown.
  std::size_t fence_end(std::size_t first_line_end, const FenceMark& opening) const {
    for (std::size_t at = first_line_end + 1; at < end_;) {
      const std::size_t line = line_end(text_, at, end_);
      const FenceMark mark = fence_mark(text_.substr(at, line - at));
      if (mark.closes && mark.mark == opening.mark && mark.length >= opening.length)
        return line + 1;
      at = line + 1;
    }
    return end_;
  }

  void mark_fresh(std::size_t first_part) {
    if (first_part < out_.parts.size()) out_.parts[first_part].fresh = true;
  }

  void add_fence(std::size_t begin, std::size_t end) {
    trim(text_, begin, end);
    out_.fences.push_back({begin, end, {}, {}});
    if (add_whole(begin, end)) return;
    const Limits whole = limits_;
    repeat_fence(out_.fences.back());
    const std::size_t first = out_.parts.size();
    std::size_t part = begin;
    for (std::size_t at = begin; at < end;) {
      const std::size_t line = line_end(text_, at, end);
      if (base::trim(text_.substr(at, line - at)).empty()) {
        add_lines(part, at);
        part = line + 1;
      }
      at = line + 1;
    }
    add_lines(std::min(part, end), end);
    mark_fresh(first);
    limits_ = whole;
  }

  // What has room for it is cut so that each piece can be a code block of its own.
  void repeat_fence(Fence& fence) {
    const std::size_t line = line_end(text_, fence.begin, fence.end);
    const FenceMark mark = fence_mark(text_.substr(fence.begin, line - fence.begin));
    const std::size_t more = measure_.count(fence.begin, line) + mark.length + 2;
    if (more > limits_.chunk / 8) return;
    fence.opening = {fence.begin, line};
    fence.close = text_.substr(text_.find(mark.mark, fence.begin), mark.length);
    limits_.chunk -= more;
  }

  void add_paragraph(std::size_t begin, std::size_t end) {
    trim(text_, begin, end);
    if (begin == end || add_whole(begin, end)) return;
    // Runs of table lines and of prose are cut each in their own way.
    std::size_t run = begin;
    bool table = is_table_line(text_.substr(begin, line_end(text_, begin, end) - begin)) &&
                 begin >= title_end_;
    for (std::size_t at = begin; at < end;) {
      const std::size_t line = line_end(text_, at, end);
      const bool table_line = is_table_line(text_.substr(at, line - at)) && at >= title_end_;
      if (table_line != table) {
        add_run(run, at, table);
        run = at;
        table = table_line;
      }
      at = line + 1;
    }
    add_run(run, end, table);
  }

  void add_run(std::size_t begin, std::size_t end, bool table) {
    trim(text_, begin, end);
    if (begin == end || add_whole(begin, end)) return;
    const std::size_t first = out_.parts.size();
    if (table) {
      add_table(begin, end);
    } else {
      add_sentences(begin, end);
      mark_fresh(first);
    }
  }

  void add_table(std::size_t begin, std::size_t end) {
    const Table table = table_of(text_, begin, end);
    if (table.rows.empty()) return add_words(begin, end);  // a header and no more, or one long line
    std::size_t lead = begin;
    // The section's title goes with the first piece: alone it would be a chunk that says nothing.
    const bool after_title =
        out_.parts.size() == 1 && out_.parts[0].begin == begin_ && out_.parts[0].end <= title_end_;
    if (after_title && fits(begin_, table.rows.front().end)) {
      lead = begin_;
      out_.parts.clear();
    }
    for (Atom& piece : pieces_of(measure_, table, lead, limits_.chunk)) {
      if (piece.sealed) {
        out_.parts.push_back(piece);
      } else {
        add_words(piece.begin, piece.end);  // a row, or a header, too long for any chunk
      }
    }
  }

  void add_sentences(std::size_t begin, std::size_t end) {
    while (begin < end) {
      const std::size_t next = std::min(next_sentence(text_, begin, end), end);
      add_lines(begin, next);
      begin = next;
    }
  }

  void add_lines(std::size_t begin, std::size_t end) {
    trim(text_, begin, end);
    if (begin == end || add_whole(begin, end)) return;
    for (std::size_t at = begin; at < end;) {
      const std::size_t line = line_end(text_, at, end);
      add_words(at, line);
      at = line + 1;
    }
  }

  void add_words(std::size_t begin, std::size_t end) {
    trim(text_, begin, end);
    if (begin == end || add_whole(begin, end)) return;
    while (begin < end) {
      const std::size_t next = std::min(next_word(text_, begin, end), end);
      std::size_t word_end = next;
      trim(text_, begin, word_end);
      if (!add_whole(begin, word_end)) add_parts(begin, word_end);
      begin = next;
    }
  }

  // Parts of equal length, some of which fill a chunk, so that none is left over as a shard.
  void add_parts(std::size_t begin, std::size_t end) {
    const std::size_t size = std::max<std::size_t>(1, limits_.chunk / 8);
    const std::size_t units = measure_.count(begin, end);
    const std::size_t parts = (units + size - 1) / size;
    std::size_t from = begin;
    for (std::size_t i = 1; i < parts; ++i) {
      const std::size_t target = measure_.forward(begin, units * i / parts, end);
      const std::size_t to = whole_character(from, target);
      if (to > from) out_.parts.push_back({from, to, false, false, {}});
      from = to;
    }
    if (from < end) out_.parts.push_back({from, end, false, false, {}});
  }

  // Backs off from the middle of an accented letter or an emoji to its start: at the most half a
  // chunk, so that the next part still fits, and `least` where the character began before that.
  std::size_t whole_character(std::size_t least, std::size_t target) const {
    std::size_t at = target;
    for (int steps = 16; steps > 0 && at > least && measure_.count(at, target) < limits_.chunk / 2;
         --steps) {
      if (!joins_previous(text_, at)) return at;
      at = measure_.previous(at, least);
    }
    return at == least ? least : target;
  }

  const Measure& measure_;
  std::string_view text_;
  std::size_t begin_, title_end_, end_;
  Limits limits_;
  Atoms out_;
};

}  // namespace

const Fence* fence_at(const std::vector<Fence>& fences, std::size_t at) {
  const auto after =
      std::upper_bound(fences.begin(), fences.end(), at,
                       [](std::size_t offset, const Fence& fence) { return offset < fence.begin; });
  if (after == fences.begin() || at >= std::prev(after)->end) return nullptr;
  return &*std::prev(after);
}

Atoms atoms_of(const Measure& text, std::size_t begin, std::size_t title_end, std::size_t end,
               const Limits& limits) {
  return Cutter(text, begin, title_end, end, limits).cut();
}

}  // namespace freshet::chunk
