#include "core/read/html_inline.hpp"

#include <algorithm>
#include <cctype>

#include "core/base/text.hpp"

namespace freshet::read {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
}

// The text that stands right before the element, back to the last blank.
std::string_view word_before(const GumboNode* element) {
  const GumboNode* node = element;
  while (node->parent != nullptr && is_element(node->parent)) {
    const auto siblings = children_of(node->parent);
    if (const std::size_t at = node->index_within_parent; at > 0 && at <= siblings.size()) {
      const GumboNode* before = siblings[at - 1];
      while (is_element(before) && !children_of(before).empty())
        before = children_of(before).back();
      if (!is_text(before)) return {};
      const std::string_view text = before->v.text.text;
      const auto blank = text.find_last_of(" \t\r\n");
      return text.substr(blank == std::string_view::npos ? 0 : blank + 1);
    }
    node = node->parent;
    if (is_block(tag_of(node))) return {};
  }
  return {};
}

bool is_note_mark(const GumboNode* sup) {
  if (class_has_part(sup, {"footnote", "reference", "cite", "fn"})) return true;
  if (attribute(sup, "id").starts_with("fnref")) return true;
  const GumboNode* around = sup->parent;
  if (tag_of(around) == GUMBO_TAG_A && children_of(around).size() == 1 &&
      attribute(around, "href").find('#') != std::string_view::npos)
    return true;
  return any_element(
      sup,
      [](const GumboNode* node) {
        return tag_of(node) == GUMBO_TAG_A &&
               attribute(node, "href").find('#') != std::string_view::npos;
      },
      20);
}

bool all_letters(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_word(c) && !is_digit(c); });
}

// "1st", "2e", "N°", "™": letters of a word that stand high.
bool is_word_end(std::string_view text, std::string_view before) {
  if (text == "\xE2\x84\xA2" || text == "\xC2\xAE" || text == "\xC2\xBA" || text == "\xC2\xAA" ||
      text == "\xC2\xB0")
    return true;
  const std::string low = base::to_lower(text);
  for (const std::string_view one :
       {"st", "nd", "rd", "th", "er", "re", "e", "eme", "\xC3\xA8me", "ers", "o", "a", "os", "as"})
    if (low == one && !before.empty() &&
        (is_digit(before.back()) || one.size() > 1 || before == "n" || before == "N"))
      return true;
  return low == "tm" || low == "sm" || low == "me" || low == "lle" || low == "mme";
}

InlineMarks marks_of_sup(const GumboNode* sup) {
  const std::string text = collapsed(front_text(sup, 200));
  if (text.empty()) return {};
  const std::string_view before = word_before(sup);
  if (is_note_mark(sup)) {
    if (text.front() == '[' || text.front() == '(') return {};
    return {"[", "]", false};
  }
  if (before.empty() || is_word_end(text, before)) return {};
  if (!is_word(before.back()) && before.back() != ')' && before.back() != ']') return {};
  const bool digits = std::all_of(text.begin(), text.end(), is_digit);
  if (digits && before.size() > 3 && all_letters(before)) return {"[", "]", false};
  const bool sign = text.front() == '-' || text.front() == '+' || text.starts_with("\xE2\x88\x92");
  const std::string_view rest =
      std::string_view(text).substr(sign ? (text.front() == '\xE2' ? 3 : 1) : 0);
  if (std::all_of(rest.begin(), rest.end(), is_digit) || base::code_points(text) == 1)
    return {"^", "", false};
  if (text.front() == '[' || text.front() == '(' || text.size() > 40) return {};
  return {"^(", ")", false};
}

// docutils writes the brackets with its style sheet.
InlineMarks marks_of_link(const GumboNode* link) {
  if (!has_class(link, "brackets")) return {};
  const bool bare = front_text(link, 20).find('[') == std::string::npos;
  return bare ? InlineMarks{"[", "]", false} : InlineMarks{};
}

// What stands directly before it is a key, too.
bool follows_key(const GumboNode* kbd) {
  const auto siblings = children_of(kbd->parent);
  const std::size_t at = kbd->index_within_parent;
  return at > 0 && at <= siblings.size() && is_element(siblings[at - 1]) &&
         tag_of(siblings[at - 1]) == GUMBO_TAG_KBD;
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

constexpr std::size_t most_marked = 1000;  // bytes between two marks
constexpr int most_marked_nodes = 100;

std::string_view formatting_mark(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_B:
    case GUMBO_TAG_STRONG:
      return "**";
    case GUMBO_TAG_I:
    case GUMBO_TAG_EM:
      return "*";
    case GUMBO_TAG_CODE:
    case GUMBO_TAG_TT:
    case GUMBO_TAG_SAMP:
      return "`";
    default:
      return {};
  }
}

