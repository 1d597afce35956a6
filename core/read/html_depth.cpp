#include "core/read/html_depth.hpp"

#include <gumbo.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "core/base/text.hpp"

namespace freshet::read {
namespace {

constexpr std::size_t most_open = most_html_depth - 2;  // html and body
constexpr std::size_t most_formatting = 64;

// What a tag does to the stack of open elements.
enum Trait : std::uint8_t {
  is_void = 1,  // never open
  is_formatting =
      2,            // <b>, <i>, <a>: opened again in every block until closed; counted, not stacked
  is_special = 4,   // ends the search of an ordinary end tag
  closes_p = 8,     // its start tag ends an open <p>
  is_raw = 16,      // its content is text
  is_ignored = 32,  // html, head, body
  is_barrier = 64,  // ends the search of any end tag but a table's
};

using Traits = std::array<std::uint8_t, 256>;

const Traits& traits() {
  static const Traits table = [] {
    Traits t{};
    const auto set = [&](std::initializer_list<GumboTag> tags, int flags) {
      for (const GumboTag tag : tags) t[tag] = static_cast<std::uint8_t>(t[tag] | flags);
    };
    set({GUMBO_TAG_AREA,  GUMBO_TAG_BASE,  GUMBO_TAG_BASEFONT, GUMBO_TAG_BGSOUND, GUMBO_TAG_BR,
         GUMBO_TAG_COL,   GUMBO_TAG_EMBED, GUMBO_TAG_FRAME,    GUMBO_TAG_HR,      GUMBO_TAG_IMG,
         GUMBO_TAG_IMAGE, GUMBO_TAG_INPUT, GUMBO_TAG_ISINDEX,  GUMBO_TAG_KEYGEN,  GUMBO_TAG_LINK,
         GUMBO_TAG_META,  GUMBO_TAG_PARAM, GUMBO_TAG_SOURCE,   GUMBO_TAG_TRACK,   GUMBO_TAG_WBR},
        is_void);
    set({GUMBO_TAG_A, GUMBO_TAG_B, GUMBO_TAG_BIG, GUMBO_TAG_CODE, GUMBO_TAG_EM, GUMBO_TAG_FONT,
         GUMBO_TAG_I, GUMBO_TAG_NOBR, GUMBO_TAG_S, GUMBO_TAG_SMALL, GUMBO_TAG_STRIKE,
         GUMBO_TAG_STRONG, GUMBO_TAG_TT, GUMBO_TAG_U},
        is_formatting);
    set({GUMBO_TAG_ADDRESS,    GUMBO_TAG_ARTICLE, GUMBO_TAG_ASIDE,  GUMBO_TAG_BLOCKQUOTE,
         GUMBO_TAG_CENTER,     GUMBO_TAG_DETAILS, GUMBO_TAG_DIR,    GUMBO_TAG_DIV,
         GUMBO_TAG_DL,         GUMBO_TAG_DD,      GUMBO_TAG_DT,     GUMBO_TAG_FIELDSET,
         GUMBO_TAG_FIGCAPTION, GUMBO_TAG_FIGURE,  GUMBO_TAG_FOOTER, GUMBO_TAG_FORM,
         GUMBO_TAG_H1,         GUMBO_TAG_H2,      GUMBO_TAG_H3,     GUMBO_TAG_H4,
         GUMBO_TAG_H5,         GUMBO_TAG_H6,      GUMBO_TAG_HEADER, GUMBO_TAG_HGROUP,
         GUMBO_TAG_LI,         GUMBO_TAG_LISTING, GUMBO_TAG_MAIN,   GUMBO_TAG_MENU,
         GUMBO_TAG_NAV,        GUMBO_TAG_OL,      GUMBO_TAG_P,      GUMBO_TAG_PRE,
         GUMBO_TAG_SECTION,    GUMBO_TAG_SUMMARY, GUMBO_TAG_UL,     GUMBO_TAG_TABLE},
        is_special | closes_p);
    set({GUMBO_TAG_BUTTON, GUMBO_TAG_TBODY, GUMBO_TAG_THEAD, GUMBO_TAG_TFOOT, GUMBO_TAG_TR,
         GUMBO_TAG_SELECT, GUMBO_TAG_FRAMESET, GUMBO_TAG_COLGROUP},
        is_special);
    set({GUMBO_TAG_TABLE, GUMBO_TAG_TD, GUMBO_TAG_TH, GUMBO_TAG_CAPTION, GUMBO_TAG_TEMPLATE,
         GUMBO_TAG_OBJECT, GUMBO_TAG_MARQUEE, GUMBO_TAG_APPLET},
        is_special | is_barrier);
    set({GUMBO_TAG_SCRIPT, GUMBO_TAG_STYLE, GUMBO_TAG_TEXTAREA, GUMBO_TAG_TITLE, GUMBO_TAG_XMP,
         GUMBO_TAG_IFRAME, GUMBO_TAG_NOEMBED, GUMBO_TAG_NOFRAMES},
        is_raw);
    set({GUMBO_TAG_HTML, GUMBO_TAG_HEAD, GUMBO_TAG_BODY}, is_ignored);
    return t;
  }();
  return table;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

using Tag = std::uint32_t;  // a GumboTag, or for unknown names 256 and a hash

class Capper {
 public:
  Capper(std::string_view html, std::string& storage) : html_(html), storage_(storage) {
    open_.reserve(64);
  }

  std::string_view run() {
    for (at_ = html_.find('<'); at_ < html_.size(); at_ = html_.find('<', at_)) markup();
    return capped_ ? std::string_view(storage_) : html_;
  }

 private:
  void markup() {
    begin_ = at_++;
    if (at_ >= html_.size()) return;
    if (html_[at_] == '!' || html_[at_] == '?') return declaration();
    const bool end = html_[at_] == '/';
    if (end) ++at_;
    if (at_ < html_.size() && base::is_letter(html_[at_])) tag(end);
  }

  void declaration() {
    const bool comment = html_.substr(at_, 3) == "!--";
    const std::size_t close = comment ? html_.find("-->", at_ + 1) : html_.find('>', at_);
    at_ = close == std::string_view::npos ? html_.size() : close + 1;
  }

  void tag(bool end) {
    const std::size_t name_begin = at_;
    while (at_ < html_.size() && !is_blank(html_[at_]) && html_[at_] != '>' && html_[at_] != '/')
      ++at_;
    const std::string_view name = html_.substr(name_begin, at_ - name_begin);
    skip_attributes();
    const Tag which = tag_of(name);
    const std::uint8_t trait = which < 256 ? traits()[which] : 0;
    if (trait & (is_ignored | is_void)) return;
    if (end) return close(which, trait);
    if (trait & is_raw) return skip_raw(name);
    if (foreign_ > 0 && self_closing_) return;
    start(which, trait);
  }

  static Tag tag_of(std::string_view name) {
    const GumboTag tag = gumbo_tagn_enum(name.data(), static_cast<unsigned>(name.size()));
    if (tag != GUMBO_TAG_UNKNOWN) return tag;
    std::uint32_t hash = 2166136261u;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c | 0x20)) * 16777619u;
    return 256 + (hash & 0xFFFFFF);
  }

