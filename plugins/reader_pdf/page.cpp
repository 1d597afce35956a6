#include "reader_pdf/page.hpp"

#include <algorithm>
#include <pugixml.hpp>

#include <freshet/sdk/call.hpp>

namespace freshet::reader_pdf {
namespace {

Box box_of(const pugi::xml_node& node) {
  return {node.attribute("xMin").as_double(), node.attribute("yMin").as_double(),
          node.attribute("xMax").as_double(), node.attribute("yMax").as_double()};
}

// What the height of most letters is; a word set larger or smaller does not count.
double common_height(std::vector<std::pair<double, std::size_t>> words) {
  std::sort(words.begin(), words.end());
  std::size_t letters = 0;
  for (const auto& word : words) letters += word.second;
  std::size_t passed = 0;
  for (const auto& [height, size] : words)
    if ((passed += size) * 2 >= letters) return height;
  return 0;
}

Line line_of(const pugi::xml_node& node, std::size_t block) {
  Line line;
  line.box = box_of(node);
  line.block = block;
  std::vector<std::pair<double, std::size_t>> words;
  for (const pugi::xml_node& word : node.children("word")) {
    const std::string_view text = word.text().get();
    if (text.empty()) continue;
    if (!line.text.empty()) line.text += ' ';
    const Box box = box_of(word);
    line.words.push_back({box.x0, box.x1, line.text.size(), line.text.size() + text.size()});
    line.text += text;
    words.emplace_back(box.height(), text.size());
  }
  line.height = common_height(std::move(words));
  return line;
}

std::string content_of(const pugi::xml_node& head, const char* name) {
  return head.find_child_by_attribute("meta", "name", name).attribute("content").value();
}

void parse(pugi::xml_document& document, std::string_view xml) {
  const pugi::xml_parse_result result =
      document.load_buffer(xml.data(), xml.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!result)
    throw sdk::Failure(FRESHET_E_PARSE, std::string("wrote a broken page: ") + result.description(),
                       "pdftotext");
}

}  // namespace

Page parse_page(std::string_view xml) {
  pugi::xml_document document;
  parse(document, xml);
  const pugi::xml_node node = document.child("page");
  Page page;
  page.width = node.attribute("width").as_double();
  page.height = node.attribute("height").as_double();
  std::size_t block = 0;
  for (const pugi::xml_node& flow : node.children("flow"))
    for (const pugi::xml_node& each : flow.children("block")) {
      ++block;
      for (const pugi::xml_node& line : each.children("line"))
        if (Line made = line_of(line, block); !made.text.empty())
          page.lines.push_back(std::move(made));
    }
  return page;
}

Info parse_info(std::string_view head) {
  const std::size_t begin = head.find("<head>"), end = head.find("</head>");
  Info info;
  if (begin == std::string_view::npos || end == std::string_view::npos) return info;
  pugi::xml_document document;
  parse(document, head.substr(begin, end + 7 - begin));
  const pugi::xml_node node = document.child("head");
  info.title = node.child("title").text().get();
  info.author = content_of(node, "Author");
  info.subject = content_of(node, "Subject");
  info.keywords = content_of(node, "Keywords");
  info.created = content_of(node, "CreationDate");
  info.modified = content_of(node, "ModDate");
  return info;
}

}  // namespace freshet::reader_pdf
