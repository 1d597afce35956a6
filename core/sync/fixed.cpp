#include "core/sync/fixed.hpp"

#include <algorithm>
#include <array>

#include "core/base/error.hpp"
#include "core/model/limits.hpp"

namespace freshet::sync {
namespace {

using base::Code;
using base::Json;
using base::Status;

// A filter finds these in every row, before metadata of the same name.
constexpr std::array<std::string_view, 4> own_keys = {"uri", "title", "url", "path"};

bool is_plain(const Json& value) {
  return value.is_string() || value.is_number() || value.is_boolean();
}

bool is_filterable(const Json& value) {
  return is_plain(value) || (value.is_array() && std::all_of(value.begin(), value.end(), is_plain));
}

Status check_member(const std::string& key, const Json& value, const std::string& path) {
  const std::string at = base::join_path(path, key);
  if (key.empty() || key.front() == '$')
    return base::fail(Code::invalid_argument, "has a key that is empty or begins with $", path);
  if (std::find(own_keys.begin(), own_keys.end(), key) != own_keys.end())
    return base::fail(Code::invalid_argument,
                      "is what every row has of its own: give it another name", at);
  if (is_filterable(value)) return {};
  return base::fail(Code::invalid_argument,
                    "is not a text, a number, true or false, or a list of these", at);
}

}  // namespace

base::Result<Json> parse_fixed(const Json& json, const std::string& path) {
  if (!json.is_object())
    return base::fail(Code::invalid_argument, R"(is not an object such as {"product":"x"})", path);
  for (const auto& [key, value] : json.items()) FRESHET_TRY(check_member(key, value, path));
  FRESHET_TRY(model::check_metadata(json, path, most_fixed));
  return json;
}

base::Result<const Json*> fixed_of(const repository::Snapshot& snapshot,
                                   const std::vector<FixedSource>& before, const Json& own,
                                   const base::Digest& root) {
  for (const FixedSource& source : before) {
    FRESHET_ASSIGN(const bool has_it, snapshot.is_member(source.id, root));
    if (has_it) return source.metadata;
  }
  return &own;
}

}  // namespace freshet::sync
