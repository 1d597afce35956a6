// cli/config_schema.hpp - freshet.toml as a JSON Schema, for editors that complete and check while
// somebody writes.
#pragma once

#include <freshet/sdk/json.hpp>

namespace freshet::cli {

// `plugins`: what there is to be named, each with "kind", "name", "description", and "schema", that of its
// options.
nlohmann::ordered_json config_schema(const nlohmann::ordered_json& plugins);

}  // namespace freshet::cli
