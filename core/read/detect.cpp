#include "core/read/detect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/base/text.hpp"
#include "core/read/archive.hpp"
#include "core/read/charset.hpp"
#include "core/read/names.hpp"

namespace freshet::read {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t sniffed_bytes = 2048;

struct Signature {
  std::string_view bytes;
  std::string_view media_type;
  std::size_t at = 0;
};

constexpr Signature signatures[] = {
    {"%PDF-"sv, "application/pdf"},
    {"\x1F\x8B"sv, "application/gzip"},
    {"PK\x03\x04"sv, "application/zip"},
    {"PK\x05\x06"sv, "application/zip"},
    {"\x89PNG\r\n\x1A\n"sv, "image/png"},
    {"\xFF\xD8\xFF"sv, "image/jpeg"},
    {"GIF87a"sv, "image/gif"},
    {"GIF89a"sv, "image/gif"},
    {"WEBP"sv, "image/webp", 8},
    {"II*\0"sv, "image/tiff"},
    {"MM\0*"sv, "image/tiff"},
    {"\0\0\x01\0"sv, "image/x-icon"},
    {"ftyp"sv, "video/mp4", 4},
    {"OggS"sv, "application/ogg"},
    {"ID3"sv, "audio/mpeg"},
    {"\x1A\x45\xDF\xA3"sv, "video/webm"},
    {"\x7F"
     "ELF"sv,
     "application/x-elf"},
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, "application/x-ole-storage"},
    {"{\\rtf"sv, "application/rtf"},
    {"%!PS-"sv, "application/postscript"},
    {"BZh"sv, "application/x-bzip2"},
    {"\xFD"
     "7zXZ\0"sv,
     "application/x-xz"},
    {"7z\xBC\xAF\x27\x1C"sv, "application/x-7z-compressed"},
    {"\x28\xB5\x2F\xFD"sv, "application/zstd"},
    {"Rar!\x1A\x07"sv, "application/vnd.rar"},
    {"SQLite format 3\0"sv, "application/vnd.sqlite3"},
    {"\0asm"sv, "application/wasm"},
    {"wOFF"sv, "font/woff"},
    {"wOF2"sv, "font/woff2"},
};

// What a page without <!doctype may begin with.
constexpr std::string_view html_starts[] = {
    "html",    "head", "body",    "title", "meta", "link", "script", "style",  "div",   "h1",
    "h2",      "h3",   "h4",      "h5",    "h6",   "p",    "table",  "iframe", "ul",    "ol",
    "article", "main", "section", "a",     "b",    "br",   "font",   "nav",    "header"};

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n\f"), text.size()));
}

// Past the blanks, comments and declarations that may precede the first tag.
std::string_view first_tag(std::string_view text) {
  skip_blanks(text);
  while (text.starts_with("<!--") || text.starts_with("<?xml")) {
    const std::string_view end = text.starts_with("<?") ? "?>" : "-->";
    const auto close = text.find(end);
    if (close == std::string_view::npos) return {};
    text.remove_prefix(close + end.size());
    skip_blanks(text);
  }
  return text;
}

bool is_html(std::string_view head) {
  const std::string start = base::to_lower(first_tag(head).substr(0, 64));
  if (start.starts_with("<!doctype")) return start.find("html") != std::string::npos;
  if (!start.starts_with("<")) return false;
  const std::string_view name =
      std::string_view(start).substr(1, start.find_first_of(" \t\r\n\f/>") - 1);
  if (name.size() + 1 == start.size()) return false;  // the tag does not end
  return std::find(std::begin(html_starts), std::end(html_starts), name) != std::end(html_starts);
}

// As WHATWG's sniffing has it: control characters that no text bears. A stray one in a long text, but
// for NUL, is a stray one.
bool is_binary(std::string_view head) {
  const auto controls = std::count_if(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x08 || byte == 0x0B || (byte >= 0x0E && byte <= 0x1A) ||
           (byte >= 0x1C && byte <= 0x1F);
  });
  return controls > static_cast<std::ptrdiff_t>(head.size() / 100) ||
         head.find('\0') != std::string_view::npos;
}

// Letters alone are also what a text may begin with: then something has to follow that no text has.
bool is_proof(const Signature& signature, std::string_view head) {
  const std::string_view bytes = signature.bytes;
  const bool letters = bytes.size() <= 4 && std::all_of(bytes.begin(), bytes.end(), [](char c) {
                         return c >= ' ' && c <= '~';
                       });
  if (!letters) return true;
  const std::string_view near = head.substr(0, 64);
  return near.find('\0') != std::string_view::npos || is_binary(near) ||
         !base::is_utf8(base::front_of(near, near.size()));
}

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_html_type(std::string_view type) {
  return one_of(type, {"text/html", "application/xhtml+xml"});
}

bool is_markdown_type(std::string_view type) {
  return one_of(type, {"text/markdown", "text/x-markdown", "application/markdown"});
}

