#include "cli/mcp/arguments.hpp"

#include "cli/suggest.hpp"

namespace freshet::cli::mcp {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  throw Error(FRESHET_E_INVALID_ARGUMENT, why, name);
}

}  // namespace

Arguments::Arguments(const Json& given) : given_(given) {
  if (!given.is_object() && !given.is_null()) refuse("arguments", "is not an object");
}

const Json* Arguments::find(const char* name) {
  known_.insert(name);
  const auto found = given_.is_object() ? given_.find(name) : given_.end();
  return found == given_.end() || found->is_null() ? nullptr : &*found;
}

std::string Arguments::text(const char* name) {
  const std::string value = text_or(name, "");
  if (value.empty()) refuse(name, "is missing, and has to be a text that is not empty");
  return value;
}

std::string Arguments::text_or(const char* name, const std::string& otherwise) {
  const Json* const found = find(name);
  if (found == nullptr) return otherwise;
  if (!found->is_string()) refuse(name, "is not a text");
  return found->get<std::string>();
}

std::int64_t Arguments::number_or(const char* name, std::int64_t otherwise, std::int64_t least,
                                  std::int64_t most) {
  const Json* const found = find(name);
  if (found == nullptr) return otherwise;
  const bool fits = found->is_number_integer() &&
                    (!found->is_number_unsigned() || found->get<std::uint64_t>() <= INT64_MAX);
  const std::int64_t value = fits ? found->get<std::int64_t>() : least - 1;
  if (value < least || value > most)
    refuse(name, "has to be a whole number from " + std::to_string(least) + " to " +
                     std::to_string(most));
  return value;
}

std::vector<std::string> Arguments::texts(const char* name) {
  std::vector<std::string> all;
  const Json* const found = find(name);
  if (found == nullptr) return all;
  if (!found->is_array()) refuse(name, "is not a list of texts");
  for (const Json& each : *found) {
    if (!each.is_string()) refuse(name, "is not a list of texts");
    all.push_back(each.get<std::string>());
  }
  return all;
}

Json Arguments::object(const char* name) {
  const Json* const found = find(name);
  if (found == nullptr) return nullptr;
  if (!found->is_object()) refuse(name, "is not an object");
  return *found;
}

void Arguments::end() const {
  if (!given_.is_object()) return;
  for (const auto& [name, value] : given_.items()) {
    if (known_.contains(name)) continue;
    const std::string near = nearest(name, {known_.begin(), known_.end()});
    refuse(name, near.empty() ? "is not an argument of this tool"
                              : "is not an argument of this tool; did you mean \"" + near + "\"?");
  }
}

}  // namespace freshet::cli::mcp