// Does its text begin, or end, with something other than a blank?
bool begins_with_word(const GumboNode* node, bool front) {
  while (is_element(node)) {
    const auto children = children_of(node);
    if (children.empty()) return false;
    node = front ? children.front() : children.back();
  }
  if (!is_text(node)) return false;
  const std::string_view text = node->v.text.text;
  return !text.empty() &&
         std::isspace(static_cast<unsigned char>(front ? text.front() : text.back())) == 0;
}

// Bytes in hex, each XORed with the first.
std::string decoded_address(std::string_view code) {
  if (code.size() < 6 || code.size() > 1024 || code.size() % 2 != 0) return {};
  std::string bytes;
  for (std::size_t i = 0; i + 1 < code.size(); i += 2) {
    if (hex_digit(code[i]) < 0 || hex_digit(code[i + 1]) < 0) return {};
    bytes += static_cast<char>(hex_digit(code[i]) * 16 + hex_digit(code[i + 1]));
  }
  std::string address;
  for (std::size_t i = 1; i < bytes.size(); ++i) address += static_cast<char>(bytes[i] ^ bytes[0]);
  return base::is_utf8(address) ? address.substr(0, address.find('?')) : std::string();
}

}  // namespace

InlineMarks inline_marks(const GumboNode* element) {
  switch (tag_of(element)) {
    case GUMBO_TAG_SUP:
      return marks_of_sup(element);
    case GUMBO_TAG_A:
      return marks_of_link(element);
    case GUMBO_TAG_RT:
      return {"(", ")", false};
    case GUMBO_TAG_KBD:
      return {follows_key(element) ? "+" : "", "", false};
    case GUMBO_TAG_LABEL:
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_UNKNOWN:
      return {"", "", true};
    default:
      return {};
  }
}

InlineMarks formatting_marks(const GumboNode* element) {
  const std::string_view mark = formatting_mark(tag_of(element));
  if (mark.empty() || !begins_with_word(element, true) || !begins_with_word(element, false))
    return {};
  const auto breaks = [](const GumboNode* node) {
    return is_block(tag_of(node)) || tag_of(node) == GUMBO_TAG_BR ||
           formatting_mark(tag_of(node)) == "`";
  };
  if (any_element(element, breaks, most_marked_nodes)) return {};
  const std::string text = front_text(element, most_marked);
  if (text.size() >= most_marked || text.find(mark.front()) != std::string::npos) return {};
  return {std::string(mark), std::string(mark), false};
}

std::string hidden_address(const GumboNode* element) {
  const GumboTag tag = tag_of(element);
  if (tag != GUMBO_TAG_A && tag != GUMBO_TAG_SPAN) return {};
  if (const std::string_view code = attribute(element, "data-cfemail"); !code.empty())
    return decoded_address(code);
  constexpr std::string_view page = "/cdn-cgi/l/email-protection#";
  const std::string_view href = attribute(element, "href");
  const auto at = href.find(page);
  if (at == std::string_view::npos || front_text(element, 100).find("[email") == std::string::npos)
    return {};
  return decoded_address(href.substr(at + page.size()));
}

std::string check_box(const GumboNode* item) {
  const GumboNode* node = item;
  for (int level = 0; level < 3; ++level) {
    const GumboNode* first = nullptr;
    for (const GumboNode* child : children_of(node)) {
      if (is_text(child) && !is_blank_text(child->v.text.text)) break;
      if (is_element(child)) {
        first = child;
        break;
      }
    }
    if (first == nullptr) return {};
    if (tag_of(first) == GUMBO_TAG_INPUT) {
      if (attribute(first, "type") != "checkbox") return {};
      return gumbo_get_attribute(&first->v.element.attributes, "checked") != nullptr ? "[x] "
                                                                                     : "[ ] ";
    }
    if (tag_of(first) != GUMBO_TAG_LABEL && tag_of(first) != GUMBO_TAG_P) return {};
    node = first;
  }
  return {};
}

std::string tex_of_script(const GumboNode* element) {
  if (tag_of(element) != GUMBO_TAG_SCRIPT || !attribute(element, "type").starts_with("math/tex"))
    return {};
  for (const GumboNode* child : children_of(element))
    if (is_text(child)) return collapsed(child->v.text.text);
  return {};
}

}  // namespace freshet::read
