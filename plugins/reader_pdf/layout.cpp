#include "reader_pdf/layout.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace freshet::reader_pdf {
namespace {

constexpr double kGutter = 7;           // points, between two columns
constexpr double kWide = 0.8;           // heights between two words that may belong to two columns
constexpr double kTouching = 1;         // points by which what follows may reach into what is above
constexpr std::size_t kLeastLines = 3;  // of a column
constexpr std::size_t kLeastLetters =
    22;  // of the line that a letter stands in, on the average: cells have less
constexpr std::size_t kMostLines =
    5000;                    // of a page that is looked at; a page of a book has a hundred
constexpr int kDeepest = 8;  // columns within columns

using Strip = std::vector<std::size_t>;  // lines of the page

Line part_of(const Line& line, std::size_t first, std::size_t end) {
  Line part = line;
  const std::size_t begin = line.words[first].begin;
  part.text = line.text.substr(begin, line.words[end - 1].end - begin);
  part.words.assign(line.words.begin() + static_cast<std::ptrdiff_t>(first),
                    line.words.begin() + static_cast<std::ptrdiff_t>(end));
  for (Word& word : part.words) {
    word.begin -= begin;
    word.end -= begin;
  }
  part.box.x0 = part.words.front().x0;
  part.box.x1 = part.words.back().x1;
  return part;
}

// pdftotext takes what stands close beside each other for one line, in two columns, too.
std::vector<Line> split_lines(const Page& page) {
  std::vector<Line> parts;
  for (const Line& line : page.lines) {
    std::size_t first = 0;
    for (std::size_t i = 1; i < line.words.size(); ++i)
      if (line.words[i].x0 - line.words[i - 1].x1 >= kWide * line.height) {
        parts.push_back(part_of(line, first, i));
        first = i;
      }
    parts.push_back(first == 0 ? line : part_of(line, first, line.words.size()));
  }
  return parts;
}

bool goes_on(const Line& before, const Line& line) {
  return line.block == before.block && line.box.x0 >= before.box.x1 &&
         std::abs(line.box.middle() - before.box.middle()) < 0.35 * line.height;
}

// Parts of one line that are in one column after all.
void join_lines(Page& page) {
  std::vector<Line> lines;
  for (Line& line : page.lines) {
    if (lines.empty() || !goes_on(lines.back(), line)) {
      lines.push_back(std::move(line));
      continue;
    }
    Line& before = lines.back();
    const std::size_t moved = before.text.size() + 1;
    before.text += " " + line.text;
    for (Word& word : line.words)
      before.words.push_back({word.x0, word.x1, word.begin + moved, word.end + moved});
    before.box.x1 = line.box.x1;
  }
  page.lines = std::move(lines);
}

// The parts of the page that cover its width, seen from above.
class Cover {
 public:
  void add(const Box& box) {
    Part part{box.x0, box.x1};
    auto at = std::lower_bound(parts_.begin(), parts_.end(), part.x0 - kGutter,
                               [](const Part& each, double x) { return each.x1 < x; });
    auto end = at;
    for (; end != parts_.end() && end->x0 <= part.x1 + kGutter; ++end) {
      part.x0 = std::min(part.x0, end->x0);
      part.x1 = std::max(part.x1, end->x1);
    }
    at = parts_.erase(at, end);
    parts_.insert(at, part);
  }
  bool has_gutter() const { return parts_.size() > 1; }
  double middle_of_widest() const {
    double widest = 0, middle = 0;
    for (std::size_t i = 1; i < parts_.size(); ++i)
      if (const double gap = parts_[i].x0 - parts_[i - 1].x1; gap > widest) {
        widest = gap;
        middle = (parts_[i].x0 + parts_[i - 1].x1) / 2;
      }
    return middle;
  }

 private:
  struct Part {
    double x0, x1;
  };
  std::vector<Part> parts_;  // apart, from left to right
};

class Order {
 public:
  explicit Order(Page& page) : page_(page) {}

