#include "core/read/html_boilerplate.hpp"

#include <string>
#include <unordered_set>

#include "core/base/text.hpp"
#include "core/read/html_reveal.hpp"

namespace freshet::read {
namespace {

using Words = std::unordered_set<std::string_view>;

Words split(std::string_view list) {
  Words words;
  any_word(list, [&](std::string_view word) {
    words.insert(word);
    return false;
  });
  return words;
}

// Marks and controls that are no one's text, whatever is kept.
const Words& decoration() {
  static const Words words = split(
      "headerlink hash-link anchor-link anchorjs-link header-anchor heading-anchor viewcode-link "
      "viewcode-back linenos linenodiv lineno line-number line-numbers-rows blob-num boring "
      "footnote-backref footnote-back reversefootnote data-footnote-backref "
      "copybtn copybutton test-arrow srclink MathJax_Preview "
      "copy-button clipboard-button md-clipboard skip-link skip-nav "
      "skip-to-content skiplink skip-to-main visually-hidden sr-only screen-reader-text md-skip "
      "skip-links mw-editsection hideme out-of-band");
  return words;
}

// Parts of a site around its pages: by class, or by id.
const Words& site_parts() {
  static const Words words = split(
      "sidebar sphinxsidebar sphinxsidebarwrapper related related-pages navheader navfooter "
      "breadcrumb breadcrumbs theme-doc-breadcrumbs theme-doc-toc-mobile theme-doc-toc-desktop "
      "theme-doc-footer theme-doc-version-badge table-of-contents toc localtoc localtable navbar "
      "nav-bar navigation nav-wrapper nav-wide-wrapper nav-chapters sidenav side-nav topnav "
      "top-nav navpath tabs-nav pagination pagination-nav pager prev-next-area prev-next-footer "
      "rst-footer-buttons wy-nav-side wy-nav-top wy-breadcrumbs rst-versions bd-sidebar bd-toc "
      "bd-header bd-footer md-header md-footer md-sidebar md-tabs md-nav md-source-file "
      "md-feedback md-content__button site-header site-footer page-header-nav page-footer "
      "global-header global-footer masthead footer site-nav site-navigation menu-wrapper "
      "mobile-nav edit-this-page edit-page-link theme-edit-this-page editthispage edit-link "
      "last-updated theme-last-updated cookie-banner cookie-consent cookie-notice consent-banner "
      "share-buttons social-share share-links newsletter feedback page-feedback searchbox "
      "search-box search-bar advertisement announcement-bar nextprev prevnext page-nav "
      "page-navigation toctree-mobile mw-navigation catlinks navbox ads subnav side-menu "
      "mdbook-help-container ethical-ad");
  return words;
}

bool is_control(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_META:
    case GUMBO_TAG_LINK:
    case GUMBO_TAG_BASE:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_OBJECT:
    case GUMBO_TAG_EMBED:
    case GUMBO_TAG_APPLET:
    case GUMBO_TAG_CANVAS:
    case GUMBO_TAG_AUDIO:
    case GUMBO_TAG_VIDEO:
    case GUMBO_TAG_MAP:
    case GUMBO_TAG_SELECT:
    case GUMBO_TAG_OPTION:
    case GUMBO_TAG_DATALIST:
    case GUMBO_TAG_INPUT:
    case GUMBO_TAG_TEXTAREA:
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_PROGRESS:
    case GUMBO_TAG_METER:
    case GUMBO_TAG_NOFRAMES:
    case GUMBO_TAG_NOEMBED:
      return true;
    default:
      return false;
  }
}

// Younger than gumbo's list of tags.
bool is_dialog(const GumboNode* node) {
  const GumboStringPiece& tag = node->v.element.original_tag;
  return tag_of(node) == GUMBO_TAG_UNKNOWN &&
         std::string_view(tag.data, tag.length).starts_with("<dialog");
}

bool is_permalink_text(std::string_view text) {
  for (const std::string_view mark :
       {"#", "\xC2\xB6", "\xC2\xA7", "\xE2\x88\x9E", "\xF0\x9F\x94\x97", "\xE2\x97\x86",
        "\xE2\x97\x86\xC2\xA0", "\xE2\x86\xA9", "\xE2\x86\xA9\xEF\xB8\x8E", "[link]", "permalink",
        "copy link", "copy link to clipboard"})
    if (text == mark) return true;
  for (const std::string_view start :
       {"permalink", "link to this", "link to heading", "direct link to", "permanent link",
        "section titled", "copy link to", "anchor link", "link to section", "anchor for"})
    if (text.starts_with(start)) return true;
  return false;
}

// A link to the heading beside it, or around it.
bool points_beside(const GumboNode* link, std::string_view id) {
  const GumboNode* parent = link->parent;
  if (id.empty() || parent == nullptr || !is_element(parent)) return false;
  if (heading_level(parent) > 0 || tag_of(parent) == GUMBO_TAG_P || tag_of(parent) == GUMBO_TAG_LI)
    return false;
  for (const GumboNode* child : children_of(parent))
    if (is_element(child) && heading_level(child) > 0 && attribute(child, "id") == id) return true;
  return false;
}

// A link to its own place, whatever its class: <a href="#use">#</a>.
bool is_permalink(const GumboNode* node) {
  if (tag_of(node) != GUMBO_TAG_A) return false;
  const std::string_view href = attribute(node, "href");
  const auto hash = href.find('#');
  if (hash == std::string_view::npos) return false;
  return points_beside(node, hash == 0 ? href.substr(1) : std::string_view()) ||
         is_permalink_text(base::to_lower(base::trim(front_text(node, 100))));
}

bool holds_paragraph(const GumboNode* root) {
  return any_element(root, [](const GumboNode* node) {
    const GumboTag tag = tag_of(node);
    return tag == GUMBO_TAG_P || tag == GUMBO_TAG_LI || tag == GUMBO_TAG_PRE ||
           heading_level(node) > 0;
  });
}

bool is_site_role(std::string_view role) {
  return role == "navigation" || role == "search" || role == "banner" || role == "contentinfo" ||
         role == "complementary" || role == "menu" || role == "menubar" || role == "toolbar" ||
         role == "dialog" || role == "alertdialog" || role == "tablist";
}

// What the author sets aside within a text, rather than the site beside it.
bool is_note(const GumboNode* aside) {
  const std::string_view classes = attribute(aside, "class");
  for (const std::string_view word : {"sidebar", "toc", "nav", "related", "menu", "widget"})
    if (classes.find(word) != std::string_view::npos) return false;
  return true;
}

// A box that docutils sets into a text; a site's own sidebar has no title of that class.
bool is_sidebar_of_text(const GumboNode* node) {
  if (!has_class(node, "sidebar")) return false;
  for (const GumboNode* child : children_of(node))
    if (is_element(child) && has_class(child, "sidebar-title")) return true;
  return false;
}

bool within_quote(const GumboNode* node) {
  return node->parent != nullptr && tag_of(node->parent) == GUMBO_TAG_BLOCKQUOTE;
}

bool is_site_tag(const GumboNode* node, bool inside) {
  switch (tag_of(node)) {
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_MENU:
      return true;
    case GUMBO_TAG_FOOTER:
      return !within_quote(node);
    case GUMBO_TAG_HEADER:
      return !inside;
    case GUMBO_TAG_ASIDE:
      return !inside || !is_note(node);
    default:
      return false;
  }
}

bool is_structure(GumboTag tag) {
  return tag == GUMBO_TAG_HTML || tag == GUMBO_TAG_BODY || tag == GUMBO_TAG_MAIN;
}

// Where an id names a part of the site: as the id of a section or a term it is the author's word.
bool may_be_part(const GumboNode* node) {
  const GumboTag tag = tag_of(node);
  return (tag == GUMBO_TAG_DIV || tag == GUMBO_TAG_UL || tag == GUMBO_TAG_TABLE) &&
         !has_class(node, "section");
}

// One look at each attribute: this is asked of every element of a page.
bool attributes_leave_out(const GumboNode* node, bool site) {
  for (const GumboAttribute* one : attributes_of(node)) {
    const std::string_view name = one->name;
    const std::string_view value = one->value;
    if (name == "class") {
      const bool left_out = any_word(value, [&](std::string_view word) {
        if (word == "gutter") return is_number_list(node);
        if (word == "noprint") return !holds_paragraph(node);
        return decoration().count(word) > 0 || (site && site_parts().count(word) > 0);
      });
      if (left_out) return true;
    } else if (site && name == "role") {
      if (is_site_role(value)) return true;
    } else if (site && name == "id") {
      if (site_parts().count(value) > 0 && may_be_part(node)) return true;
    }
  }
  return false;
}

}  // namespace

