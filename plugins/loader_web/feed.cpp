#include "loader_web/feed.hpp"

#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include <freshet/sdk/json.hpp>

#include "loader_web/tags.hpp"
#include "loader_web/text.hpp"
#include "loader_web/xml.hpp"

namespace freshet::loader_web {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxItems = 100'000;

// Text that may be marked up, as titles are: without its tags, its references decoded.
std::string plain(std::string_view marked) {
  std::string text;
  Tags tags(marked);
  for (bool more = true; more;) {
    more = tags.next();
    text += decoded(tags.text());
  }
  return std::string(trim(text));
}

std::string markup_in(const pugi::xml_node& node) {
  std::ostringstream out;
  for (const pugi::xml_node& child : node.children()) child.print(out, "", pugi::format_raw);
  return out.str();
}

// The value of the first child of one of these names, prefix and all.
std::string first_of(const pugi::xml_node& node, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (std::string text = xml_text(node.child(name)); !text.empty()) return text;
  return {};
}

// The base of a node: xml:base of it and of what it is in, the outermost first, joined by blanks. What
// they are relative to is for the caller to say, who has the feed's URL.
std::string bases_of(pugi::xml_node node) {
  std::string bases;
  for (; node; node = node.parent())
    if (const std::string_view base = trim(node.attribute("xml:base").value()); !base.empty())
      bases = bases.empty() ? std::string(base) : std::string(base) + ' ' + bases;
  return bases;
}

// -- RSS ------------------------------------------------------------------------------------------

bool is_permalink(const pugi::xml_node& guid) {
  const std::string text = xml_text(guid);
  return !equals_ignoring_case(guid.attribute("isPermaLink").value(), "false") &&
         (starts_with_ignoring_case(text, "http://") ||
          starts_with_ignoring_case(text, "https://"));
}

std::string rss_url(const pugi::xml_node& node) {
  std::string url = first_of(node, {"feedburner:origLink", "link"});
  if (url.empty() && is_permalink(node.child("guid"))) url = xml_text(node.child("guid"));
  if (url.empty()) url = node.attribute("rdf:about").value();
  return url;
}

FeedItem rss_item(const pugi::xml_node& node) {
  FeedItem item;
  item.url = rss_url(node);
  item.base = bases_of(node);
  item.id = xml_text(node.child("guid"));
  item.title = plain(xml_text(node.child("title")));
  for (const pugi::xml_node& child : node.children()) {
    const std::string_view name = local_name(child.name());
    if (name == "encoded" && std::string_view(child.name()) != "excerpt:encoded")
      item.html = xml_text(child);
    if (std::string_view(child.name()) == "category" ||
        std::string_view(child.name()) == "dc:subject")
      item.categories.push_back(xml_text(child));
  }
  if (item.html.empty()) item.html = markup_in(node.child("xhtml:body"));
  item.summary = xml_text(node.child("description"));
  item.author = first_of(node, {"dc:creator", "author", "itunes:author"});
  item.published_ms = parse_feed_date(first_of(node, {"pubDate", "dc:date"}));
  item.updated_ms = parse_feed_date(first_of(node, {"atom:updated", "dcterms:modified"}));
  return item;
}

// In RSS 1.0 the items stand beside the channel.
Feed read_rss(const pugi::xml_node& root) {
  Feed feed;
  const pugi::xml_node channel = root.child("channel");
  feed.title = plain(xml_text(channel.child("title")));
  for (const pugi::xml_node& parent : {channel, root})
    for (const pugi::xml_node& node : parent.children("item"))
      if (feed.items.size() < kMaxItems) feed.items.push_back(rss_item(node));
  return feed;
}

// -- Atom -----------------------------------------------------------------------------------------

class Atom {
 public:
  explicit Atom(const pugi::xml_node& root) : root_(root) {
    const std::string_view name = root.name();
    const std::size_t colon = name.find(':');
    if (colon != std::string_view::npos) prefix_ = name.substr(0, colon + 1);
  }

