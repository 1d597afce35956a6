#include "core/model/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/base/json.hpp"
#include "core/base/text.hpp"

namespace freshet::model {
namespace {

constexpr std::string_view ellipsis = "\xE2\x80\xA6";

// What sections may cost beside their text.
constexpr std::size_t free_sections = 1024;
constexpr std::size_t bytes_a_section = 32;
constexpr std::size_t free_beside = 64 * 1024;
constexpr std::size_t urls_to_text = 8, metadata_to_text = 1;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

void put_before(Section& section, std::string_view lines) {
  const std::size_t before = section.text.size();
  section.text = before == 0 ? std::string(lines) : std::string(lines) + "\n\n" + section.text;
  for (PageMark& mark : section.pages)
    if (mark.at > 0) mark.at += section.text.size() - before;
}

void append(std::string& text, std::string_view lines) {
  if (base::trim(lines).empty()) return;
  if (!text.empty()) text += "\n\n";
  text += lines;
}

bool is_long(std::string_view url) {
  const std::size_t anchor = url.find('#');
  return url.size() > most_url ||
         (anchor != std::string_view::npos && url.size() - anchor - 1 > most_anchor);
}

void cut_lines(Section& section) {
  if (section.title.size() > most_heading) {
    put_before(section, section.title);
    section.title = shortened(section.title, most_heading);
  }
  if (is_long(section.url)) section.url.clear();
}

// Nearly every section has none.
std::size_t cut_metadata(Section& section) {
  if (section.metadata.empty()) return 0;
  section.metadata = lightened(std::move(section.metadata), most_section_metadata);
  return base::dump_json(section.metadata).size();
}

struct Sizes {
  std::size_t sections = 0, text = 0, urls = 0, metadata = 0;
  // Of what stands beside the text.
  bool too_much(std::size_t beside, std::size_t to_text) const {
    return beside > free_beside + to_text * text;
  }
};

template <typename Visit>
void each(std::vector<Section>& sections, const Visit& visit) {
  for (Section& section : sections) {
    visit(section);
    each(section.children, visit);
  }
}

// Keeps the first sections in document order; the rest becomes text of the last of them.
class Folder {
 public:
  explicit Folder(std::size_t most) : left_(most) {}

  void keep(std::vector<Section>& sections) {
    for (std::size_t i = 0; i < sections.size(); ++i) {
      if (left_ == 0) {
        for (std::size_t j = i; j < sections.size(); ++j) fold(sections[j]);
        sections.resize(i);
        return;
      }
      --left_;
      last_ = &sections[i];
      keep(sections[i].children);
    }
  }

 private:
  void fold(const Section& section) {
    const std::size_t begin = last_->text.size();
    append(last_->text, section.title);
    const std::size_t text = last_->text.size();
    append(last_->text, section.text);
    for (const PageMark& mark : section.pages)
      last_->pages.push_back({mark.at == 0 ? begin : text + mark.at, mark.page});
    for (const Section& child : section.children) fold(child);
  }

  std::size_t left_;
  Section* last_ = nullptr;  // has no children that were kept
};

}  // namespace

std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  std::size_t end = most - ellipsis.size();
  while (end > 0 && is_continuation(text[end])) --end;
  return std::string(base::trim(text.substr(0, end))) + std::string(ellipsis);
}

Json lightened(Json metadata, std::size_t most) {
  std::size_t size = base::dump_json(metadata).size();
  if (size <= most) return metadata;
  std::vector<std::pair<std::size_t, std::string>> values;
  for (const auto& [key, value] : metadata.items())
    values.emplace_back(base::dump_json(key).size() + base::dump_json(value).size() + 2, key);
  std::sort(values.begin(), values.end(), std::greater<>());
  for (const auto& [bytes, key] : values) {
    if (size <= most) break;
    metadata.erase(key);
    size -= std::min(size, bytes);
  }
  return metadata;
}

void cut_to_limits(Document& document) {
  document.title = shortened(document.title, most_title);
  document.metadata = lightened(std::move(document.metadata), most_metadata);
  Sizes sizes;
  each(document.children, [&](Section& section) {
    cut_lines(section);
    ++sizes.sections;
    sizes.text += section.title.size() + section.text.size();
    sizes.urls += section.url.size();
    sizes.metadata += cut_metadata(section);
  });
  const std::size_t most = free_sections + sizes.text / bytes_a_section;
  if (sizes.sections > most) Folder(most).keep(document.children);
  if (sizes.too_much(sizes.urls, urls_to_text))
    each(document.children, [](Section& section) { section.url.clear(); });
  if (sizes.too_much(sizes.metadata, metadata_to_text))
    each(document.children, [](Section& section) { section.metadata = nullptr; });
}

base::Status check_length(std::string_view text, std::size_t most, const std::string& name) {
  if (text.size() <= most) return {};
  return base::fail(base::Code::invalid_argument,
                    fmt::format("has {} bytes, more than {}", text.size(), most), name);
}

base::Status check_metadata(const Json& metadata, const std::string& name, std::size_t most) {
  return check_length(base::dump_json(metadata), most, name);
}

}  // namespace freshet::model