bool is_never_text(const GumboNode* element) {
  return is_control(tag_of(element)) || is_dialog(element);
}

bool is_number_list(const GumboNode* node) {
  bool digits = false;
  const auto has_other = [&](const GumboNode* box) {
    for (const GumboNode* child : children_of(box)) {
      if (!is_text(child)) continue;
      const std::string_view text = child->v.text.text;
      digits = digits || text.find_first_of("0123456789") != std::string_view::npos;
      if (text.find_first_not_of("0123456789 \t\r\n.:|") != std::string_view::npos) return true;
    }
    return false;
  };
  return !has_other(node) && !any_element(node, has_other, 100'000) && digits;
}

bool is_left_out(const GumboNode* element, Keep keep, bool inside) {
  const GumboTag tag = tag_of(element);
  if (is_never_text(element) || is_permalink(element)) return true;
  const bool site = keep == Keep::main && !(inside && is_sidebar_of_text(element));
  if (site && is_site_tag(element, inside)) return true;
  if (tag == GUMBO_TAG_RP) return true;
  if (element->v.element.attributes.length == 0) return false;
  if (is_hidden(element)) return true;
  // A heading or a paragraph is never a part of the site, whatever its id: "Feedback", "Footer".
  const bool part = site && !is_structure(tag) && tag != GUMBO_TAG_P &&
                    heading_level(element) == 0 && tag != GUMBO_TAG_SECTION &&
                    tag != GUMBO_TAG_DT && tag != GUMBO_TAG_ARTICLE;
  return attributes_leave_out(element, part);
}

}  // namespace freshet::read