  void add(const Strip& lines, int depth) {
    const std::vector<Strip> strips = strips_of(lines);
    for (std::size_t first = 0; first < strips.size();) {
      const std::size_t end = depth < kDeepest ? end_of_columns(strips, first) : first;
      if (end == first || !add_columns(strips, first, end, depth)) {
        add_row(strips[first]);
        ++first;
      } else {
        first = end;
      }
    }
  }

  void finish() {
    std::vector<Line> lines;
    std::map<std::pair<std::size_t, std::size_t>, std::size_t>
        blocks;  // a block may lie in two columns
    for (const std::size_t i : order_) {
      Line& line = page_.lines[i];
      line.block = blocks.try_emplace({line.region, line.block}, blocks.size() + 1).first->second;
      lines.push_back(std::move(line));
    }
    page_.lines = std::move(lines);
  }

 private:
  const Box& box(std::size_t line) const { return page_.lines[line].box; }

  // What has nothing beside it but what is in it, from the top to the bottom.
  std::vector<Strip> strips_of(Strip lines) const {
    std::stable_sort(lines.begin(), lines.end(),
                     [&](std::size_t a, std::size_t b) { return box(a).y0 < box(b).y0; });
    std::vector<Strip> strips;
    double end = 0;
    for (const std::size_t line : lines) {
      if (strips.empty() || box(line).y0 >= end - kTouching) {
        strips.emplace_back();
        end = box(line).y1;
      }
      strips.back().push_back(line);
      end = std::max(end, box(line).y1);
    }
    return strips;
  }

  // The first strip that reaches over every gap between the columns of those before it.
  std::size_t end_of_columns(const std::vector<Strip>& strips, std::size_t first) const {
    Cover cover;
    for (std::size_t i = first; i < strips.size(); ++i) {
      for (const std::size_t line : strips[i]) cover.add(box(line));
      if (!cover.has_gutter()) return i;
    }
    return strips.size();
  }

  bool is_column(const Strip& lines) const {
    std::size_t letters = 0, sum = 0;
    for (const std::size_t line : lines) {
      const std::size_t size = page_.lines[line].text.size();
      letters += size;
      sum += size * size;
    }
    return lines.size() >= kLeastLines && sum >= letters * kLeastLetters;
  }

  bool add_columns(const std::vector<Strip>& strips, std::size_t first, std::size_t end,
                   int depth) {
    Cover cover;
    for (std::size_t i = first; i < end; ++i)
      for (const std::size_t line : strips[i]) cover.add(box(line));
    const double middle = cover.middle_of_widest();
    Strip left, right;
    for (std::size_t i = first; i < end; ++i)
      for (const std::size_t line : strips[i])
        (box(line).x1 < middle ? left : right).push_back(line);
    if (!is_column(left) || !is_column(right)) return false;
    for (const Strip& side : {left, right}) {
      ++region_;
      add(side, depth + 1);
    }
    ++region_;
    return true;
  }

  // What stands at one height, from left to right.
  void add_row(Strip lines) {
    constexpr double row = 4;  // points: tops that differ by less are at one height
    std::stable_sort(lines.begin(), lines.end(), [&](std::size_t a, std::size_t b) {
      const long top_a = std::lround(box(a).y0 / row), top_b = std::lround(box(b).y0 / row);
      return top_a != top_b ? top_a < top_b : box(a).x0 < box(b).x0;
    });
    for (const std::size_t line : lines) {
      page_.lines[line].region = region_;
      order_.push_back(line);
    }
  }

  Page& page_;
  std::vector<std::size_t> order_;
  std::size_t region_ = 0;
};

}  // namespace

void order_lines(Page& page) {
  if (page.lines.size() > kMostLines) return;
  page.lines = split_lines(page);
  Strip all(page.lines.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  Order order(page);
  order.add(all, 0);
  order.finish();
  join_lines(page);
}

}  // namespace freshet::reader_pdf