bool is_text_type(std::string_view type) {
  if (type.starts_with("text/")) return true;
  if (type.starts_with("application/") &&
      (type.ends_with("+json") || type.ends_with("+xml") || type.ends_with("+yaml")))
    return true;
  return one_of(type,
                {"application/json", "application/xml", "application/yaml", "application/x-yaml",
                 "application/toml", "application/javascript", "application/ecmascript",
                 "application/x-sh", "application/x-shellscript", "application/sql",
                 "application/x-python", "application/x-ndjson", "application/json5",
                 "application/typescript", "application/x-httpd-php", "message/rfc822"});
}

// Types that say nothing.
bool is_vague(std::string_view type) {
  return type.find('/') == std::string_view::npos ||
         one_of(type, {"application/octet-stream", "binary/octet-stream", "application/unknown",
                       "unknown/unknown", "application/x-unknown", "content/unknown", "*/*"});
}

bool is_markdown_name(std::string_view extension) {
  return one_of(extension, {"md", "markdown", "mdown", "mkd", "mkdn", "mdx"});
}

bool is_html_name(std::string_view extension) {
  return one_of(extension, {"html", "htm", "xhtml", "xht", "shtml"});
}

Detected reader(Kind kind, std::string_view media_type) {
  Detected found;
  found.kind = kind;
  found.media_type = media_type;
  return found;
}

// Bytes with a signature: no reader of the core takes them, whatever they were called.
Detected foreign(std::string_view found, const std::string& declared) {
  Detected out;
  out.media_type = found;
  out.problem = fmt::format("no reader for {}", found);
  if (!declared.empty() && !is_vague(declared) && declared != found)
    out.problem += fmt::format(" (declared as {})", declared);
  return out;
}

// Text under a type that is not text: either the type is plain wrong, or nobody here reads it.
Detected undeclared_text(const std::string& declared) {
  Detected out;
  out.media_type = declared;
  const bool binary_type = declared == "application/pdf" || declared.starts_with("audio/") ||
                           declared.starts_with("video/") || declared.starts_with("font/") ||
                           (declared.starts_with("image/") && declared != "image/svg+xml");
  if (binary_type) {
    out.code = base::Code::parse;
    out.problem = fmt::format("declared as {}, found text", declared);
  } else {
    out.problem = fmt::format("no reader for {}", declared);
  }
  return out;
}

Detected by_name(const std::string& name, bool html) {
  if (is_markdown_name(name)) return reader(Kind::markdown, "text/markdown");
  if (is_html_name(name)) return reader(Kind::html, "text/html");
  const bool other_text =
      !name.empty() && one_of(name, {"txt", "text", "log", "csv", "json", "yaml", "yml", "toml",
                                     "xml", "js", "ts", "py", "sh", "rst", "adoc"});
  if (html && !other_text) return reader(Kind::html, "text/html");
  return reader(Kind::plain, "text/plain");
}

}  // namespace

std::string bare_type(std::string_view declared) {
  return base::to_lower(base::trim(declared.substr(0, declared.find(';'))));
}

std::string_view sniff(std::string_view bytes) {
  if (const std::string_view wide = utf16_of(bytes); !wide.empty()) {
    ports::Content head;
    head.bytes = bytes.substr(0, sniffed_bytes);
    head.charset = wide;
    const auto decoded = decode(head, false);
    return decoded && is_html(decoded->text()) ? "text/html" : "";
  }
  std::string_view head = bytes.substr(0, sniffed_bytes);
  for (const Signature& one : signatures)
    if (head.size() > one.at && head.substr(one.at).starts_with(one.bytes) && is_proof(one, head))
      return one.media_type == "application/zip" ? archive_type(bytes) : one.media_type;
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  if (first_tag(head).starts_with("%PDF-")) return "application/pdf";
  if (is_html(head)) return "text/html";
  return is_binary(head) ? "application/octet-stream" : "";
}

Detected detect(const ports::Content& content) {
  const std::string declared = bare_type(content.media_type);
  const std::string name = extension(content.uri);
  std::string_view found = sniff(content.bytes);
  const bool html = found == "text/html";
  // A stray NUL does not make a page a binary: what begins with a tag was settled above.
  if (!found.empty() && !html) {
    const bool wide = base::to_lower(content.charset).starts_with("utf-");
    if (!(wide && found == "application/octet-stream" &&
          content.charset.find("8") == std::string_view::npos))
      return foreign(found, declared);
  }
  if (declared.empty() || is_vague(declared)) return by_name(name, html);
  if (is_html_type(declared)) return reader(Kind::html, declared);
  if (is_markdown_type(declared)) return reader(Kind::markdown, "text/markdown");
  if (is_text_type(declared) && declared != "image/svg+xml")
    return declared == "text/plain" && is_markdown_name(name)
               ? reader(Kind::markdown, "text/markdown")
               : reader(Kind::plain, declared);
  if (html) return reader(Kind::html, "text/html");
  if (content.bytes.empty()) return by_name(name, false);
  return undeclared_text(declared);
}

}  // namespace freshet::read