  Feed read() const {
    Feed feed;
    feed.title = title_of(root_);
    const std::string entries = named("entry");  // pugixml keeps the pointer while it goes on
    for (const pugi::xml_node& entry : root_.children(entries.c_str()))
      if (feed.items.size() < kMaxItems) feed.items.push_back(item(entry));
    return feed;
  }

 private:
  std::string named(const char* name) const { return prefix_ + name; }
  pugi::xml_node child(const pugi::xml_node& node, const char* name) const {
    return node.child(named(name).c_str());
  }

  // Whatever it is written in, as HTML.
  static std::string html_of(const pugi::xml_node& node) {
    const std::string type = lower(trim(node.attribute("type").value()));
    if (type == "xhtml" || type == "application/xhtml+xml") return markup_in(node);
    if (type == "html" || type == "text/html") return xml_text(node);
    if (type.empty() || type == "text" || type.starts_with("text/")) {
      const std::string text = xml_text(node);
      return text.empty() ? text : "<pre>" + html_escaped(text) + "</pre>";
    }
    return {};  // a picture, say
  }
  std::string title_of(const pugi::xml_node& node) const {
    const pugi::xml_node title = child(node, "title");
    const std::string type = lower(title.attribute("type").value());
    if (type == "xhtml") return plain(markup_in(title));
    return type == "html" ? plain(xml_text(title)) : xml_text(title);
  }

  // Where it can be read: the alternate of HTML, or the first alternate.
  pugi::xml_node link_of(const pugi::xml_node& entry) const {
    pugi::xml_node first;
    const std::string links = named("link");  // pugixml keeps the pointer while it goes on
    for (const pugi::xml_node& link : entry.children(links.c_str())) {
      const std::string_view rel = link.attribute("rel").as_string("alternate");
      if (!equals_ignoring_case(rel, "alternate")) continue;
      if (equals_ignoring_case(link.attribute("type").value(), "text/html")) return link;
      if (!first) first = link;
    }
    return first;
  }
  std::string author_of(const pugi::xml_node& entry) const {
    for (const pugi::xml_node& node : {entry, child(entry, "source"), root_})
      if (std::string name = xml_text(child(child(node, "author"), "name")); !name.empty())
        return name;
    return {};
  }

  FeedItem item(const pugi::xml_node& entry) const {
    FeedItem item;
    const pugi::xml_node link = link_of(entry), content = child(entry, "content");
    item.url = trim(link.attribute("href").value());
    item.base = bases_of(content ? content : entry);
    if (link && !item.url.empty() && bases_of(link) != item.base) item.base = bases_of(link);
    item.id = xml_text(child(entry, "id"));
    item.title = title_of(entry);
    if (!content.attribute("src")) item.html = html_of(content);
    item.summary = html_of(child(entry, "summary"));
    item.author = author_of(entry);
    const std::string categories = named("category");  // pugixml keeps the pointer while it goes on
    for (const pugi::xml_node& category : entry.children(categories.c_str()))
      item.categories.emplace_back(category.attribute("label")
                                       ? category.attribute("label").value()
                                       : category.attribute("term").value());
    item.published_ms = parse_feed_date(xml_text(child(entry, "published")));
    item.updated_ms = parse_feed_date(xml_text(child(entry, "updated")));
    return item;
  }

