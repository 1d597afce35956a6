#include "core/read/outline.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace freshet::read {

std::string& Outline::open(int level, std::string title, std::string url) {
  model::Section& section = flat_.emplace_back();
  section.level = level;
  section.title = std::move(title);
  section.url = std::move(url);
  return section.text;
}

bool Outline::blank() const {
  return std::all_of(flat_.begin(), flat_.end(), [](const model::Section& section) {
    return section.title.empty() && base::trim(section.text).empty();
  });
}

Outline::First Outline::first() const {
  for (const model::Section& section : flat_) {
    if (!section.title.empty()) return {section.title, section.level};
    const std::string_view text = base::trim(section.text);
    if (!text.empty()) return {base::trim(text.substr(0, text.find('\n'))), 0};
  }
  return {};
}

std::vector<model::Section> Outline::finish() {
  std::vector<model::Section> sections;
  std::size_t at = 1;
  if (!base::trim(flat_.front().text).empty()) sections.push_back(std::move(flat_.front()));
  for (model::Section& section : take(at, 0)) sections.push_back(std::move(section));
  return sections;
}

std::vector<model::Section> Outline::take(std::size_t& at, int above) {
  std::vector<model::Section> sections;
  while (at < flat_.size() && flat_[at].level > above) {
    model::Section section = std::move(flat_[at++]);
    section.children = take(at, section.level);
    sections.push_back(std::move(section));
  }
  return sections;
}

}  // namespace freshet::read
