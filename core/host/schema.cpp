#include "core/host/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "core/base/json.hpp"
#include "core/base/path.hpp"
#include "core/base/text.hpp"
#include "core/host/format.hpp"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;
using base::join_path;

std::string_view type_of(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return "boolean";
  if (value.is_number_integer()) return "integer";
  if (value.is_number()) return "number";
  if (value.is_string()) return "string";
  return value.is_array() ? "array" : "object";
}

// As people call them, in messages.
std::string_view spoken(std::string_view type) {
  if (type == "boolean") return "true or false";
  if (type == "integer") return "a whole number";
  if (type == "number") return "a number";
  if (type == "string") return "a text";
  if (type == "null") return "null";
  return type == "array" ? "an array" : "an object";
}

std::vector<std::string> types_in(const Json& schema) {
  const Json& type = schema.at("type");
  if (type.is_array()) return type.get<std::vector<std::string>>();
  return {type.get<std::string>()};
}

bool fits_type(const Json& value, const std::string& type) {
  if (type == "number") return value.is_number();
  return type_of(value) == type;
}

base::Status check_type(const Json& schema, const Json& value, const std::string& path) {
  const std::vector<std::string> types = types_in(schema);
  for (const std::string& type : types)
    if (fits_type(value, type)) return {};
  // A size is as well written as a number of bytes.
  if (schema.value("format", "") == "size" && value.is_number_unsigned()) return {};
  std::vector<std::string_view> wanted;
  for (const std::string& type : types) wanted.push_back(spoken(type));
  return fail(Code::invalid_argument,
              fmt::format("is {}, not {}", spoken(type_of(value)), fmt::join(wanted, " or ")),
              path);
}

base::Status check_enum(const Json& schema, const Json& value, const std::string& path) {
  const auto allowed = schema.find("enum");
  if (allowed == schema.end() ||
      std::find(allowed->begin(), allowed->end(), value) != allowed->end())
    return {};
  std::vector<std::string> texts;
  for (const Json& each : *allowed) texts.push_back(shown(each));
  return fail(Code::invalid_argument,
              fmt::format("is {}, not one of {}", shown(value), fmt::join(texts, ", ")), path);
}

// `amount` of what `value` is: its number, its code points, its items.
base::Status check_range(const Json& schema, double amount, const char* least, const char* most,
                         std::string_view unit, const std::string& path) {
  const auto show = [](const Json& bound) { return bound.dump(); };
  if (schema.contains(least) && amount < schema[least].get<double>())
    return fail(Code::invalid_argument, fmt::format("is less than {}{}", show(schema[least]), unit),
                path);
  if (schema.contains(most) && amount > schema[most].get<double>())
    return fail(Code::invalid_argument, fmt::format("is more than {}{}", show(schema[most]), unit),
                path);
  return {};
}

base::Status check_ranges(const Json& schema, const Json& value, const std::string& path) {
  if (value.is_number())
    return check_range(schema, value.get<double>(), "minimum", "maximum", "", path);
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return check_range(schema, static_cast<double>(base::code_points(text)), "minLength",
                       "maxLength", " characters", path);
  }
  if (value.is_array())
    return check_range(schema, static_cast<double>(value.size()), "minItems", "maxItems", " items",
                       path);
  return {};
}

base::Result<std::string> replace_variables(const std::string& text, const Variables& variables,
                                            const std::string& path) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t begin; (begin = text.find("${", at)) != std::string::npos;) {
    const std::size_t end = text.find('}', begin);
    if (end == std::string::npos) break;
    const std::string name = text.substr(begin + 2, end - begin - 2);
    const auto found = variables.find(name);
    if (found == variables.end())
      return fail(
          Code::invalid_argument,
          fmt::format("is missing, and its default needs \"{}\", which is not known here", name),
          path);
    out.append(text, at, begin - at).append(found->second);
    at = end + 1;
  }
  return out.append(text, at);
}

base::Result<Json> default_value(const Json& value, const Variables& variables,
                                 const std::string& path) {
  if (value.is_string()) {
    FRESHET_ASSIGN(std::string text, replace_variables(value.get<std::string>(), variables, path));
    return Json(std::move(text));
  }
  if (!value.is_structured()) return value;
  Json out = value;
  for (auto& each : out) {
    FRESHET_ASSIGN(each, default_value(each, variables, path));
  }
  return out;
}

