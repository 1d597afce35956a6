#include "core/model/document.hpp"

#include <algorithm>
#include <map>

#include "core/base/json.hpp"
#include "core/base/text.hpp"

namespace freshet::model {
namespace {

constexpr std::string_view preamble_suffix = "_preamble";

bool blank(std::string_view text) { return base::trim(text).empty(); }

bool has_preamble(const Section& container) {
  return container.children.front().id.ends_with(preamble_suffix);
}

// Moves the text of a container into a first leaf, which is there for its title alone where it has
// none, and drops what is empty.
void tidy(std::vector<Section>& sections) {
  for (Section& section : sections) {
    tidy(section.children);
    if (blank(section.text)) section.text.clear();
    if (section.children.empty()) continue;
    if (section.text.empty() && (blank(section.title) || has_preamble(section))) continue;
    Section preamble;
    preamble.title = section.title;
    preamble.url = section.url;
    preamble.level = section.level;
    preamble.text = std::move(section.text);
    preamble.pages = std::move(section.pages);
    section.pages.clear();
    preamble.id = preamble_suffix;  // completed when the ids are set
    section.text.clear();
    section.children.insert(section.children.begin(), std::move(preamble));
  }
  std::erase_if(sections, [](const Section& section) {
    return section.children.empty() && section.text.empty() && blank(section.title);
  });
}

void set_ids(std::vector<Section>& sections, const base::Digest& root,
             const std::string& parent_id) {
  std::map<std::string_view, std::uint64_t>
      ordinals;  // equal titles under one parent are told apart
  for (Section& section : sections) {
    if (section.id.ends_with(preamble_suffix)) {  // also when the document was finished before
      section.id = parent_id + std::string(preamble_suffix);
      continue;
    }
    base::DigestBuilder id;
    id.add(parent_id).add(section.title).add(ordinals[section.title]++);
    section.id = of_root(root, id.finish()).hex();
    set_ids(section.children, root, section.id);
  }
}

void set_spans(std::vector<Section>& sections, std::uint64_t& at, bool& first) {
  for (Section& section : sections) {
    if (section.is_leaf()) {
      if (!first) at += 2;
      first = false;
      section.span.begin = at;
      at += (blank(section.title) ? 0 : section.title.size() + (section.text.empty() ? 0 : 1)) +
            section.text.size();
      section.span.end = at;
    } else {
      set_spans(section.children, at, first);
      section.span = {section.children.front().span.begin, section.children.back().span.end};
    }
  }
}

void collect(const std::vector<Section>& sections, std::vector<const Section*>& out) {
  for (const Section& section : sections) {
    if (section.is_leaf())
      out.push_back(&section);
    else
      collect(section.children, out);
  }
}

void hash_sections(const std::vector<Section>& sections, base::DigestBuilder& digest) {
  digest.add(static_cast<std::uint64_t>(sections.size()));
  for (const Section& section : sections) {
    digest.add(section.title).add(section.url).add(section.text);
    if (!section.metadata.empty()) digest.add(base::dump_json(section.metadata));
    for (const PageMark& mark : section.pages)
      digest.add(mark.at).add(static_cast<std::uint64_t>(mark.page));
    hash_sections(section.children, digest);
  }
}

Json to_json(const Section& section) {
  Json out{{"id", section.id},
           {"title", section.title},
           {"level", section.level},
           {"span", {section.span.begin, section.span.end}}};
  if (!section.url.empty()) out["url"] = section.url;
  if (!section.metadata.empty()) out["metadata"] = section.metadata;
  if (!section.pages.empty())
    out["pages"] = {section.pages.front().page, section.pages.back().page};
  if (section.is_leaf()) {
    out["text"] = section.text;
  } else {
    Json& children = out["sections"] = Json::array();
    for (const Section& child : section.children) children.push_back(to_json(child));
  }
  return out;
}

}  // namespace

base::Digest root_id(std::string_view uri) { return base::digest_of(uri); }

base::Digest of_root(const base::Digest& root, base::Digest digest) {
  std::copy_n(root.bytes.begin(), root_bytes, digest.bytes.begin());
  return digest;
}

base::Digest section_key(std::string_view id) {
  constexpr std::size_t hex_digits = 32;
  const base::Digest digest = base::digest_of(id);
  const auto begins = base::Digest::from_hex(id.substr(0, hex_digits));
  return begins ? of_root(*begins, digest) : digest;
}

void finish(Document& document) {
  tidy(document.children);
  const base::Digest root = root_id(document.uri);
  set_ids(document.children, root, root.hex());
  std::uint64_t at = 0;
  bool first = true;
  set_spans(document.children, at, first);
}

std::vector<const Section*> leaves(const Document& document) {
  std::vector<const Section*> out;
  collect(document.children, out);
  return out;
}

std::vector<const Section*> leaves(const Section& section) {
  if (section.is_leaf()) return {&section};
  std::vector<const Section*> out;
  collect(section.children, out);
  return out;
}

std::string render(const Section& leaf) {
  if (blank(leaf.title)) return leaf.text;
  return leaf.text.empty() ? leaf.title : leaf.title + "\n" + leaf.text;
}

std::string text_of(const Document& document) {
  std::string text;
  bool first = true;
  for (const Section* leaf : leaves(document)) {
    if (!first) text += "\n\n";
    first = false;
    text += render(*leaf);
  }
  return text;
}

base::Digest content_digest(const Document& document) {
  base::DigestBuilder digest;
  digest.add(document.title).add(base::dump_json(document.metadata));
  hash_sections(document.children, digest);
  return digest.finish();
}

Json to_json(const Document& document) {
  Json out{{"uri", document.uri},
           {"title", document.title},
           {"media_type", document.media_type},
           {"metadata", document.metadata}};
  Json& children = out["sections"] = Json::array();
  for (const Section& child : document.children) children.push_back(to_json(child));
  return out;
}

}  // namespace freshet::model
