#include "loader_web/sitemap.hpp"

#include <algorithm>
#include <pugixml.hpp>

#include "loader_web/gunzip.hpp"
#include "loader_web/text.hpp"
#include "loader_web/xml.hpp"

namespace freshet::loader_web {
namespace {

using Take = std::function<void(SitemapItem)>;

std::string_view local_name(std::string_view name) { return name.substr(name.find(':') + 1); }

std::string_view prefix_of(std::string_view name) { return name.substr(0, name.find(':') + 1); }

SitemapRead unrecognised(std::string why) { return {false, std::move(why)}; }

// All of it, also where CDATA or a comment parts it.
std::string child_text(const pugi::xml_node& parent, const std::string& name) {
  std::string text;
  for (const pugi::xml_node& piece : parent.child(name.c_str()).children()) text += piece.value();
  return std::string(trim(text));
}

// Only direct children count: <image:image> has a <loc>, too.
bool read_child(std::string_view child, const std::string& prefix, bool index, SitemapItem& item) {
  pugi::xml_document document;
  const unsigned flags = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol;
  if (!document.load_buffer(child.data(), child.size(), flags, pugi::encoding_utf8)) return false;
  const pugi::xml_node node = document.document_element();
  item = {child_text(node, prefix + "loc"), child_text(node, prefix + "lastmod"), index};
  return true;
}

SitemapRead what_else(const XmlOutline& outline) {
  if (equals_ignoring_case(local_name(outline.root()), "html"))
    return unrecognised("it is an HTML page");
  return unrecognised("its root element is neither urlset nor sitemapindex");
}

SitemapRead read_xml(std::string_view text, const SitemapLimits& limits, const Take& take) {
  XmlOutline outline(text);
  if (!outline.open_root()) {
    const bool html =
        outline.has_doctype() && starts_with_ignoring_case(trim(text), "<!doctype html");
    return unrecognised(html ? "it is an HTML page" : outline.problem());
  }
  const std::string_view root = local_name(outline.root());
  if (root != "urlset" && root != "sitemapindex") return what_else(outline);
  const bool index = root == "sitemapindex";
  const std::string prefix(prefix_of(outline.root()));
  const std::string wanted = prefix + (index ? "sitemap" : "url");
  std::uint64_t count = 0;
  while (outline.next_child()) {
    if (outline.child_name() != wanted) continue;
    if (++count > limits.urls) return {true, "more than " + std::to_string(limits.urls) + " URLs"};
    SitemapItem item;
    if (!read_child(outline.child(), prefix, index, item)) return {true, "malformed XML"};
    take(std::move(item));
  }
  return {true, outline.problem()};
}

bool is_absolute(std::string_view line) {
  return starts_with_ignoring_case(line, "http://") || starts_with_ignoring_case(line, "https://");
}

SitemapRead read_lines(std::string_view text, const SitemapLimits& limits, const Take& take) {
  std::uint64_t count = 0;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\r\n");
    const std::string_view line = trim(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.empty()) continue;
    if (!is_absolute(line))
      return count == 0 ? unrecognised("it is neither XML nor a list of URLs")
                        : SitemapRead{true, "a line that is no URL"};
    if (++count > limits.urls) return {true, "more than " + std::to_string(limits.urls) + " URLs"};
    take({std::string(line), {}, false});
  }
  return count == 0 ? unrecognised("it is empty") : SitemapRead{true, {}};
}

// `cut`: why the bytes are only the start of the sitemap; or "".
SitemapRead read_text(std::string_view bytes, std::string cut, const SitemapLimits& limits,
                      const Take& take) {
  std::string converted, problem;
  std::string_view text = xml_as_utf8(bytes, converted, problem);
  if (!problem.empty()) return unrecognised(std::move(problem));
  const bool xml = trim(text.substr(0, 4096)).starts_with('<');
  if (!xml && !cut.empty()) text = text.substr(0, text.find_last_of("\r\n") + 1);  // half a line
  SitemapRead read = xml ? read_xml(text, limits, take) : read_lines(text, limits, take);
  if (!cut.empty()) read.problem = std::move(cut);  // what else is wrong follows from it
  return read;
}

}  // namespace

SitemapRead read_sitemap(std::string_view bytes, const SitemapLimits& limits, const Take& take) {
  if (is_gzip(bytes)) {
    Gunzipped plain = gunzip(bytes, limits.bytes);
    if (plain.damaged) return unrecognised(std::move(plain.problem));
    return read_text(plain.bytes, std::move(plain.problem), limits, take);
  }
  const bool over = bytes.size() > limits.bytes;
  return read_text(bytes.substr(0, limits.bytes),
                   over ? "more than " + std::to_string(limits.bytes) + " bytes" : std::string(),
                   limits, take);
}

}  // namespace freshet::loader_web
