#include "core/read/html_weight.hpp"

#include <cstring>

#include "core/read/html_boilerplate.hpp"
#include "core/read/html_reveal.hpp"

namespace freshet::read {
namespace {

constexpr std::uint32_t least_sentence = 80;  // bytes of a paragraph that says something

bool is_box(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_BODY:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_TD:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_CENTER:
    case GUMBO_TAG_DETAILS:
    case GUMBO_TAG_UNKNOWN:
      return true;
    default:
      return false;
  }
}

bool bears_running_text(GumboTag tag) {
  return tag == GUMBO_TAG_P || tag == GUMBO_TAG_LI || tag == GUMBO_TAG_DD || tag == GUMBO_TAG_PRE ||
         tag == GUMBO_TAG_TD || tag == GUMBO_TAG_BLOCKQUOTE || tag == GUMBO_TAG_DT;
}

}  // namespace

Weights::Weights(const GumboNode* root) {
  std::vector<Weight> open(1);
  const auto add_texts = [&](const GumboNode* node, bool in_link) {
    for (const GumboNode* child : children_of(node)) {
      if (child->type != GUMBO_NODE_TEXT) continue;
      const auto bytes = static_cast<std::uint32_t>(std::strlen(child->v.text.text));
      (in_link ? open.back().linked : open.back().running) += bytes;
    }
  };
  int links = 0;
  walk_elements(
      root,
      [&](const GumboNode* node) {
        const GumboTag tag = tag_of(node);
        if (tag == GUMBO_TAG_LAST || tag == GUMBO_TAG_NAV || is_never_text(node) || is_hidden(node))
          return false;
        open.emplace_back();
        if (tag == GUMBO_TAG_A) {
          ++links;
          ++open.back().links;
          open.back().fragments += attribute(node, "href").starts_with("#");
        }
        add_texts(node, links > 0);
        return true;
      },
      [&](const GumboNode* node) {
        const Weight weight = open.back();
        if (node == root) return;
        const GumboTag tag = tag_of(node);
        open.pop_back();
        if (tag == GUMBO_TAG_A) --links;
        Weight sum = weight;
        if (bears_running_text(tag) && sum.running >= least_sentence && sum.running > sum.linked)
          sum.sentences = sum.running;
        if (is_box(tag)) boxes_[node] = sum;
        open.back().add(sum);
      });
  whole_ = open.back();
  boxes_[root] = whole_;
}

double Weights::share(const GumboNode* box) const {
  return whole_.running == 0 ? 0 : static_cast<double>(of(box).running) / whole_.running;
}

}  // namespace freshet::read
