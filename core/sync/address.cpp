#include "core/sync/address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/text.hpp"

namespace freshet::sync {
namespace {

using base::Result;

constexpr std::string_view advice =
    "an address is a URL such as https://docs.example.org, a folder, a file, or owner/name of a "
    "repository on GitHub";

tl::unexpected<base::Error> refuse(std::string message) {
  return base::fail(base::Code::invalid_argument, std::move(message));
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// A page of a repository that is a source of its own.
bool is_tracker(std::string_view page) {
  return is_one_of(page, {"issues", "discussions", "releases"});
}

bool is_name(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

std::vector<std::string> segments(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) parts.emplace_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return parts;
}

std::string joined(const std::vector<std::string>& parts, std::size_t from, std::size_t to) {
  return fmt::format("{}", fmt::join(parts.begin() + static_cast<std::ptrdiff_t>(from),
                                     parts.begin() + static_cast<std::ptrdiff_t>(to), "/"));
}

Recognised git(std::string url, std::string what = "a git repository") {
  return {std::move(what), "git", {{"url", std::move(url)}}};
}

// A page of a host of repositories: "https://github.com/owner/name/tree/main/docs".
struct Forge {
  std::string host;
  std::string project;            // "owner/name", on GitLab perhaps with groups
  std::vector<std::string> rest;  // what follows it: "tree", "main", "docs"
};

std::string without_git(std::string name) {
  if (name.ends_with(".git")) name.resize(name.size() - 4);
  return name;
}

std::optional<Forge> forge_of(std::string_view host, std::string_view path) {
  if (host.starts_with("www.")) host.remove_prefix(4);
  if (!is_one_of(host, {"github.com", "gitlab.com", "codeberg.org"})) return std::nullopt;
  const std::vector<std::string> parts = segments(path);
  if (parts.size() < 2) return std::nullopt;  // a person, or the host's front page
  const auto dash = std::find(parts.begin(), parts.end(), "-");
  const bool groups = host == "gitlab.com";
  const auto end = groups ? dash : parts.begin() + 2;
  const std::size_t count = static_cast<std::size_t>(end - parts.begin());
  if (count < 2) return std::nullopt;
  Forge forge{std::string(host), without_git(joined(parts, 0, count)), {}};
  forge.rest.assign(end == dash && dash != parts.end() ? end + 1 : end, parts.end());
  return forge;
}

// `what`: "issues", "discussions" or "releases".
Result<Recognised> issues_of(const Forge& forge, const std::string& what) {
  if (what == "discussions" && forge.host == "codeberg.org")
    return refuse("is no page of codeberg.org, which has no discussions");
  if (forge.host == "gitlab.com")
    return refuse(fmt::format(
        "is the {} of a project on gitlab.com, which no loader reads; the project itself is {}",
        what, "https://gitlab.com/" + forge.project));
  Recognised found{fmt::format("the {} of {} on {}", what, forge.project, forge.host),
                   "github_" + what,
                   {{"repo", forge.project}}};
  if (forge.host != "github.com") found.options["base_url"] = "https://" + forge.host + "/api/v1";
  return found;
}

// GitHub's and GitLab's "tree" and "blob" are followed by the ref, Gitea's "src" by its kind before that.
std::optional<std::size_t> place_of_ref(const std::vector<std::string>& rest) {
  if (rest.size() < 2) return std::nullopt;
  if (is_one_of(rest[0], {"tree", "blob"})) return 1;
  if (rest[0] == "src" && rest.size() > 2 && is_one_of(rest[1], {"branch", "tag", "commit"}))
    return 2;
  return std::nullopt;
}

// Nothing where it is a page of the host that is no part of the repository, such as its wiki.
std::optional<Result<Recognised>> of_forge(const Forge& forge) {
  Recognised found = git(fmt::format("https://{}/{}", forge.host, forge.project),
                         fmt::format("the git repository {} on {}", forge.project, forge.host));
  if (forge.rest.empty()) return found;
  if (is_tracker(forge.rest[0]) && forge.rest.size() == 1) return issues_of(forge, forge.rest[0]);
  const std::optional<std::size_t> ref = place_of_ref(forge.rest);
  if (!ref) return std::nullopt;
  found.options["ref"] = forge.rest[*ref];
  found.what += " at " + forge.rest[*ref];
  if (forge.rest.size() == *ref + 1) return found;
  const std::string below = joined(forge.rest, *ref + 1, forge.rest.size());
  found.options["include"] = {forge.rest[0] == "blob" ? below : below + "/**"};
  found.what += ", " + below;
  return found;
}

Result<Recognised> of_web(const std::string& address, std::string_view behind_scheme) {
  std::string_view rest = behind_scheme.substr(0, behind_scheme.find_first_of("?#"));
  const std::string_view host = rest.substr(0, rest.find('/'));
  const std::string_view path = rest.substr(host.size());
  if (host.empty()) return refuse("has no host");
  if (const auto forge = forge_of(base::to_lower(host), path))
    if (auto found = of_forge(*forge)) return *std::move(found);
  if (path.ends_with(".git") || path.ends_with(".git/")) return git(address);
  return Recognised{"a web address", "site", {{"url", address}}};
}

Recognised of_files(std::string path, std::string what) {
  return {std::move(what), "files", {{"path", std::move(path)}}};
}

std::optional<Recognised> of_path(const std::string& path, const DiskLook& look) {
  switch (look(path)) {
    case OnDisk::file: {
      Recognised file = of_files(path, "a file");
      file.options["included_extensions"] =
          base::Json::array();  // who names a file wants that file
      return file;
    }
    case OnDisk::folder:
      return of_files(path, "a folder");
    case OnDisk::git_repository:
      return git(path);
    case OnDisk::nothing:
      break;
  }
  return std::nullopt;
}

// "git@host:owner/name.git", as ssh takes it.
bool is_scp(std::string_view address) {
  const std::size_t colon = address.find(':');
  const std::size_t at = address.find('@');
  return at != std::string_view::npos && at > 0 && colon != std::string_view::npos && at < colon &&
         address.substr(0, colon).find('/') == std::string_view::npos && colon + 1 < address.size();
}

Result<Recognised> of_scheme(const std::string& address, std::size_t colon, const DiskLook& look) {
  const std::string scheme = base::to_lower(address.substr(0, colon));
  const std::string rest = address.substr(colon + 3);
  if (scheme == "http" || scheme == "https") return of_web(address, rest);
  if (scheme == "ssh" || scheme == "git+ssh" || scheme == "git") return git(address);
  if (scheme == "file") {
    if (auto found = of_path(rest, look)) return *std::move(found);
    return refuse(fmt::format("there is nothing at {}", rest));
  }
  return refuse(
      fmt::format("\"{}\" is not a scheme that a source has: http, https, ssh or file", scheme));
}

// "owner/name", "owner/name/issues": nothing here has that path, so it is meant on GitHub.
std::optional<Result<Recognised>> of_short_name(const std::string& address, const DiskLook& look) {
  const std::vector<std::string> parts = segments(address);
  const bool shaped = parts.size() == 2 || (parts.size() == 3 && is_tracker(parts[2]));
  if (!shaped || address.front() == '/' || !is_name(parts[0]) || !is_name(parts[1]))
    return std::nullopt;
  if (parts[0].find('.') != std::string::npos || look(parts[0]) != OnDisk::nothing)
    return std::nullopt;  // a host without its scheme; a path that is mistyped
  return of_web("https://github.com/" + address, "github.com/" + address);
}

}  // namespace

OnDisk look_on_disk(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code failed;
  const fs::file_status found = fs::status(path, failed);
  if (failed || !fs::exists(found)) return OnDisk::nothing;
  if (!fs::is_directory(found)) return OnDisk::file;
  const auto has = [&](const char* name) { return fs::exists(fs::path(path) / name, failed); };
  return has("HEAD") && has("objects") && has("refs") ? OnDisk::git_repository : OnDisk::folder;
}

Result<Recognised> recognise(std::string_view text, const DiskLook& look) {
  const std::string address(base::trim(text));
  if (address.empty()) return refuse("is empty");
  if (base::printable(address) != address) return refuse("has characters that no address has");
  if (const std::size_t colon = address.find("://"); colon != std::string::npos && colon > 0)
    return of_scheme(address, colon, look);
  if (auto found = of_path(address, look)) return *std::move(found);
  if (is_scp(address)) return git(address);
  if (auto found = of_short_name(address, look)) return *std::move(found);
  const std::string first = address.substr(0, address.find('/'));
  if (first.find('.') != std::string::npos && is_name(first) &&
      address.find(' ') == std::string::npos)
    return refuse(
        fmt::format("there is no such file or folder; a site is written https://{}", address));
  return refuse(fmt::format("there is no such file or folder; {}", advice));
}

std::string plugin_of_loader(std::string_view loader) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> plugins = {
      {{"site", "loader_web"},
       {"files", "loader_files"},
       {"git", "loader_git"},
       {"github_issues", "loader_github"},
       {"github_discussions", "loader_github"},
       {"github_releases", "loader_github"},
       {"feed", "loader_web"}}};
  for (const auto& [name, plugin] : plugins)
    if (name == loader) return std::string(plugin);
  return {};
}

}  // namespace freshet::sync
