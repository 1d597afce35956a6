#include "reader_pdf/running_heads.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "reader_pdf/headings.hpp"

namespace freshet::reader_pdf {
namespace {

constexpr double kHead = 0.15, kFoot = 0.2;  // of the height of a page, at its ends
constexpr double kLarger = 1.12;             // than the body: what opens a page is a heading
constexpr std::size_t kMostRows = 3;         // at each end
constexpr std::size_t kNear = 2;   // pages apart: left and right pages have heads of their own
constexpr double kSameHeight = 3;  // points

struct Candidate {
  Line* line;
  std::string words;  // its numbers as '#'
  double at;          // from the nearer end: heads count up from 0, feet down
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_roman(std::string_view word) {
  return !word.empty() && word.find_first_not_of("ivxlc") == std::string_view::npos;
}

std::string words_of(std::string_view text) {
  if (is_roman(text)) return "#";
  std::string words;
  for (const char c : text) {
    if (!is_digit(c))
      words += c;
    else if (!words.ends_with('#'))
      words += '#';
  }
  return words;
}

// The outermost rows at one end.
void add_end(Page& page, bool head, double body, std::vector<Candidate>& candidates) {
  std::vector<Line*> lines;
  for (Line& line : page.lines) {
    const double from = head ? line.box.middle() : page.height - line.box.middle();
    const bool heading = head && line.height >= kLarger * body;
    if (from >= 0 && from < (head ? kHead : kFoot) * page.height && !heading)
      lines.push_back(&line);
  }
  const auto from_end = [&](const Line* line) {
    return head ? line->box.middle() : page.height - line->box.middle();
  };
  std::sort(lines.begin(), lines.end(),
            [&](const Line* a, const Line* b) { return from_end(a) < from_end(b); });
  std::size_t rows = 0;
  double last = -1e9;
  for (Line* line : lines) {
    if (from_end(line) - last > kSameHeight && ++rows > kMostRows) break;
    last = std::max(last, from_end(line));
    const double at = from_end(line) + 1;
    candidates.push_back({line, words_of(line->text), head ? at : -at});
  }
}

bool same(const Candidate& a, const Candidate& b) {
  return std::abs(a.at - b.at) <= kSameHeight && a.words == b.words;
}

using Ends = std::vector<std::vector<Candidate>>;  // by page

bool stands_nearby(const Ends& ends, std::size_t page, const Candidate& wanted) {
  const std::size_t first = page > kNear ? page - kNear : 0;
  for (std::size_t other = first; other < ends.size() && other <= page + kNear; ++other) {
    if (other == page) continue;
    for (const Candidate& each : ends[other])
      if (same(each, wanted)) return true;
  }
  return false;
}

// Heights at which most pages have a dropped line: there heads stand, whatever this page's says.
std::vector<double> usual_heights(const Ends& ends) {
  std::map<long, std::size_t> counts;
  for (const auto& page : ends) {
    std::map<long, bool> seen;
    for (const Candidate& each : page)
      if (each.line->dropped) seen[std::lround(each.at / kSameHeight)] = true;
    for (const auto& [height, unused] : seen) ++counts[height];
  }
  std::vector<double> heights;
  for (const auto& [height, count] : counts)
    if (count * 5 >= ends.size() * 3) heights.push_back(static_cast<double>(height) * kSameHeight);
  return heights;
}

}  // namespace

void drop_running_heads(std::vector<Page>& pages) {
  if (pages.size() < 2) return;
  Ends ends(pages.size());
  const double body = body_height(pages);
  for (std::size_t i = 0; i < pages.size(); ++i)
    for (const bool head : {true, false}) add_end(pages[i], head, body, ends[i]);
  for (std::size_t i = 0; i < ends.size(); ++i)
    for (Candidate& each : ends[i])
      each.line->dropped = stands_nearby(ends, i, each) &&
                           (pages.size() > 2 || each.words.find('#') != std::string::npos);
  const std::vector<double> usual = usual_heights(ends);
  for (auto& page : ends)
    for (Candidate& each : page)
      if (std::any_of(usual.begin(), usual.end(),
                      [&](double height) { return std::abs(height - each.at) <= kSameHeight / 2; }))
        each.line->dropped = true;
}

}  // namespace freshet::reader_pdf
