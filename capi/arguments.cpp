#include "capi/arguments.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "core/base/text.hpp"

namespace freshet::capi {
namespace {

using base::Code;

// The texts that were given out and not freed yet, so that freeing any other pointer is harmless.
struct GivenTexts {
  std::mutex mutex;
  std::unordered_map<char*, std::unique_ptr<char[]>> texts;
};

GivenTexts& given() {
  static GivenTexts& texts = *new GivenTexts;
  return texts;
}

}  // namespace

base::Result<std::string> text(const char* argument, const char* name) {
  if (argument == nullptr) return base::fail(Code::misuse, "is NULL", name);
  const std::string_view view(argument);
  if (!base::is_utf8(view)) return base::fail(Code::invalid_argument, "is not valid UTF-8", name);
  return std::string(view);
}

base::Result<std::string> text_or_empty(const char* argument, const char* name) {
  if (argument == nullptr) return std::string();
  return text(argument, name);
}

base::Result<std::string_view> bytes(const void* argument, std::size_t size, const char* name) {
  if (size > static_cast<std::size_t>(PTRDIFF_MAX))
    return base::fail(Code::misuse, "has an impossible size", name);
  if (argument == nullptr && size > 0)
    return base::fail(Code::misuse, "is NULL, but its size is not 0", name);
  return std::string_view(argument == nullptr ? "" : static_cast<const char*>(argument), size);
}

base::Result<std::string_view> utf8(const void* argument, std::size_t size, const char* name) {
  FRESHET_ASSIGN(const std::string_view view, bytes(argument, size, name));
  if (!base::is_utf8(view)) return base::fail(Code::invalid_argument, "is not valid UTF-8", name);
  return view;
}

base::Result<base::Json> options(const char* json, const char* name) {
  if (json == nullptr) return base::Json::object();
  FRESHET_ASSIGN(base::Json value, base::parse_json(json, name));
  if (!value.is_object()) return base::fail(Code::invalid_argument, "is not a JSON object", name);
  return value;
}

char* give_text(std::string_view text) {
  auto copy = std::make_unique<char[]>(text.size() + 1);
  if (!text.empty()) std::memcpy(copy.get(), text.data(), text.size());
  char* const pointer = copy.get();
  GivenTexts& all = given();
  std::lock_guard lock(all.mutex);
  all.texts.emplace(pointer, std::move(copy));
  return pointer;
}

void free_text(char* text) {
  GivenTexts& all = given();
  std::lock_guard lock(all.mutex);
  all.texts.erase(text);
}

}  // namespace freshet::capi