  const pugi::xml_node root_;
  std::string prefix_;
};

Feed refused(std::string problem) { return {{}, {}, std::move(problem)}; }

// What stands before the root and declares something.
bool declares_entities(std::string_view text) {
  const std::size_t doctype = text.find("<!DOCTYPE");
  return doctype != std::string_view::npos &&
         text.find("<!ENTITY", doctype) != std::string_view::npos;
}

Feed read_xml_feed(std::string_view bytes) {
  std::string converted, problem;
  const std::string_view text = trim(xml_as_utf8(bytes, converted, problem));
  if (!problem.empty()) return refused(std::move(problem));
  if (declares_entities(text.substr(0, 1 << 16))) return refused("it declares entities");
  pugi::xml_document document;
  const unsigned flags = pugi::parse_default | pugi::parse_ws_pcdata;
  const pugi::xml_parse_result result =
      document.load_buffer(text.data(), text.size(), flags, pugi::encoding_utf8);
  const pugi::xml_node root = document.document_element();
  if (!result)
    return refused(std::string("broken XML at byte ") + std::to_string(result.offset) + ": " +
                   lower(result.description()));
  const std::string_view name = local_name(root.name());
  if (name == "rss" || name == "RDF") return read_rss(root);
  if (name == "feed") return Atom(root).read();
  return refused("its root element is neither rss, RDF nor feed");
}

// -- JSON Feed ------------------------------------------------------------------------------------

std::string json_text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string author_in(const Json& object) {
  if (object.contains("authors") && object["authors"].is_array())
    for (const Json& author : object["authors"])
      if (author.is_object() && !json_text(author, "name").empty())
        return json_text(author, "name");
  return object.contains("author") && object["author"].is_object()
             ? json_text(object["author"], "name")
             : std::string();
}

FeedItem json_item(const Json& json, const std::string& feed_author) {
  FeedItem item;
  item.url = json_text(json, "url");
  if (item.url.empty()) item.url = json_text(json, "external_url");
  item.id =
      json.contains("id") && json["id"].is_number() ? json["id"].dump() : json_text(json, "id");
  item.title = json_text(json, "title");
  item.html = json_text(json, "content_html");
  if (item.html.empty() && !json_text(json, "content_text").empty())
    item.html = "<pre>" + html_escaped(json_text(json, "content_text")) + "</pre>";
  item.summary = html_escaped(json_text(json, "summary"));
  item.author = author_in(json);
  if (item.author.empty()) item.author = feed_author;
  if (json.contains("tags") && json["tags"].is_array())
    for (const Json& tag : json["tags"])
      if (tag.is_string()) item.categories.push_back(tag.get<std::string>());
  item.published_ms = parse_feed_date(json_text(json, "date_published"));
  item.updated_ms = parse_feed_date(json_text(json, "date_modified"));
  return item;
}

Feed read_json_feed(std::string_view bytes) try {
  const Json json = Json::parse(bytes);
  if (json_text(json, "version").find("jsonfeed.org") == std::string::npos)
    return refused("it is JSON, and no JSON Feed: its version names none");
  Feed feed;
  feed.title = json_text(json, "title");
  const Json items = json.value("items", Json::array());
  if (!items.is_array()) return refused("its items are no array");
  const std::string author = author_in(json);
  for (const Json& item : items)
    if (item.is_object() && feed.items.size() < kMaxItems)
      feed.items.push_back(json_item(item, author));
  return feed;
} catch (const Json::exception&) {
  return refused("broken JSON");
}

}  // namespace

Feed read_feed(std::string_view bytes) {
  const std::string_view start = trim(bytes.substr(0, 4096));
  if (start.empty()) return refused("it is empty");
  return start.starts_with('{') || start.starts_with("\xEF\xBB\xBF{") ? read_json_feed(bytes)
                                                                      : read_xml_feed(bytes);
}

bool looks_like_feed(std::string_view bytes) {
  std::string converted, problem;
  const std::string start(bytes.substr(0, 4096));
  const std::string_view text = xml_as_utf8(start, converted, problem);
  const auto has = [&](std::string_view part) { return text.find(part) != std::string_view::npos; };
  if (trim(text).starts_with('{')) return has("jsonfeed.org/version");
  return has("<rss") || has("<rdf:RDF") || has("http://www.w3.org/2005/Atom");
}

}  // namespace freshet::loader_web
