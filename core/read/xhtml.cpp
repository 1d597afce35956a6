#include "core/read/xhtml.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace freshet::read {
namespace {

bool is_void(std::string_view name) {
  for (const std::string_view one : {"area", "base", "br", "col", "embed", "hr", "img", "input",
                                     "link", "meta", "param", "source", "track", "wbr"})
    if (name == one) return true;
  return false;
}

bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

class Rewriter {
 public:
  explicit Rewriter(std::string_view xhtml) : rest_(xhtml) { out_.reserve(xhtml.size() + 64); }

  std::string run() {
    while (!rest_.empty()) {
      copy(std::min(rest_.find('<'), rest_.size()));
      if (!rest_.empty()) markup();
    }
    return std::move(out_);
  }

 private:
  void copy(std::size_t count) {
    out_ += rest_.substr(0, count);
    rest_.remove_prefix(count);
  }

  // Past the next `end`, or past everything.
  std::string_view take_to(std::string_view end, std::size_t from) {
    const std::size_t found = rest_.find(end, from);
    const std::size_t size = found == std::string_view::npos ? rest_.size() : found + end.size();
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  void markup() {
    if (rest_.starts_with("<!--")) {
      out_ += take_to("-->", 4);
    } else if (rest_.starts_with("<![CDATA[")) {
      const std::string_view section = take_to("]]>", 9);
      text(section.substr(9, section.size() - std::min<std::size_t>(section.size(), 12)));
    } else if (rest_.starts_with("<?")) {
      take_to("?>", 2);
    } else if (rest_.size() > 1 && begins_name(rest_[1])) {
      start_tag();
    } else {
      copy(1);
    }
  }

  void text(std::string_view characters) {
    for (const char c : characters)
      c == '<' ? out_ += "&lt;" : c == '&' ? out_ += "&amp;" : out_ += c;
  }

  void start_tag() {
    const std::size_t end = tag_end();
    const std::string_view tag = rest_.substr(0, end);
    const bool empty = tag.size() > 2 && tag.ends_with("/>");
    const std::string name = base::to_lower(tag.substr(1, tag.find_first_of(" \t\r\n/>", 1) - 1));
    if (empty && !is_void(name)) {
      out_.append(tag.substr(0, tag.size() - 2)).append("></").append(name).append(">");
      rest_.remove_prefix(end);
    } else {
      copy(end);
    }
  }

  // Behind the ">" that no quote holds.
  std::size_t tag_end() const {
    char quote = 0;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (quote != 0)
        quote = c == quote ? 0 : quote;
      else if (c == '"' || c == '\'')
        quote = c;
      else if (c == '>')
        return i + 1;
    }
    return rest_.size();
  }

  std::string_view rest_;
  std::string out_;
};

}  // namespace

std::string xhtml_as_html(std::string_view xhtml) { return Rewriter(xhtml).run(); }

}  // namespace freshet::read