  // To behind the '>'. A quote counts where a value may begin.
  void skip_attributes() {
    self_closing_ = false;
    char before = ' ';
    for (; at_ < html_.size(); ++at_) {
      const char c = html_[at_];
      if (c == '>') {
        self_closing_ = before == '/';
        ++at_;
        return;
      }
      if ((c == '"' || c == '\'') && before == '=') {
        at_ = html_.find(c, at_ + 1);
        if (at_ == std::string_view::npos) at_ = html_.size();
      }
      if (!is_blank(c)) before = c;
    }
  }

  void skip_raw(std::string_view name) {
    for (std::size_t close = html_.find("</", at_); close != std::string_view::npos;
         close = html_.find("</", close + 2)) {
      const std::string_view found = html_.substr(close + 2, name.size());
      at_ = close;
      if (std::equal(found.begin(), found.end(), name.begin(), name.end(),
                     [](char a, char b) { return (a | 0x20) == (b | 0x20); }))
        return;
    }
    at_ = html_.size();
  }

  void start(Tag tag, std::uint8_t trait) {
    if (trait & is_formatting) {
      if (formatting_ < most_formatting)
        ++formatting_;
      else
        drop(tag);
      return;
    }
    if (trait & closes_p) pop_to({GUMBO_TAG_P}, is_special);
    imply_ends(tag);
    if (open_.size() >= most_open) return drop(tag);
    open_.push_back(tag);
    foreign_ += tag == GUMBO_TAG_SVG || tag == GUMBO_TAG_MATH;
  }

