#include "loader_git/options.hpp"

#include <algorithm>

#include <freshet/sdk/freshet_sdk.hpp>
#include <freshet/sdk/options.hpp>
#include <freshet/sdk/path.hpp>

namespace freshet::loader_git {
namespace {

using Json = nlohmann::json;

[[noreturn]] void reject(const std::string& path, std::string message) {
  throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, std::move(message), path);
}

// As git itself has it for the names of branches and tags (git-check-ref-format).
void check_ref(const std::string& ref) {
  const bool odd = std::any_of(ref.begin(), ref.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 ||
           std::string_view("~^:?*[\\\x7F").find(c) != std::string_view::npos;
  });
  if (odd || ref.starts_with('-') || ref.starts_with('/') || ref.ends_with('/') ||
      ref.find("..") != std::string::npos || ref.find("@{") != std::string::npos ||
      ref.find("//") != std::string::npos || ref.ends_with(".lock"))
    reject("ref", "not the name of a branch or a tag, and no commit id");
}

std::uint64_t size_option(const Json& json, const char* key) {
  const std::uint64_t bytes = sdk::size_bytes(json.at(key));
  if (bytes == 0 || bytes > std::uint64_t{1} << 40)
    reject(key, "expected a size from 1 byte to 1024GiB");
  return bytes;
}

void read_limits(const Json& json, Options& options) {
  options.max_file_size = size_option(json, "max_file_size");
  options.max_pack = size_option(json, "max_pack");
  options.max_cache = size_option(json, "max_cache");
  options.max_entries = json.at("max_entries").get<std::uint64_t>();
  options.history = json.at("history").get<std::uint64_t>();
  options.timeout_ms = sdk::duration_ms(json.at("timeout"));
  if (options.timeout_ms < 1000) reject("timeout", "expected at least 1s");
}

void read_credentials(const Json& json, Options& options) {
  options.token = json.value("token", "");
  options.username = json.at("username").get<std::string>();
  options.ssh_key = json.value("ssh_key", "");
  options.known_hosts = json.value("known_hosts", "");
  if (!options.token.empty() && options.address.scheme != "https" &&
      options.address.scheme != "http")
    reject("token",
           "is for https; a repository by " + options.address.scheme + " has no use for it");
  if (!options.ssh_key.empty() && options.address.scheme != "ssh")
    reject("ssh_key",
           "is for ssh; a repository by " + options.address.scheme + " has no use for it");
}

}  // namespace

bool is_object_id(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool Options::is_commit() const { return is_object_id(ref); }

bool Options::takes(std::string_view path) const {
  return (include.empty() || include.match(path)) && !exclude.match(path) &&
         !excluded_extensions.contains(sdk::extension_of(path));
}

bool Options::leaves_out_folder(const std::string& path) const {
  constexpr const char* no_name = "/\1";  // what leaves this out leaves out any name
  return exclude.match(path) || exclude.match(path + no_name) ||
         (!include.empty() && !include.may_match_below(path));
}

Options read_options(const Json& json) {
  Options options;
  options.address = parse_address(json.at("url").get<std::string>());
  options.web = web_of(options.address, json.at("web").get<std::string>());
  options.ref = json.at("ref").get<std::string>();
  check_ref(options.ref);
  options.uri_prefix = json.at("uri_prefix").get<std::string>();
  while (options.uri_prefix.ends_with('/')) options.uri_prefix.pop_back();
  if (!options.uri_prefix.empty() && options.uri_prefix.find(':') == std::string::npos)
    reject("uri_prefix", "not the beginning of a URI such as \"https://example.org/docs\"");
  const auto globs = [&](const char* key) {
    return support::Globs(json.at(key).get<std::vector<std::string>>(), key, support::Bare::path);
  };
  options.include = globs("include");
  options.exclude = globs("exclude");
  for (const Json& text : json.at("excluded_extensions")) {
    const auto name = text.get<std::string>();
    options.excluded_extensions.insert(lower(name.starts_with('.') ? name.substr(1) : name));
  }
  options.submodules = json.at("submodules").get<bool>();
  for (const Json& host : json.at("submodule_hosts"))
    options.submodule_hosts.insert(lower(host.get<std::string>()));
  options.cache = json.at("cache").get<std::string>();
  read_limits(json, options);
  read_credentials(json, options);
  return options;
}

}  // namespace freshet::loader_git
