#include "loader_web/sitemap.hpp"

#include <algorithm>
#include <pugixml.hpp>

#include "loader_web/gunzip.hpp"
#include "loader_web/text.hpp"
#include "loader_web/xml.hpp"

namespace freshet::loader_web {
namespace {

using Take = std::function<void(SitemapItem)>;

std::string_view prefix_of(std::string_view name) { return name.substr(0, name.find(':') + 1); }

SitemapRead unrecognised(std::string why) { return {false, std::move(why)}; }

// What one entry says, which is one address; or why it is in doubt. Only direct children count:
// <image:image> has a <loc>, too.
std::string read_child(std::string_view child, const std::string& prefix, bool index,
                       const Take& take) {
  pugi::xml_document document;
  const unsigned flags = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol;
  if (!document.load_buffer(child.data(), child.size(), flags, pugi::encoding_utf8))
    return "malformed XML";
  const pugi::xml_node node = document.document_element();
  const std::string loc = prefix + "loc";
  const pugi::xml_node first = node.child(loc.c_str());
  if (!first) return "no address";
  // A date beside several addresses is that of none.
  const bool single = !first.next_sibling(loc.c_str());
  const std::string lastmod =
      single ? xml_text(node.child((prefix + "lastmod").c_str())) : std::string();
  for (pugi::xml_node each = first; each; each = each.next_sibling(loc.c_str()))
    take({xml_text(each), lastmod, index});
  return {};
}

// The first of them and how many there are; "" without any.
class Problems {
 public:
  void add(const std::string& problem) {
    if (count_++ == 0) first_ = problem;
  }
  // `last`: what ended the reading, if anything did.
  std::string text(std::string last) {
    if (!last.empty()) add(last);
    return count_ < 2 ? first_ : first_ + "; and " + std::to_string(count_ - 1) + " more";
  }

 private:
  std::uint64_t count_ = 0;
  std::string first_;
};

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
  Problems problems;
  while (outline.next_child()) {
    if (outline.child_name() != wanted) continue;
    if (++count > limits.urls) return {true, "more than " + std::to_string(limits.urls) + " URLs"};
    const std::string problem = read_child(outline.child(), prefix, index, take);
    if (!problem.empty()) problems.add("entry " + std::to_string(count) + ": " + problem);
  }
  return {true, problems.text(outline.problem())};
}

bool is_absolute(std::string_view line) {
  return starts_with_ignoring_case(line, "http://") || starts_with_ignoring_case(line, "https://");
}

SitemapRead read_lines(std::string_view text, const SitemapLimits& limits, const Take& take) {
  std::uint64_t count = 0;
  Problems problems;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\r\n");
    const std::string_view line = trim(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.empty()) continue;
    if (!is_absolute(line)) {
      if (count == 0) return unrecognised("it is neither XML nor a list of URLs");
      problems.add("a line that is no URL");
      continue;
    }
    if (++count > limits.urls) return {true, "more than " + std::to_string(limits.urls) + " URLs"};
    take({std::string(line), {}, false});
  }
  return count == 0 ? unrecognised("it is empty") : SitemapRead{true, problems.text({})};
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
