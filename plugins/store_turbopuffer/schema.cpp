#include "schema.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "client.hpp"

namespace store_turbopuffer {
namespace {

constexpr std::array<std::string_view, 12> own_attributes = {
    "id",  "vector",   "text",    "title",          "path",          "uri",
    "url", "metadata", "freshet", "freshet_digest", "freshet_model", "freshet_terms"};

Json kept(const char* type) { return {{"type", type}, {"filterable", false}}; }

// Words count whatever their case, accents and ends; common ones, too, which BM25 weighs as little as
// they say.
Json searched(const std::string& language) {
  return {{"type", "string"},
          {"filterable", false},
          {"full_text_search",
           {{"tokenizer", "word_v4"},
            {"language", language},
            {"stemming", true},
            {"remove_stopwords", false},
            {"case_sensitive", false},
            {"ascii_folding", true}}}};
}

const Json& schema_in(const Json& metadata) { return member(metadata, "schema"); }

// An attribute may be told by its type alone.
std::string type_in(const Json& attribute) {
  if (attribute.is_string()) return attribute.get<std::string>();
  return attribute.is_object() ? attribute.value("type", "") : "";
}

bool is_searched(const Json& attribute) {
  if (!attribute.is_object()) return false;
  const Json search = attribute.value("full_text_search", Json());
  return search.is_object() || search == true;
}

}  // namespace

bool is_own_attribute(std::string_view name) {
  return std::find(own_attributes.begin(), own_attributes.end(), name) != own_attributes.end();
}

Json schema_of(const Options& options, std::uint32_t dimension) {
  Json schema = {{"id", {{"type", "uuid"}}},
                 {"vector", {{"type", "[" + std::to_string(dimension) + "]f32"}, {"ann", true}}},
                 {"freshet", {{"type", "bool"}, {"filterable", true}}},
                 {"freshet_terms", {{"type", "[]string"}, {"filterable", true}}}};
  for (const char* name : {"text", "title", "path"}) schema[name] = searched(options.language);
  for (const char* name : {"uri", "url", "metadata", "freshet_digest", "freshet_model"})
    schema[name] = kept("string");
  for (const auto& [name, type] : options.attributes)
    schema[name] = {{"type", type}, {"filterable", true}};
  return schema;
}

bool is_freshets(const Json& metadata) {
  const Json& schema = schema_in(metadata);
  return schema.contains("freshet") && schema.contains("freshet_digest") &&
         schema.contains("freshet_terms");
}

std::uint32_t dimension_of(const Json& metadata) {
  const std::string type = type_in(schema_in(metadata).value("vector", Json()));
  std::uint32_t dimension = 0;
  if (type.starts_with('[')) std::from_chars(type.data() + 1, type.data() + type.size(), dimension);
  return dimension;
}

std::optional<std::string> metric_of(const Json& metadata) {
  const Json vector = schema_in(metadata).value("vector", Json());
  const Json ann = vector.is_object() ? vector.value("ann", Json()) : Json();
  if (!ann.is_object() || !ann.contains("distance_metric")) return std::nullopt;
  return ann["distance_metric"].get<std::string>();
}

Difference compare(const Json& metadata, const Json& wanted) {
  Difference difference;
  const Json& schema = schema_in(metadata);
  for (const auto& [name, attribute] : wanted.items()) {
    const auto there = schema.find(name);
    if (there == schema.end()) {
      difference.missing[name] = attribute;
      continue;
    }
    if (const std::string type = type_in(*there); type != attribute["type"])
      difference.wrong.push_back("the attribute " + name + " is of the type " + type + ", not " +
                                 attribute["type"].get<std::string>());
    else if (is_searched(attribute) && !is_searched(*there))
      difference.wrong.push_back("the attribute " + name + " cannot be searched for words");
  }
  return difference;
}

}  // namespace store_turbopuffer