base::Result<Json> complete_value(const Json& schema, const Json& value, const std::string& path,
                                  const Variables& variables);

base::Result<Json> unknown_key(const Json& properties, const std::string& key,
                               const std::string& path) {
  std::vector<std::string> known;
  for (const auto& each : properties.items()) known.push_back(each.key());
  const std::string near = base::nearest(key, known);
  return fail(Code::invalid_argument,
              near.empty() ? "is not a known key"
                           : fmt::format("is not a known key; did you mean \"{}\"?", near),
              join_path(path, base::printable(key)));
}

// Not copied: the schema of a plugin may be large. Null, which has nothing in it, where there is none.
const Json& member(const Json& schema, const char* key) {
  static const Json none;
  const auto found = schema.find(key);
  return found == schema.end() ? none : *found;
}

base::Result<Json> complete_object(const Json& schema, const Json& value, const std::string& path,
                                   const Variables& variables) {
  const Json& properties = member(schema, "properties");
  const Json& others = member(schema, "additionalProperties");
  Json out = Json::object();
  for (const auto& [key, each] : value.items()) {
    if (!properties.contains(key) && !others.is_object()) return unknown_key(properties, key, path);
    if (each.is_null()) continue;
    const Json& rule = properties.contains(key) ? properties[key] : others;
    FRESHET_ASSIGN(out[key], complete_value(rule, each, join_path(path, key), variables));
  }
  for (const auto& [key, rule] : properties.items()) {
    if (out.contains(key) || !rule.contains("default") || rule["default"].is_null()) continue;
    FRESHET_ASSIGN(out[key], default_value(rule["default"], variables, join_path(path, key)));
  }
  for (const Json& key : member(schema, "required"))
    if (!out.contains(key.get<std::string>()))
      return fail(Code::invalid_argument, "is missing", join_path(path, key.get<std::string>()));
  return out;
}

base::Result<Json> complete_array(const Json& schema, const Json& value, const std::string& path,
                                  const Variables& variables) {
  Json out = Json::array();
  for (std::size_t i = 0; i < value.size(); ++i) {
    FRESHET_ASSIGN(Json item, complete_value(schema.at("items"), value[i],
                                             fmt::format("{}[{}]", path, i), variables));
    out.push_back(std::move(item));
  }
  return out;
}

base::Result<Json> complete_value(const Json& schema, const Json& value, const std::string& path,
                                  const Variables& variables) {
  FRESHET_TRY(check_type(schema, value, path));
  FRESHET_TRY(check_enum(schema, value, path));
  FRESHET_TRY(check_ranges(schema, value, path));
  if (value.is_string() && schema.contains("format"))
    FRESHET_TRY(check_format(schema["format"].get<std::string>(), value.get<std::string>(), path));
  if (value.is_object()) return complete_object(schema, value, path, variables);
  if (value.is_array() && schema.contains("items"))
    return complete_array(schema, value, path, variables);
  // What is kept must mean the same from any working directory.
  if (value.is_string() && schema.value("format", "") == "path") {
    // Not returned as it is: a result that becomes one of another type may not throw.
    FRESHET_ASSIGN(std::string path_text, base::absolute_path(value.get<std::string>()));
    return Json(std::move(path_text));
  }
  return value;
}

}  // namespace

std::string shown(const Json& value) {
  if (value.is_string()) return base::in_quotes(value.get_ref<const std::string&>());
  const std::string text = base::dump_json(value);
  return text.size() <= 80 ? text : text.substr(0, base::advance_code_points(text, 0, 80)) + "…";
}

base::Status check_value(const Json& schema, const Json& value, const std::string& path) {
  auto completed = complete_value(schema, value, path, {});
  if (!completed) return fail(std::move(completed).error());
  return {};
}

base::Result<Json> complete(const Json& schema, const Json& options, const std::string& path,
                            const Variables& variables) {
  if (options.is_null()) return complete_object(schema, Json::object(), path, variables);
  if (!options.is_object())
    return fail(Code::invalid_argument,
                fmt::format("is {}, not an object", spoken(type_of(options))),
                path.empty() ? "options" : path);
  return complete_object(schema, options, path, variables);
}

}  // namespace freshet::host