  // Start tags that end an open element of their kind.
  void imply_ends(Tag tag) {
    switch (tag) {
      case GUMBO_TAG_LI:
        return pop_within({GUMBO_TAG_LI}, {GUMBO_TAG_UL, GUMBO_TAG_OL});
      case GUMBO_TAG_DD:
      case GUMBO_TAG_DT:
        return pop_within({GUMBO_TAG_DD, GUMBO_TAG_DT}, {GUMBO_TAG_DL});
      case GUMBO_TAG_OPTION:
      case GUMBO_TAG_OPTGROUP:
        return pop_within({GUMBO_TAG_OPTION}, {GUMBO_TAG_SELECT});
      case GUMBO_TAG_TD:
      case GUMBO_TAG_TH:
        return pop_within({GUMBO_TAG_TD, GUMBO_TAG_TH}, {GUMBO_TAG_TABLE});
      case GUMBO_TAG_TR:
        return pop_within({GUMBO_TAG_TR}, {GUMBO_TAG_TABLE});
      case GUMBO_TAG_TBODY:
      case GUMBO_TAG_THEAD:
      case GUMBO_TAG_TFOOT:
        return pop_within({GUMBO_TAG_TBODY, GUMBO_TAG_THEAD, GUMBO_TAG_TFOOT}, {GUMBO_TAG_TABLE});
      default:
        return;
    }
  }

  void close(Tag tag, std::uint8_t trait) {
    if (!ghosts_.empty())
      if (const auto ghost = ghosts_.find(tag); ghost != ghosts_.end() && ghost->second > 0) {
        --ghost->second;
        return blank_out();
      }
    if (trait & is_formatting) {
      formatting_ -= formatting_ > 0;
      return;
    }
    const bool of_table = trait & is_barrier || tag == GUMBO_TAG_TR || tag == GUMBO_TAG_TBODY ||
                          tag == GUMBO_TAG_THEAD || tag == GUMBO_TAG_TFOOT;
    if (of_table)
      pop_within({tag}, {GUMBO_TAG_TABLE});
    else
      pop_to({tag}, trait & is_special ? is_barrier : is_special);
  }

  // Pops to the nearest of `tags`, unless an element with a trait of `barrier` is nearer.
  void pop_to(std::initializer_list<Tag> tags, int barrier) {
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (std::find(tags.begin(), tags.end(), open_[i]) != tags.end()) return pop(i);
      if (open_[i] < 256 && traits()[open_[i]] & barrier) return;
    }
  }

  void pop_within(std::initializer_list<Tag> tags, std::initializer_list<Tag> barriers) {
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (std::find(tags.begin(), tags.end(), open_[i]) != tags.end()) return pop(i);
      if (std::find(barriers.begin(), barriers.end(), open_[i]) != barriers.end()) return;
    }
  }

  void pop(std::size_t size) {
    for (std::size_t i = size; i < open_.size(); ++i)
      foreign_ -= open_[i] == GUMBO_TAG_SVG || open_[i] == GUMBO_TAG_MATH;
    open_.resize(size);
    if (open_.size() + 1 < most_open) ghosts_.clear();
  }

  void drop(Tag tag) {
    ++ghosts_[tag];
    blank_out();
  }

  void blank_out() {
    if (!capped_) storage_ = html_;
    capped_ = true;
    std::fill(storage_.begin() + static_cast<std::ptrdiff_t>(begin_),
              storage_.begin() + static_cast<std::ptrdiff_t>(at_), ' ');
  }

  std::string_view html_;
  std::string& storage_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;
  std::vector<Tag> open_;
  std::map<Tag, std::size_t> ghosts_;  // blanked start tags whose end tags are still to come
  std::size_t formatting_ = 0;
  int foreign_ = 0;
  bool self_closing_ = false;
  bool capped_ = false;
};

}  // namespace

std::string_view cap_depth(std::string_view html, std::string& storage) {
  return Capper(html, storage).run();
}

}  // namespace freshet::read
