#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "cli/standard_output.hpp"

namespace freshet::cli {
namespace {

constexpr std::uint32_t ill_formed = 0xFFFFFFFF;

struct Decoded {
  std::uint32_t code;
  std::size_t size;
};

// The code point at the start of `text`, which is not empty; a byte that begins none is ill_formed.
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xF0 && first < 0xF5   ? 4
                           : first >= 0xE0 && first < 0xF0 ? 3
                           : first >= 0xC2 && first < 0xE0 ? 2
                                                           : 0;
  if (size == 0 || text.size() < size) return {ill_formed, 1};
  std::uint32_t code = first & (0x7F >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {ill_formed, 1};
    code = code << 6 | (byte(i) & 0x3F);
  }
  const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  const bool impossible = (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF;
  return overlong || impossible ? Decoded{ill_formed, 1} : Decoded{code, size};
}

bool between(std::uint32_t code, std::uint32_t first, std::uint32_t last) {
  return code >= first && code <= last;
}

bool is_dangerous(std::uint32_t code) {
  return code < 0x20 || between(code, 0x7F, 0x9F) || code == 0x061C ||
         between(code, 0x200B, 0x200F) || between(code, 0x2028, 0x202E) ||
         between(code, 0x2060, 0x206F) || code == 0xFEFF || between(code, 0xE0000, 0xE007F) ||
         code == ill_formed;
}

std::string hex(std::uint32_t code, const char* format) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, format, static_cast<unsigned>(code));
  return buffer;
}

std::string json_escape(std::uint32_t code) {
  if (code == ill_formed) return "\\ufffd";
  if (code < 0x10000) return hex(code, "\\u%04x");
  code -= 0x10000;
  return hex(0xD800 + (code >> 10), "\\u%04x") + hex(0xDC00 + (code & 0x3FF), "\\u%04x");
}

// Calls `plain` with stretches of harmless text and `escape` with each code point that is not.
template <typename Plain, typename Escape>
void scan(std::string_view text, Plain plain, Escape escape) {
  std::size_t from = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const Decoded next = decode(text.substr(at));
    if (is_dangerous(next.code)) {
      plain(text.substr(from, at - from));
      escape(next.code, text[at]);
      from = at + next.size;
    }
    at += next.size;
  }
  plain(text.substr(from));
}

std::size_t columns() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

// As much of `line` as fits, by code points.
std::string_view cut(std::string_view line, std::size_t width) {
  std::size_t at = 0;
  for (std::size_t shown = 0; at < line.size() && shown < width; ++shown)
    at += decode(line.substr(at)).size;
  return line.substr(0, at);
}

}  // namespace

std::string printable(std::string_view text, bool keep_newlines) {
  std::string out;
  scan(
      text, [&](std::string_view plain) { out += plain; },
      [&](std::uint32_t code, char byte) {
        if (keep_newlines && (code == '\n' || code == '\t'))
          out += byte;
        else if (code == ill_formed)
          out += hex(static_cast<unsigned char>(byte), "\\x%02x");
        else
          out += hex(code, "\\u{%x}");
      });
  return out;
}

std::string printable_json(std::string_view json) {
  std::string out;
  // White space between tokens is the only control character that JSON text may hold.
  scan(
      json, [&](std::string_view plain) { out += plain; },
      [&](std::uint32_t code, char byte) {
        if (code == '\n' || code == '\t' || code == '\r')
          out += byte == '\n' ? '\n' : ' ';
        else
          out += json_escape(code);
      });
  return out;
}

void put_json(std::string_view json) {
  scan(json, put, [](std::uint32_t code, char byte) {
    const bool space = code == '\n' || code == '\t' || code == '\r';
    put(space ? (byte == '\n' ? "\n" : " ") : json_escape(code));
  });
  put("\n");
}

ProgressLine::ProgressLine(bool wanted) : on_(wanted && ::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::show(const std::string& line) {
  if (!on_) return;
  const std::string_view fitting = cut(line, columns() - 1);
  std::fprintf(stderr, "\r\033[K%.*s", static_cast<int>(fitting.size()), fitting.data());
  std::fflush(stderr);
  shown_ = true;
}

void ProgressLine::clear() {
  if (!shown_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

std::string bar(std::size_t done, std::size_t total, std::size_t width) {
  if (total == 0) return "[" + std::string(width, '.') + "]";
  const std::size_t part = std::min(done, total);
  const std::size_t filled = part * width / total;
  char percent[16];
  std::snprintf(percent, sizeof percent, " %3zu %%", part * 100 / total);
  return "[" + std::string(filled, '#') + std::string(width - filled, '.') + "]" + percent;
}

}  // namespace freshet::cli
