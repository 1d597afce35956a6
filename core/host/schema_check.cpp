// Holds a manifest's schema against the part of JSON Schema that complete() understands.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/host/format.hpp"
#include "core/host/schema.hpp"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;
using base::join_path;

constexpr int most_depth = 16;

const std::vector<std::string>& keywords() {
  static const std::vector<std::string> known = {
      "type",     "properties", "required",  "additionalProperties",
      "items",    "default",    "enum",      "minimum",
      "maximum",  "minLength",  "maxLength", "minItems",
      "maxItems", "format",     "title",     "description"};
  return known;
}

const std::vector<std::string>& type_names() {
  static const std::vector<std::string> known = {"object",  "array",  "string",
                                                 "integer", "number", "boolean"};
  return known;
}

base::Status one_of(const Json& value, std::span<const std::string> known,
                    const std::string& path) {
  if (value.is_string() &&
      std::find(known.begin(), known.end(), value.get<std::string>()) != known.end())
    return {};
  std::string near =
      value.is_string() ? base::nearest(value.get<std::string>(), known) : std::string();
  if (!near.empty()) near = fmt::format("; did you mean \"{}\"?", near);
  return fail(Code::invalid_argument, fmt::format("{} is not known here{}", shown(value), near),
              path);
}

base::Status check_type_keyword(const Json& schema, const std::string& path) {
  const auto type = schema.find("type");
  const std::string here = join_path(path, "type");
  if (type == schema.end()) return fail(Code::invalid_argument, "is missing", here);
  if (!type->is_array()) return one_of(*type, type_names(), here);
  if (type->empty()) return fail(Code::invalid_argument, "is empty", here);
  for (const Json& each : *type) FRESHET_TRY(one_of(each, type_names(), here));
  return {};
}

// The keywords that are read as numbers, texts and arrays are what they are read as.
base::Status check_shapes(const Json& schema, const std::string& path) {
  const auto wrong = [&](const char* key, std::string_view wanted) {
    return fail(Code::invalid_argument, fmt::format("is not {}", wanted), join_path(path, key));
  };
  for (const char* key : {"minimum", "maximum"})
    if (schema.contains(key) && !schema[key].is_number()) return wrong(key, "a number");
  for (const char* key : {"minLength", "maxLength", "minItems", "maxItems"})
    if (schema.contains(key) && !schema[key].is_number_unsigned())
      return wrong(key, "a whole number");
  for (const char* key : {"title", "description"})
    if (schema.contains(key) && !schema[key].is_string()) return wrong(key, "a text");
  if (schema.contains("enum") && (!schema["enum"].is_array() || schema["enum"].empty()))
    return wrong("enum", "an array of values");
  if (schema.contains("format"))
    FRESHET_TRY(one_of(schema["format"], known_formats(), join_path(path, "format")));
  return {};
}

base::Status check_node(const Json& schema, const std::string& path, int depth);

base::Status check_properties(const Json& schema, const std::string& path, int depth) {
  if (!schema.contains("properties")) return {};
  const std::string here = join_path(path, "properties");
  if (!schema["properties"].is_object())
    return fail(Code::invalid_argument, "is not an object", here);
  for (const auto& [key, rule] : schema["properties"].items())
    FRESHET_TRY(check_node(rule, join_path(here, base::printable(key)), depth + 1));
  return {};
}

base::Status check_required(const Json& schema, const std::string& path) {
  if (!schema.contains("required")) return {};
  const std::string here = join_path(path, "required");
  if (!schema["required"].is_array())
    return fail(Code::invalid_argument, "is not an array of keys", here);
  for (const Json& key : schema["required"])
    if (!key.is_string() || !schema.contains("properties") ||
        !schema["properties"].contains(key.get<std::string>()))
      return fail(Code::invalid_argument,
                  fmt::format("{} is not one of the properties", shown(key)), here);
  return {};
}

base::Status check_others(const Json& schema, const std::string& path, int depth) {
  const auto others = schema.find("additionalProperties");
  if (others == schema.end() || (others->is_boolean() && !others->get<bool>())) return {};
  const std::string here = join_path(path, "additionalProperties");
  if (!others->is_object())
    return fail(Code::invalid_argument, "is neither false nor the schema of a value", here);
  return check_node(*others, here, depth + 1);
}

bool has_variable(const Json& value) {
  if (!value.is_string() && !value.is_structured()) return false;
  return base::dump_json(value).find("${") != std::string::npos;
}

// A default that its own rule refuses would only be found by the first user who leaves it out.
base::Status check_default(const Json& schema, const std::string& path) {
  if (!schema.contains("default") || schema["default"].is_null() || has_variable(schema["default"]))
    return {};
  return check_value(schema, schema["default"], join_path(path, "default"));
}

base::Status check_node(const Json& schema, const std::string& path, int depth) {
  if (!schema.is_object()) return fail(Code::invalid_argument, "is not a schema", path);
  if (depth > most_depth) return fail(Code::invalid_argument, "is nested too deep", path);
  for (const auto& each : schema.items()) {
    if (std::find(keywords().begin(), keywords().end(), each.key()) != keywords().end()) continue;
    const std::string near = base::nearest(each.key(), keywords());
    return fail(Code::invalid_argument,
                fmt::format("is not a keyword known here{}",
                            near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)),
                join_path(path, base::printable(each.key())));
  }
  FRESHET_TRY(check_type_keyword(schema, path));
  FRESHET_TRY(check_shapes(schema, path));
  FRESHET_TRY(check_properties(schema, path, depth));
  FRESHET_TRY(check_required(schema, path));
  FRESHET_TRY(check_others(schema, path, depth));
  if (schema.contains("items"))
    FRESHET_TRY(check_node(schema["items"], join_path(path, "items"), depth + 1));
  return check_default(schema, path);
}

}  // namespace

base::Status check_schema(const Json& schema, const std::string& path) {
  FRESHET_TRY(check_node(schema, path, 0));
  if (!base::is_text(schema["type"], "object"))
    return fail(Code::invalid_argument, "is not \"object\"", join_path(path, "type"));
  return {};
}

}  // namespace freshet::host
