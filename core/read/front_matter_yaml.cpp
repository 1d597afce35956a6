// libyaml's events, one after the other: no node is ever held twice, so nothing in it can unfold.
#include <yaml.h>

#include <charconv>

#include "core/read/front_matter_value.hpp"

namespace freshet::read {
namespace {

using model::Json;

// A plain scalar, by YAML's core schema without its floats: "1.10" is a version more often than a number.
Json plain_value(std::string_view text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null") return nullptr;
  if (text == "true" || text == "True") return true;
  if (text == "false" || text == "False") return false;
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool padded = text.size() > 1 && text.front() == '0';  // a code, not a number
  if (problem == std::errc() && end == text.data() + text.size() && !padded) return number;
  return cut_value(text);
}

class Event {
 public:
  Event() = default;
  ~Event() { yaml_event_delete(&event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  bool next(yaml_parser_t& parser) { return yaml_parser_parse(&parser, &event_) == 1; }
  yaml_event_type_t type() const { return event_.type; }
  std::string_view text() const {
    const auto& scalar = event_.data.scalar;
    return {reinterpret_cast<const char*>(scalar.value), scalar.length};
  }
  Json scalar() const {
    return event_.data.scalar.plain_implicit != 0 ? plain_value(text()) : Json(cut_value(text()));
  }
  std::string alias() const {
    return std::string("*") + reinterpret_cast<const char*>(event_.data.alias.anchor);
  }

 private:
  yaml_event_t event_{};
};

// One document whose root is a map.
class Reader {
 public:
  explicit Reader(std::string_view block) {
    if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(block.data()),
                                 block.size());
  }
  ~Reader() { yaml_parser_delete(&parser_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  std::optional<Json> read() {
    for (;;) {
      Event event;
      if (!event.next(parser_)) return std::nullopt;
      if (event.type() == YAML_MAPPING_START_EVENT) break;
      if (event.type() != YAML_STREAM_START_EVENT && event.type() != YAML_DOCUMENT_START_EVENT)
        return std::nullopt;
    }
    Json root = map(0);
    Event end;
    // What stood before a mistake is kept, so that a page is not lost to one bad line.
    if (good_ && (!end.next(parser_) || end.type() != YAML_DOCUMENT_END_EVENT)) good_ = false;
    if (!good_ && root.empty()) return std::nullopt;
    return root;
  }

 private:
  // A value stands when what follows it is good: of "a: b: c" libyaml gives the b before it complains.
  Json map(std::size_t depth) {
    Json out = Json::object();
    std::string name;
    Json read;
    for (;;) {
      Event key, event;
      if (!next(key)) break;
      put_value(out, name, std::move(read));
      if (key.type() == YAML_MAPPING_END_EVENT) break;
      const bool named = key.type() == YAML_SCALAR_EVENT;
      name = named ? std::string(key.text()) : std::string();
      if (!named) (void)value(key, most_depth + 1);
      if (!good_ || !next(event)) break;
      read = value(event, depth + 1);
      if (!named) read = nullptr;
      if (!good_) break;
    }
    return out;
  }

  Json list(std::size_t depth) {
    Json out = Json::array();
    for (;;) {
      Event event;
      if (!next(event) || event.type() == YAML_SEQUENCE_END_EVENT) break;
      put_value(out, value(event, depth + 1));
      if (!good_) break;
    }
    return out;
  }

  Json value(const Event& event, std::size_t depth) {
    const bool opens =
        event.type() == YAML_MAPPING_START_EVENT || event.type() == YAML_SEQUENCE_START_EVENT;
    if (opens && depth > most_depth) return skip();
    if (event.type() == YAML_MAPPING_START_EVENT) return map(depth);
    if (event.type() == YAML_SEQUENCE_START_EVENT) return list(depth);
    if (event.type() == YAML_ALIAS_EVENT) return event.alias();
    return event.type() == YAML_SCALAR_EVENT ? event.scalar() : Json();
  }

  // What is too deep, to its end.
  Json skip() {
    for (std::size_t open = 1; open > 0;) {
      Event event;
      if (!next(event)) break;
      const yaml_event_type_t type = event.type();
      if (type == YAML_MAPPING_START_EVENT || type == YAML_SEQUENCE_START_EVENT) ++open;
      if (type == YAML_MAPPING_END_EVENT || type == YAML_SEQUENCE_END_EVENT) --open;
    }
    return nullptr;
  }

  bool next(Event& event) {
    good_ = event.next(parser_);
    return good_;
  }

  yaml_parser_t parser_{};
  bool good_ = true;
};

}  // namespace

std::optional<Json> read_yaml(std::string_view block) { return Reader(block).read(); }

}  // namespace freshet::read
