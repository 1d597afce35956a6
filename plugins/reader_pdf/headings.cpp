#include "reader_pdf/headings.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace freshet::reader_pdf {
namespace {

constexpr std::size_t kMostLines = 4;  // of a title
constexpr std::size_t kLongest = 200;  // bytes of one that is told by its type
constexpr double kLarger = 1.18;       // than the body
constexpr double kHardly = 1.08;       // the same, of a short line that stands alone
constexpr std::size_t kShort = 80;     // bytes of such a line
constexpr double kSameType = 0.06;     // part by which heights of one type differ

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (static_cast<unsigned char>(c) & 0x80);
}

// Letters and digits alone, without case: titles of outlines lack marks and spaces that the page has.
std::string bare(std::string_view text) {
  std::string letters;
  for (const char c : text)
    if (is_letter(c) || (c >= '0' && c <= '9'))
      letters += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c;
  return letters;
}

// "12.3 Title", "Chapter 2 Title", "A Title" for "Title": what an outline may leave out.
bool is_number_before(std::string_view text) {
  if (text.size() > 16) return false;
  for (const std::string_view word : {"chapter", "appendix", "section", "part"})
    if (text.starts_with(word)) text.remove_prefix(word.size());
  const auto digits =
      std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return text.size() - static_cast<std::size_t>(digits) <= 1 ||
         text.find_first_not_of("ivxlc") == std::string_view::npos;
}

bool matches(const std::string& line, const std::string& title) {
  if (line == title) return true;
  if (line.size() > title.size() && line.ends_with(title))
    return is_number_before(std::string_view(line).substr(0, line.size() - title.size()));
  if (title.size() > line.size() && title.ends_with(line))
    return is_number_before(std::string_view(title).substr(0, title.size() - line.size()));
  return false;
}

std::string join(const Page& page, std::size_t first, std::size_t lines) {
  std::string text;
  for (std::size_t i = first; i < first + lines; ++i) {
    if (!text.empty()) text += ' ';
    text += page.lines[i].text;
  }
  return text;
}

// The lines of `page`, from `from` on, that say `item`; the tallest where several do, as in a table of contents.
std::optional<Heading> find(const std::vector<Page>& pages, const OutlineItem& item,
                            std::size_t number, std::size_t from) {
  const Page& page = pages[number];
  const std::string wanted = bare(item.title);
  std::optional<Heading> best;
  double tallest = 0;
  if (wanted.empty()) return best;
  for (std::size_t first = from; first < page.lines.size(); ++first) {
    std::string seen;
    for (std::size_t lines = 1; lines <= kMostLines && first + lines <= page.lines.size();
         ++lines) {
      if (page.lines[first + lines - 1].dropped) break;
      seen += bare(page.lines[first + lines - 1].text);
      if (seen.size() > wanted.size() + 16) break;
      if (!matches(seen, wanted) || page.lines[first].height <= tallest + 0.5) continue;
      tallest = page.lines[first].height;
      best = Heading{number, first, lines, std::min(item.level, 6), join(page, first, lines)};
      break;
    }
  }
  return best;
}

bool is_before(const Heading& a, const Heading& b) {
  return a.page != b.page ? a.page < b.page : a.line < b.line;
}

std::vector<Heading> by_outline(const Pdf& pdf) {
  std::vector<Heading> headings;
  std::size_t page = 0, line = 0;  // what is not taken yet: items of one page come in their order
  for (const OutlineItem& item : pdf.outline) {
    if (item.page < 1 || static_cast<std::size_t>(item.page) > pdf.pages.size()) continue;
    const std::size_t number = static_cast<std::size_t>(item.page) - 1;
    if (number != page) line = 0;
    page = number;
    std::optional<Heading> found = find(pdf.pages, item, number, line);
    if (!found) {
      if (item.title.empty()) continue;
      found = Heading{number, line, 0, std::min(item.level, 6), item.title};
    }
    line = found->line + found->lines;
    headings.push_back(*std::move(found));
  }
  std::stable_sort(headings.begin(), headings.end(), is_before);
  return headings;
}

