// loader_web/option_reader.hpp - the members of an object of options, each with its type checked.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <freshet/sdk/freshet_sdk.hpp>
#include <freshet/sdk/json.hpp>
#include <freshet/sdk/options.hpp>

namespace freshet::loader_web {

using Json = nlohmann::json;

inline constexpr std::int64_t kLongestWait = 86'400'000;

[[noreturn]] inline void reject(const std::string& path, std::string message) {
  throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, std::move(message), path);
}

class Reader {
 public:
  // `path` stands before the names of the members in failures: "rules[0].".
  explicit Reader(const Json& json, std::string path = {}) : json_(json), path_(std::move(path)) {
    if (!json.is_object())
      reject(path_.empty() ? "options" : path_.substr(0, path_.size() - 1), "expected an object");
  }
  Json get(const char* key) const { return json_.value(key, Json()); }

  void flag(const char* key, bool& out) const {
    const Json value = get(key);
    if (value.is_null()) return;
    if (!value.is_boolean()) reject(path_ + key, "expected true or false");
    out = value.get<bool>();
  }
  void count(const char* key, std::uint64_t& out) const {
    const Json value = get(key);
    if (value.is_null()) return;
    if (!value.is_number_unsigned() || value == 0)
      reject(path_ + key, "expected a whole number of at least 1");
    out = value.get<std::uint64_t>();
  }
  void size(const char* key, std::uint64_t& out) const {
    out = parsed(key, out, sdk::size_bytes);
    if (out == 0) reject(path_ + key, "expected at least one byte");
  }
  void duration(const char* key, std::int64_t& out) const {
    out = parsed(key, out, sdk::duration_ms);
    if (out < 0 || out > kLongestWait) reject(path_ + key, "expected at most 24h");
  }
  std::string text(const char* key) const {
    const Json value = get(key);
    if (value.is_null()) return {};
    if (!value.is_string()) reject(path_ + key, "expected a text");
    return value.get<std::string>();
  }
  std::vector<std::string> texts(const char* key) const {
    std::vector<std::string> result;
    const Json values = get(key);
    if (values.is_null()) return result;
    if (!values.is_array()) reject(path_ + key, "expected an array of texts");
    for (const Json& value : values) {
      if (!value.is_string()) reject(path_ + key, "expected an array of texts");
      result.push_back(value.get<std::string>());
    }
    return result;
  }

 private:
  // What the sdk makes of the option, with its name in the failure.
  template <typename T>
  T parsed(const char* key, T otherwise, T (*parse)(const Json&)) const {
    const Json value = get(key);
    if (value.is_null()) return otherwise;
    if (!value.is_string() && !value.is_number_unsigned()) reject(path_ + key, "expected a text");
    try {
      return parse(value);
    } catch (const sdk::Failure& failure) {
      reject(path_ + key, failure.message);
    } catch (const Json::exception&) {
      reject(path_ + key, "expected a text");
    }
  }

  const Json& json_;
  const std::string path_;
};

}  // namespace freshet::loader_web
