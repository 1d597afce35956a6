#include "core/model/embedded.hpp"

#include <vector>

#include "core/base/text.hpp"
#include "core/model/record.hpp"

namespace freshet::model {
namespace {

std::string_view first_line(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  const std::size_t words = line.find_first_not_of("#= ");  // marks of a heading
  return words == std::string_view::npos ? std::string_view() : base::trim(line.substr(words));
}

// Of its document, and on the way down to it.
std::vector<std::string> titles_of(const Chunk& chunk, std::string_view title) {
  std::vector<std::string> titles;
  const auto add = [&](std::string_view each) {
    each = base::trim(each);
    if (!each.empty() && (titles.empty() || !titles.back().starts_with(each)))
      titles.emplace_back(each);
  };
  add(title);
  for (const std::string& step : chunk.path) add(step);
  if (!titles.empty() && titles.back() == first_line(chunk.text)) titles.pop_back();
  return titles;
}

}  // namespace

std::string with_titles(const Chunk& chunk, std::string_view title) {
  if (!chunk.urtext.empty()) return chunk.text;
  std::string text = path_text(titles_of(chunk, title));
  if (!text.empty()) text += "\n\n";
  return text + chunk.text;
}

}  // namespace freshet::model
