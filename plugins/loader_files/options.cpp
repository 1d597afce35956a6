#include "loader_files/options.hpp"

#include <algorithm>
#include <filesystem>

#include <freshet/sdk/freshet_sdk.hpp>
#include <freshet/sdk/options.hpp>
#include <freshet/sdk/path.hpp>

namespace freshet::loader_files {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 40;

[[noreturn]] void reject(const std::string& path, std::string message) {
  throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, std::move(message), path);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return result;
}

std::string text_option(const Json& json, const char* key) {
  const Json value = json.value(key, Json());
  if (value.is_null()) return {};
  if (!value.is_string()) reject(key, "expected a text");
  auto text = value.get<std::string>();
  if (text.find('\0') != std::string::npos) reject(key, "a text with a NUL");
  return text;
}

std::vector<std::string> texts_option(const Json& json, const char* key) {
  std::vector<std::string> texts;
  const Json values = json.value(key, Json::array());
  if (!values.is_array()) reject(key, "expected an array of texts");
  for (const Json& value : values) {
    if (!value.is_string()) reject(key, "expected an array of texts");
    texts.push_back(value.get<std::string>());
  }
  return texts;
}

std::int64_t size_option(const Json& value, const char* key) {
  if (!value.is_string() && !value.is_number_unsigned())
    reject(key, "expected a size such as 10MiB");
  std::uint64_t bytes = 0;
  try {
    bytes = sdk::size_bytes(value);
  } catch (const sdk::Failure& failure) {
    reject(key, failure.message);
  }
  if (bytes == 0 || bytes > kMostBytes) reject(key, "expected a size from 1 byte to 1024GiB");
  return static_cast<std::int64_t>(bytes);
}

std::int64_t integer_option(const Json& json, const char* key, std::int64_t otherwise,
                            std::int64_t least) {
  const Json value = json.value(key, Json());
  if (value.is_null()) return otherwise;
  if (!value.is_number_integer() || value < least)
    reject(key, "expected a whole number of at least " + std::to_string(least));
  return value.get<std::int64_t>();
}

std::string absolute_path(const std::string& path) {
  std::error_code problem;
  std::filesystem::path absolute = std::filesystem::absolute(path, problem);
  if (problem) reject("path", "not a usable path: " + problem.message());
  std::string text = absolute.lexically_normal().string();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

std::set<std::string, std::less<>> read_extensions(const std::vector<std::string>& texts) {
  std::set<std::string, std::less<>> extensions;
  for (std::string_view text : texts)
    extensions.insert(lower(text.starts_with('.') ? text.substr(1) : text));
  return extensions;
}

// "**/*.log" takes nothing where no .log is taken: better said at once than found out by nobody.
void check_contradiction(const Options& options, const std::vector<std::string>& include) {
  for (std::size_t i = 0; i < include.size(); ++i) {
    const std::string name = include[i].substr(include[i].rfind('/') + 1);
    const std::string extension = sdk::extension_of(name);
    const bool fixed = !extension.empty() && extension.find_first_of("*?") == std::string::npos;
    if (fixed && name.starts_with('*') && !options.takes_name(name))
      reject("include[" + std::to_string(i) + "]",
             "asks for ." + extension + " files, which included_extensions leaves out");
  }
}

}  // namespace

bool Options::takes_name(std::string_view name) const {
  return extensions.empty() || extensions.find(sdk::extension_of(name)) != extensions.end();
}

Options read_options(const Json& json) {
  if (!json.is_object()) reject("options", "expected an object");
  Options options;
  const std::string path = text_option(json, "path");
  if (path.empty()) reject("path", "missing: a directory or a file");
  options.path = absolute_path(path);
  options.uri_prefix = text_option(json, "uri_prefix");
  if (options.uri_prefix.empty())
    options.uri_prefix =
        "file://" + sdk::escape_path(options.path == "/" ? std::string() : options.path);
  while (options.uri_prefix.ends_with('/') && !options.uri_prefix.ends_with("://"))
    options.uri_prefix.pop_back();
  if (options.uri_prefix.find(':') == std::string::npos)
    reject("uri_prefix", "not the beginning of a URI such as \"https://example.org/docs\"");
  const std::vector<std::string> include = texts_option(json, "include");
  options.include = support::Globs(include, "include", support::Bare::name);
  options.exclude = support::Globs(texts_option(json, "exclude"), "exclude", support::Bare::name);
  options.extensions = read_extensions(texts_option(json, "included_extensions"));
  for (std::string& name : texts_option(json, "excluded_directories"))
    options.excluded_directories.insert(std::move(name));
  options.relative_path = text_option(json, "relative_path");
  while (options.relative_path.ends_with('/')) options.relative_path.pop_back();
  if (!options.relative_path.empty() && !sdk::is_safe_path(options.relative_path))
    reject("relative_path", "not a path below path, without \".\" and \"..\"");
  if (json.contains("max_file_size"))
    options.max_file_size = size_option(json["max_file_size"], "max_file_size");
  const Json follow = json.value("follow_symlinks", Json(false));
  if (!follow.is_boolean()) reject("follow_symlinks", "expected true or false");
  options.follow_symlinks = follow.get<bool>();
  options.max_depth = integer_option(json, "max_depth", -1, -1);
  options.max_entries =
      static_cast<std::uint64_t>(integer_option(json, "max_entries", 1'000'000, 1));
  check_contradiction(options, include);
  return options;
}

}  // namespace freshet::loader_files
