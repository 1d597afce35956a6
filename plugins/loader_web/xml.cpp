#include "loader_web/xml.hpp"

#include <cstdint>

#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

constexpr int kMaxElementDepth = 32;             // a sitemap with every known extension needs 6
constexpr std::size_t kMaxChildBytes = 4 << 20;  // a page with a thousand images takes half of one

std::string from_utf16(std::string_view bytes, bool big_endian) {
  const auto unit = [&](std::size_t i) {
    const auto a = static_cast<unsigned char>(bytes[i]),
               b = static_cast<unsigned char>(bytes[i + 1]);
    return static_cast<char32_t>(big_endian ? a << 8 | b : b << 8 | a);
  };
  std::string result;
  result.reserve(bytes.size() / 2);
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    char32_t c = unit(i);
    const bool high = c >= 0xD800 && c < 0xDC00;
    if (high && i + 3 < bytes.size() && unit(i + 2) >= 0xDC00 && unit(i + 2) < 0xE000) {
      c = 0x10000 + ((c - 0xD800) << 10) + (unit(i + 2) - 0xDC00);
      i += 2;
    }
    append_utf8(result, c);
  }
  return result;
}

std::string from_latin1(std::string_view bytes) {
  std::string result;
  result.reserve(bytes.size());
  for (const char c : bytes) append_utf8(result, static_cast<unsigned char>(c));
  return result;
}

// The encoding in <?xml … encoding="…"?>, in lower case; or "".
std::string declared_encoding(std::string_view text) {
  text = trim(text);  // a blank line before it is a mistake that crawlers forgive
  if (!text.starts_with("<?xml")) return {};
  const std::string_view declaration = text.substr(0, text.substr(0, 256).find("?>"));
  std::size_t at = declaration.find("encoding");
  if (at == std::string_view::npos) return {};
  at = declaration.find_first_of("\"'", at);
  if (at == std::string_view::npos || at + 1 >= declaration.size()) return {};
  const std::string_view value = declaration.substr(at + 1);
  return lower(value.substr(0, value.find(declaration[at])));
}

}  // namespace

std::string_view xml_as_utf8(std::string_view bytes, std::string& converted, std::string& problem) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xEF\xBB\xBF")) return bytes.substr(3);
  const bool marked_big = bytes.starts_with("\xFE\xFF"),
             marked_little = bytes.starts_with("\xFF\xFE");
  if (marked_big || marked_little) return converted = from_utf16(bytes.substr(2), marked_big);
  if (bytes.starts_with("\0<"sv)) return converted = from_utf16(bytes, true);
  if (bytes.starts_with("<\0"sv)) return converted = from_utf16(bytes, false);
  const std::string encoding = declared_encoding(bytes);
  if (encoding == "iso-8859-1" || encoding == "latin1" || encoding == "windows-1252")
    return converted = from_latin1(bytes);
  if (!encoding.empty() && encoding != "utf-8" && encoding != "utf8" && encoding != "us-ascii")
    problem = "the encoding is not UTF-8, UTF-16 or ISO-8859-1";
  return bytes;
}

bool XmlOutline::fail(std::string problem) {
  problem_ = std::move(problem);
  return false;
}

bool XmlOutline::skip_past(std::string_view end) {
  const std::size_t found = text_.find(end, at_);
  if (found == std::string_view::npos) return fail("cut short");
  at_ = found + end.size();
  return true;
}

// Behind the '<' of a tag: its name and where it ends, which a '>' in quotes is not.
XmlOutline::Tag XmlOutline::read_tag() {
  const bool closes = at_ < text_.size() && text_[at_] == '/';
  if (closes) ++at_;
  const std::size_t name_end = text_.find_first_of(" \t\r\n/>", at_);
  if (name_end == at_) {
    fail("a tag without a name");
    return Tag::none;
  }
  tag_name_ = text_.substr(at_, name_end - at_);
  char quote = '\0';
  for (at_ = name_end; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      const bool empty = text_[at_ - 1] == '/';
      ++at_;
      return closes ? Tag::close : empty ? Tag::empty : Tag::open;
    }
  }
  fail("cut short");
  return Tag::none;
}

XmlOutline::Tag XmlOutline::next_tag() {
  for (;;) {
    tag_begin_ = text_.find('<', at_);
    if (tag_begin_ == std::string_view::npos) {
      at_ = text_.size();
      fail("cut short");
      return Tag::none;
    }
    const std::string_view here = text_.substr(tag_begin_);
    at_ = tag_begin_ + 1;
    bool skipped = true;
    if (here.starts_with("<!--")) {
      at_ += 3;
      skipped = skip_past("-->");
    } else if (here.starts_with("<![CDATA[")) {
      skipped = skip_past("]]>");
    } else if (here.starts_with("<?")) {
      skipped = skip_past("?>");
    } else if (here.starts_with("<!")) {
      doctype_ = true;
      skipped = fail("it has a DOCTYPE");
    } else {
      return read_tag();
    }
    if (!skipped) return Tag::none;
  }
}

bool XmlOutline::open_root() {
  const Tag tag = next_tag();
  if (tag == Tag::none) return false;
  if (tag == Tag::close) return fail("it begins with an end tag");
  root_ = tag_name_;
  root_is_empty_ = tag == Tag::empty;
  return true;
}

// Behind the root there may be white space, comments and instructions.
bool XmlOutline::check_tail() {
  const std::string_view tail = trim(text_.substr(at_));
  if (!tail.empty() && !tail.starts_with("<!--") && !tail.starts_with("<?"))
    fail("something else after its end");
  return false;
}

bool XmlOutline::next_child() {
  if (!problem_.empty()) return false;
  if (root_is_empty_) return check_tail();
  std::size_t begin = 0;
  int depth = 0;
  for (;;) {
    const Tag tag = next_tag();
    if (tag == Tag::none) return false;
    if (depth == 0) {
      if (tag == Tag::close) {
        root_is_empty_ = true;  // nothing more to come
        return tag_name_ == root_ ? check_tail() : fail("mismatched tags");
      }
      begin = tag_begin_;
      name_ = tag_name_;
    }
    if (tag == Tag::open && ++depth > kMaxElementDepth) return fail("nested too deeply");
    if (tag == Tag::close) --depth;
    if (at_ - begin > kMaxChildBytes) return fail("an element of more than 4 MiB");
    if (depth == 0) {
      child_ = text_.substr(begin, at_ - begin);
      return true;
    }
  }
}

}  // namespace freshet::loader_web
