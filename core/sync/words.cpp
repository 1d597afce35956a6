#include "core/sync/words.hpp"

#include "core/base/json.hpp"
#include "core/model/limits.hpp"

namespace freshet::sync {
namespace {

using base::Json;

Json object_of(std::string_view text) {
  Json object = text.empty() ? Json::object() : Json::parse(text, nullptr, false);
  return object.is_object() ? object : Json::object();
}

// What is said in one place.
Json words_said(const std::string& title, const std::string& metadata) {
  Json words = Json::object();
  if (!title.empty()) words["title"] = title;
  if (!metadata.empty()) words["metadata"] = object_of(metadata);
  return words;
}

std::string compact(const Json& words) {
  return words.empty() ? std::string() : base::dump_json(words);
}

void put_words(Json& words, const char* where, Json what) {
  if (what.empty())
    words.erase(where);
  else
    words[where] = std::move(what);
}

void add_words(model::Document& document, const std::string& title, const std::string& metadata) {
  if ((document.title.empty() || document.title_guessed) && !title.empty()) {
    document.title = title;
    document.title_guessed = false;
  }
  const Json more = object_of(metadata);
  for (const auto& [key, value] : more.items())
    if (!document.metadata.contains(key)) document.metadata[key] = value;
}

}  // namespace

std::string words_of(const ports::Entry& entry, const ports::Fetched& content, const Json& fixed) {
  Json words = Json::object();
  put_words(words, "source", fixed);
  put_words(words, "entry", words_said(entry.title, entry.metadata));
  put_words(words, "content", words_said(content.title, content.metadata));
  return compact(words);
}

Json fixed_in(std::string_view words) {
  if (words.find("\"source\"") == std::string_view::npos) return Json::object();
  return object_of(words).value("source", Json::object());
}

std::string reworded(std::string_view words, const ports::Entry& entry) {
  Json changed = object_of(words);
  put_words(changed, "entry", words_said(entry.title, entry.metadata));
  return compact(changed);
}

ports::Entry entry_of(const repository::RootView& root) {
  ports::Entry entry;
  entry.uri = root.uri;
  entry.handle = root.handle;
  if (root.loader_metadata.empty()) return entry;
  const Json words = object_of(root.loader_metadata).value("entry", Json::object());
  entry.title = words.value("title", std::string());
  entry.metadata = compact(words.value("metadata", Json::object()));
  return entry;
}

void complete(model::Document& document, const ports::Entry& entry, const ports::Fetched& content,
              const Json& fixed) {
  add_words(document, content.title, content.metadata);
  add_words(document, entry.title, entry.metadata);
  const std::size_t most =
      model::most_metadata - (fixed.empty() ? 0 : base::dump_json(fixed).size());
  document.metadata = model::lightened(std::move(document.metadata), most);
  document.metadata.update(fixed);
}

}  // namespace freshet::sync
