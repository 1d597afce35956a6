#include "core/policy/facts.hpp"

namespace freshet::policy {

base::Json fact(std::string_view object, std::string_view key) {
  if (object.find(key) == std::string_view::npos) return nullptr;  // most roots have no flag at all
  const base::Json value = base::Json::parse(object, nullptr, false);
  if (!value.is_object()) return nullptr;
  const auto found = value.find(key);
  return found == value.end() ? base::Json() : *found;
}

}  // namespace freshet::policy
