#include "loader_web/rules.hpp"

#include <algorithm>
#include <array>

#include "loader_web/content_type.hpp"
#include "loader_web/option_reader.hpp"
#include "loader_web/remembered.hpp"
#include "loader_web/request_headers.hpp"

namespace freshet::loader_web {
namespace {

// Of the members that another content may come of.
std::string digest_of(const Json& json) {
  Json shaping = Json::object();
  for (const char* key : {"headers", "accept_markdown", "keep", "drop", "read_as"})
    if (const auto value = json.find(key); value != json.end()) shaping[key] = *value;
  return shaping.empty() ? std::string() : std::to_string(hash_of(shaping.dump()));
}

Pattern read_match(const Json& json, const std::string& where) {
  const auto match = json.is_object() ? json.find("match") : json.end();
  if (!json.is_object())
    reject(where, R"(expected an object such as {"match":"/api/","skip":true})");
  if (match == json.end()) reject(where + ".match", "missing: which pages the rule is for");
  return Pattern(*match, where + ".match");
}

std::string read_type(const Reader& reader, const std::string& where) {
  const std::string type = reader.text("read_as");
  if (!type.empty() && parse_content_type(type).media_type.empty())
    reject(where + ".read_as", "expected a media type such as text/markdown");
  return parse_content_type(type).media_type;
}

}  // namespace

Rule::Rule(const sdk::Call& call, const Json& json, const std::string& where)
    : path(where), match(read_match(json, where)) {
  const Reader reader(json, where + ".");
  reader.flag("skip", skip);
  headers = read_headers(call, reader.get("headers"), where + ".headers");
  if (!reader.get("pace").is_null()) reader.duration("pace", pace_ms.emplace());
  if (!reader.get("accept_markdown").is_null())
    reader.flag("accept_markdown", accept_markdown.emplace());
  keep = Selectors(reader.texts("keep"), where + ".keep");
  drop = Selectors(reader.texts("drop"), where + ".drop");
  read_as = read_type(reader, where);
  digest = digest_of(json);
  const bool alone = json.size() == 2;  // match and skip
  if (skip && !alone) reject(where + ".skip", "stands beside what is for pages that are read");
}

Rules::Rules(const sdk::Call& call, const Json& json) {
  if (json.is_null()) return;
  if (!json.is_array()) reject("rules", "expected an array of rules");
  for (std::size_t i = 0; i < json.size(); ++i)
    rules_.emplace_back(call, json[i], "rules[" + std::to_string(i) + "]");
}

const Rule* Rules::find(const std::string& url) const {
  const auto found = std::find_if(rules_.begin(), rules_.end(),
                                  [&](const Rule& rule) { return rule.match.matches(url); });
  return found == rules_.end() ? nullptr : &*found;
}

bool Rules::skip(const std::string& url) const {
  const Rule* const rule = find(url);
  return rule != nullptr && rule->skip;
}

}  // namespace freshet::loader_web
