// core/base/json.hpp - strict reading of JSON that people write: options and configurations.
//
// Every error names the path of the value at fault ("sources[0].options.include") and what would be
// right; an unknown key also names the nearest known one.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>
#include "core/base/json_memory.hpp"

#include "core/base/error.hpp"
#include "core/base/instant.hpp"

namespace freshet::base {

using Json = nlohmann::json;

// At most `most_bytes` and 64 levels, no duplicate keys, valid UTF-8. `what` names the text in
// errors.
Result<Json> parse_json(std::string_view text, std::string_view what,
                        std::size_t most_bytes = 1 << 20);

// Compact, with ill-formed UTF-8 replaced rather than thrown about.
std::string dump_json(const Json& value, int indent = -1);

// Whether `value` is this text. Json's own comparison copies it in a function that may not throw.
inline bool is_text(const Json& value, std::string_view text) {
  return value.is_string() && value.get_ref<const std::string&>() == text;
}

std::string join_path(std::string_view path, std::string_view key);

// Reads the members of one JSON object and finds what is wrong with them. Members that are absent
// leave their `out` as it is. The first error is kept; finish() returns it, or else names the first
// key that nothing asked for.
class ObjectReader {
 public:
  ObjectReader(const Json& object, std::string path);

  void text(std::string_view key, std::string& out);
  void flag(std::string_view key, bool& out);
  void integer(std::string_view key, std::int64_t& out, std::int64_t least, std::int64_t most);
  void number(std::string_view key, double& out, double least, double most);
  void duration(std::string_view key, Millis& out);
  void size(std::string_view key, std::uint64_t& out);  // "10MiB" or a whole number of bytes
  void texts(std::string_view key, std::vector<std::string>& out);
  // The value as it stands; null when absent.
  const Json* value(std::string_view key);
  // For values with a reader of their own.
  void with(std::string_view key,
            const std::function<Status(const Json&, const std::string& path)>& read);

  void require(std::string_view key);  // null is missing, too
  Status finish();

 private:
  const Json* find(std::string_view key);
  void reject(std::string_view key, std::string message);

  const Json& object_;
  std::string path_;
  std::vector<std::string> known_;
  Status status_;
};

}  // namespace freshet::base
