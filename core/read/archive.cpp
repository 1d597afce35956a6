#include "core/read/archive.hpp"

#include <cstdint>

namespace freshet::read {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t most_entries = 100'000;

// What OpenDocument and EPUB write, unpacked, as their first entry.
constexpr std::string_view written[] = {
    "application/epub+zip",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
};

struct Part {
  std::string_view name, media_type;
};
constexpr Part parts[] = {
    {"word/document.xml",
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"ppt/presentation.xml",
     "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
};

// The little-endian number of `size` bytes at `at`; 0 beyond the end.
std::size_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  if (at > bytes.size() || bytes.size() - at < size) return 0;
  std::size_t value = 0;
  for (std::size_t i = size; i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

std::string_view slice(std::string_view bytes, std::size_t at, std::size_t size) {
  return at < bytes.size() ? bytes.substr(at, size) : std::string_view();
}

std::string_view by_first_entry(std::string_view bytes) {
  constexpr std::size_t header = 30;
  const std::size_t name = number(bytes, 26, 2), extra = number(bytes, 28, 2);
  if (slice(bytes, header, name) != "mimetype") return {};
  const std::string_view content = slice(bytes, header + name + extra, 128);
  std::string_view longest;  // one of them begins another's name
  for (const std::string_view type : written)
    if (content.starts_with(type) && type.size() > longest.size()) longest = type;
  return longest;
}

std::string_view by_directory(std::string_view bytes) {
  constexpr std::size_t entry = 46;
  const std::size_t end = bytes.rfind("PK\x05\x06"sv);
  if (end == std::string_view::npos) return {};
  std::size_t at = number(bytes, end + 16, 4);
  for (std::size_t i = 0; i < most_entries && slice(bytes, at, 4) == "PK\x01\x02"sv; ++i) {
    const std::size_t name = number(bytes, at + 28, 2);
    for (const Part& part : parts)
      if (slice(bytes, at + entry, name) == part.name) return part.media_type;
    at += entry + name + number(bytes, at + 30, 2) + number(bytes, at + 32, 2);
  }
  return {};
}

}  // namespace

std::string_view archive_type(std::string_view bytes) {
  if (const std::string_view type = by_first_entry(bytes); !type.empty()) return type;
  if (const std::string_view type = by_directory(bytes); !type.empty()) return type;
  return "application/zip";
}

}  // namespace freshet::read
