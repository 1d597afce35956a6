// loader_web/xml.hpp - cuts an XML text into the children of its root, one after the other.
//
// The tree of a whole sitemap would take many times its bytes, and a cut sitemap would be no tree
// at all. So only the outline is followed here (tags, comments, CDATA, their ends), in one pass
// without allocation, and each child is parsed by itself.
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace freshet::loader_web {

// `bytes` as UTF-8 without a byte order mark, from UTF-8, UTF-16 or ISO-8859-1, by mark or XML
// declaration; `converted` holds it where it had to be converted. Other encodings: `problem` is
// set.
std::string_view xml_as_utf8(std::string_view bytes, std::string& converted, std::string& problem);

// Without its prefix.
inline std::string_view local_name(std::string_view name) {
  return name.substr(name.find(':') + 1);
}

// The text that stands in it and in none of its children: all of it, also where CDATA or a comment parts
// it, without white space at its ends.
std::string xml_text(const pugi::xml_node& node);

class XmlOutline {
 public:
  explicit XmlOutline(std::string_view text) : text_(text) {}

  // Goes to the root's start tag. False: there is none; problem() says why.
  bool open_root();
  std::string_view root() const { return root_; }  // its name, with its prefix

  // The next child of the root, with its tags. False: there are no more; problem() says so where
  // the root was not closed properly.
  bool next_child();
  std::string_view child_name() const { return name_; }
  std::string_view child() const { return child_; }

  const std::string& problem() const { return problem_; }
  bool has_doctype() const { return doctype_; }

 private:
  enum class Tag { open, close, empty, none };
  Tag next_tag();
  Tag read_tag();
  bool skip_past(std::string_view end);
  bool fail(std::string problem);
  bool check_tail();

  std::string_view text_;
  std::size_t at_ = 0;  // behind the last tag
  std::size_t tag_begin_ = 0;
  std::string_view tag_name_;
  std::string_view root_, name_, child_;
  std::string problem_;
  bool doctype_ = false;
  bool root_is_empty_ = false;
};

}  // namespace freshet::loader_web
