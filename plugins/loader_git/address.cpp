#include "loader_git/address.hpp"

#include <algorithm>
#include <filesystem>

#include <freshet/sdk/call.hpp>
#include <freshet/sdk/path.hpp>

namespace freshet::loader_git {
namespace {

[[noreturn]] void reject(std::string why) {
  throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, std::move(why), "url");
}

// "user@host:path", which is what ssh users write.
bool is_scp(const std::string& url) {
  const std::size_t colon = url.find(':');
  return colon != std::string::npos && colon > 0 && url.find('/') > colon;
}

std::string trimmed(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  if (path.ends_with(".git") && !path.ends_with("/.git")) path.resize(path.size() - 4);
  while (path.starts_with('/')) path.erase(0, 1);
  return path;
}

Address file_address(const std::string& path) {
  std::error_code failed;
  std::string absolute = std::filesystem::absolute(path, failed).lexically_normal().string();
  if (failed) reject("not a usable path: " + failed.message());
  while (absolute.size() > 1 && absolute.ends_with('/')) absolute.pop_back();
  return {"file://" + absolute, "file", {}, {}, trimmed(absolute)};
}

Address network_address(const std::string& scheme, std::string_view rest) {
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos || slash + 1 == rest.size())
    reject("names a host and no repository");
  std::string_view authority = rest.substr(0, slash);
  std::string user;
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    user = authority.substr(0, at + 1);
    authority.remove_prefix(at + 1);
  }
  if (user.find(':') != std::string::npos || (scheme != "ssh" && !user.empty()))
    reject("has a user name or a password in it: give a token by the option token");
  std::string host = lower(std::string(authority));
  if (host.empty() || host.starts_with('-') || user.starts_with('-')) reject("has no usable host");
  const std::string place = scheme + "://" + user + host;
  const std::string path(rest.substr(slash));
  if (path.find_first_of("?#") != std::string::npos) reject("has a query or a fragment");
  if (scheme == "ssh") host.erase(std::min(host.find(':'), host.size()));
  return {place + path, scheme, scheme == "ssh" ? std::string() : place, host, trimmed(path)};
}

}  // namespace

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return text;
}

Address parse_address(const std::string& url) {
  const bool odd = std::any_of(url.begin(), url.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  if (url.empty() || odd || url.starts_with('-'))
    reject("not the address of a repository, such as https://example.org/docs.git");
  const std::size_t mark = url.find("://");
  if (mark == std::string::npos) {
    if (url.find("::") != std::string::npos) reject("names a helper program, which is not run");
    if (!is_scp(url)) return file_address(url);
    std::string path = url.substr(url.find(':') + 1);
    if (!path.starts_with('/')) path.insert(0, "/");
    return network_address("ssh", url.substr(0, url.find(':')) + path);
  }
  const std::string scheme = lower(url.substr(0, mark));
  const std::string rest = url.substr(mark + 3);
  if (scheme == "file") {
    if (!rest.starts_with('/')) reject("a file URL needs an absolute path");
    return file_address(rest);
  }
  if (scheme != "https" && scheme != "http" && scheme != "ssh")
    reject("the scheme " + scheme + " is not one of https, http, ssh and file");
  return network_address(scheme, rest);
}

Web web_of(const Address& address, std::string_view option) {
  if (option == "github") return Web::github;
  if (option == "gitlab") return Web::gitlab;
  if (option == "gitea") return Web::gitea;
  if (option == "bitbucket") return Web::bitbucket;
  if (option == "none") return Web::none;
  if (address.host == "github.com") return Web::github;
  if (address.host == "gitlab.com" || address.host.starts_with("gitlab.")) return Web::gitlab;
  if (address.host == "codeberg.org") return Web::gitea;
  return address.host == "bitbucket.org" ? Web::bitbucket : Web::none;
}

std::string page_of(const Address& address, Web web, std::string_view revision, bool is_commit,
                    const std::string& path) {
  if (web == Web::gitea && revision.empty()) return {};  // it has no name for its default branch
  const std::string at = sdk::escape_path(revision.empty() ? std::string_view("HEAD") : revision);
  const std::string base = (address.scheme == "http" ? address.origin : "https://" + address.host) +
                           "/" + sdk::escape_path(address.path);
  const std::string name = at + "/" + sdk::escape_path(path);
  switch (web) {
    case Web::github:
      return base + "/blob/" + name;
    case Web::gitlab:
      return base + "/-/blob/" + name;
    case Web::gitea:
      return base + (is_commit ? "/src/commit/" : "/src/branch/") + name;
    case Web::bitbucket:
      return base + "/src/" + name;
    case Web::none:
      break;
  }
  return {};
}

}  // namespace freshet::loader_git
