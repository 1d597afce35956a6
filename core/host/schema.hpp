// core/host/schema.hpp - the part of JSON Schema in which manifests describe options.
//
// Known keywords: type, properties, required, additionalProperties, items, default, enum, minimum,
// maximum, minLength, maxLength, minItems, maxItems, format, title, description. A manifest that
// uses another one is refused, so that no rule is written down and then not kept.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/base/error.hpp"

namespace freshet::host {

using Json = nlohmann::json;
using Variables = std::map<std::string, std::string>;

// Is it a schema of an options object that complete() can hold options against?
base::Status check_schema(const Json& schema, const std::string& path);

// `options` with the defaults filled in and null members left out; "${name}" in the texts of
// defaults is replaced from `variables`. The first value that does not fit is an invalid_argument
// that names its path below `path`, and what would be right.
base::Result<Json> complete(const Json& schema, const Json& options, const std::string& path,
                            const Variables& variables);

// Does one value fit the schema of one? Variables are not known.
base::Status check_value(const Json& schema, const Json& value, const std::string& path);

// A value as messages show it: short, and a text in quotes.
std::string shown(const Json& value);

}  // namespace freshet::host
