#include "core/read/writer.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/base/text.hpp"

namespace freshet::read {
namespace {

enum class Byte : std::uint8_t { plain, blank, lead };

// `lead`: may begin a character that is left out or replaced.
constexpr std::array<Byte, 256> bytes = [] {
  std::array<Byte, 256> table{};
  for (std::size_t i = 0; i <= 0x20; ++i) table[i] = Byte::blank;
  table[0x7F] = Byte::blank;
  table[0xC2] = table[0xE1] = table[0xE2] = table[0xE3] = table[0xEF] = table[0xF3] = Byte::lead;
  return table;
}();

// Lists nested deeper than this share a margin: else a page of nested lists is mostly margin.
constexpr std::size_t widest_margin = 32;

enum class Fate { keep, blank, drop };

std::size_t length_of(unsigned char lead) { return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4; }

std::uint32_t decode(std::string_view text, std::size_t length) {
  std::uint32_t point = static_cast<unsigned char>(text[0]) & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i)
    point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  return point;
}

Fate fate_of(std::uint32_t point) {
  if (point == 0xA0 || point == 0x202F || point == 0x2007 || point == 0x3000 || point == 0x1680)
    return Fate::blank;
  if (point >= 0x2000 && point <= 0x200A) return Fate::blank;
  if (point == 0x2028 || point == 0x2029 || point == 0x205F || point == 0x85) return Fate::blank;
  if (point >= 0x80 && point < 0xA0) return Fate::drop;
  if (point == 0xAD || point == 0x200B || point == 0x200E || point == 0x200F || point == 0xFEFF)
    return Fate::drop;
  if ((point >= 0x202A && point <= 0x202E) || (point >= 0x2060 && point <= 0x2069))
    return Fate::drop;
  if (point >= 0xE0000 && point <= 0xE007F) return Fate::drop;
  return Fate::keep;
}

}  // namespace

void Writer::retarget(std::string& out) {
  out_ = &out;
  indent_.clear();
  marker_.clear();
  break_ = Break::none;
  held_ = false;
  wrote_ = !out.empty();
}

void Writer::inline_text(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = at;
    while (end < text.size() && bytes[static_cast<unsigned char>(text[end])] == Byte::plain) ++end;
    if (end > at) {
      flush();
      out_->append(text, at, end - at);
      at = end;
      continue;
    }
    if (bytes[static_cast<unsigned char>(text[at])] == Byte::blank) {
      space();
      ++at;
      continue;
    }
    const std::size_t length =
        std::min(length_of(static_cast<unsigned char>(text[at])), text.size() - at);
    const Fate fate = fate_of(decode(text.substr(at), length));
    if (fate == Fate::blank) space();
    if (fate == Fate::keep) {
      flush();
      out_->append(text, at, length);
    }
    at += length;
  }
}

void Writer::verbatim(std::string_view lines) {
  line();
  flush();
  for (bool first = true; !lines.empty() || first; first = false) {
    if (!first) *out_ += '\n';
    const std::size_t end = lines.find('\n');
    const std::string_view one = lines.substr(0, end);
    if (!first && !one.empty()) margin();
    *out_ += one;
    if (end == std::string_view::npos) break;
    lines.remove_prefix(end + 1);
    if (lines.empty()) break;
  }
  line();
}

void Writer::space() { ask(Break::space); }
void Writer::line() { ask(Break::line); }
void Writer::paragraph() { ask(Break::paragraph); }

void Writer::ask(Break wanted) {
  if (!held_) break_ = std::max(break_, wanted);
}

void Writer::only_line() {
  if (held_) return;
  break_ = Break::line;
  held_ = true;
}

std::size_t Writer::open_item(std::string_view marker) {
  held_ = true;
  if (indent_.size() >= widest_margin) return 0;
  indent_.append(marker.size(), ' ');
  marker_ += marker;
  return marker.size();
}

void Writer::close_item(std::size_t width) {
  marker_.clear();
  held_ = false;
  indent_.resize(indent_.size() - std::min(width, indent_.size()));
}

// Writes the break asked for, and the margin where a line begins.
void Writer::flush() {
  if (break_ == Break::none && marker_.empty() && wrote_) return;
  if (wrote_ && !marker_.empty() && break_ < Break::line) break_ = Break::line;
  if (!wrote_)
    margin();
  else if (break_ == Break::space)
    *out_ += ' ';
  else if (break_ != Break::none) {
    *out_ += break_ == Break::line ? "\n" : "\n\n";
    margin();
  }
  wrote_ = true;
  held_ = false;
  break_ = Break::none;
}

void Writer::margin() {
  out_->append(indent_, 0, indent_.size() - std::min(marker_.size(), indent_.size()));
  *out_ += marker_;
  marker_.clear();
}

std::string collapsed(std::string_view text) {
  std::string out;
  Writer(out).inline_text(text);
  return out;
}

}  // namespace freshet::read