// Words of a title, and not a formula, a letter that opens a paragraph, or text that stands on its side.
bool is_title(const Line& line) {
  const auto letters = std::count_if(line.text.begin(), line.text.end(), is_letter);
  return letters >= 2 && static_cast<std::size_t>(letters) * 2 >= line.text.size() &&
         line.text.size() <= kLongest && line.box.width() > line.height &&
         line.box.height() < 2 * line.height;
}

bool same_type(double a, double b) { return std::abs(a - b) <= kSameType * std::max(a, b); }

// Of line `i`: hardly larger type counts where the lines around it in its block are of another.
bool is_large(const Page& page, std::size_t i, double body) {
  const Line& line = page.lines[i];
  if (line.height >= kLarger * body) return true;
  const auto is_like = [&](std::size_t other) {
    return other < page.lines.size() && page.lines[other].block == line.block &&
           same_type(page.lines[other].height, line.height);
  };
  return line.height >= kHardly * body && line.text.size() <= kShort && !is_like(i + 1) &&
         (i == 0 || !is_like(i - 1)) &&
         std::string_view(".,;:").find(line.text.back()) == std::string_view::npos;
}

// The number of a section, which stands apart from its title: "2", "2.1".
bool is_number_of(const Line& number, const Line& title) {
  return number.text.size() <= 8 &&
         number.text.find_first_not_of("0123456789.") == std::string::npos &&
         number.box.x1 <= title.box.x0 && same_type(number.height, title.height) &&
         std::abs(number.box.middle() - title.box.middle()) < 0.35 * title.height;
}

struct Found {
  Heading heading;
  double height;
};

std::vector<Found> large_lines(const std::vector<Page>& pages, double body) {
  std::vector<Found> found;
  for (std::size_t number = 0; number < pages.size(); ++number) {
    const Page& page = pages[number];
    for (std::size_t i = 0; i < page.lines.size();) {
      const Line& first = page.lines[i];
      if (first.dropped || !is_large(page, i, body) || !is_title(first)) {
        ++i;
        continue;
      }
      std::size_t lines = 1;
      while (i + lines < page.lines.size() && page.lines[i + lines].block == first.block &&
             same_type(page.lines[i + lines].height, first.height))
        ++lines;
      const std::size_t before = i > 0 && is_number_of(page.lines[i - 1], first) ? 1 : 0;
      if (lines <= kMostLines)
        found.push_back(
            {{number, i - before, lines + before, 1, join(page, i - before, lines + before)},
             first.height});
      i += lines;
    }
  }
  return found;
}

// The larger the type, the higher the heading. One height that is nearly another's is that other.
std::vector<Heading> by_type(const std::vector<Page>& pages) {
  std::vector<Found> found = large_lines(pages, body_height(pages));
  std::vector<double> heights;
  for (const Found& each : found) heights.push_back(each.height);
  std::sort(heights.begin(), heights.end(), std::greater<>());
  std::vector<double> levels;
  for (const double height : heights)
    if (levels.empty() || !same_type(levels.back(), height)) levels.push_back(height);
  std::vector<Heading> headings;
  for (Found& each : found) {
    std::size_t level = 0;
    while (level + 1 < levels.size() && !same_type(levels[level], each.height)) ++level;
    each.heading.level = static_cast<int>(std::min<std::size_t>(level + 1, 6));
    headings.push_back(std::move(each.heading));
  }
  return headings;
}

}  // namespace

double body_height(const std::vector<Page>& pages) {
  std::map<long, std::size_t> letters;  // by tenths of a point
  for (const Page& page : pages)
    for (const Line& line : page.lines)
      if (!line.dropped) letters[std::lround(line.height * 10)] += line.text.size();
  const auto most =
      std::max_element(letters.begin(), letters.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == letters.end() ? 0 : static_cast<double>(most->first) / 10;
}

std::vector<Heading> headings_of(const Pdf& pdf) {
  std::vector<Heading> headings = by_outline(pdf);
  return headings.empty() ? by_type(pdf.pages) : headings;
}

}  // namespace freshet::reader_pdf
