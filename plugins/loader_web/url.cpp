#include "loader_web/url.hpp"

#include <algorithm>
#include <array>

#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

// "example.com:443" is "example.com", whatever the scheme: a sitemap that names http pages of an
// https site means the same host.
std::string_view host_of(std::string_view url) {
  std::string_view host = split_url(url).authority;
  for (const std::string_view port : {":80", ":443"})
    if (host.ends_with(port)) host.remove_suffix(port.size());
  return host;
}

std::string_view without_www(std::string_view host) {
  if (host.starts_with("www.")) host.remove_prefix(4);
  return host;
}

bool matches(std::string_view pattern, std::string_view host) {
  if (!pattern.starts_with("*.")) return pattern == host;
  return host.ends_with(pattern.substr(1)) && host.size() >= pattern.size();
}

// "wp-login.php" and "Sign_In" are "wplogin" and "signin".
std::string plain_word(std::string_view segment) {
  std::string word;
  for (const char c : lower(segment.substr(0, segment.find('.'))))
    if (c != '-' && c != '_') word.push_back(c);
  return word;
}

}  // namespace

UrlParts split_url(std::string_view url) {
  UrlParts parts;
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) return parts;
  parts.scheme = url.substr(0, colon);
  url.remove_prefix(colon + 3);
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t slash = url.find('/');
  parts.authority = url.substr(0, slash);
  parts.path = slash == std::string_view::npos ? "/" : url.substr(slash);
  return parts;
}

bool same_origin(std::string_view a, std::string_view b) {
  const UrlParts x = split_url(a), y = split_url(b);
  return x.scheme == y.scheme && x.authority == y.authority && !x.authority.empty();
}

bool same_site(std::string_view a, std::string_view b) {
  return without_www(host_of(a)) == without_www(host_of(b));
}

bool is_below(std::string_view url, std::string_view prefix) {
  return prefix.empty() ||
         (same_site(url, prefix) && split_url(url).path.starts_with(split_url(prefix).path));
}

bool looks_like_login(std::string_view url) {
  static constexpr std::array<std::string_view, 10> words = {
      "login", "logon",  "signin", "sso",   "wplogin",
      "oauth", "oauth2", "saml",   "saml2", "authenticate"};
  std::string_view path = split_url(url).path;
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const std::string last = plain_word(path.substr(path.rfind('/') + 1));
  if (std::find(words.begin(), words.end(), last) != words.end()) return true;
  return path.ends_with("/session/new") || path.ends_with("/sessions/new") ||
         path.ends_with("/oauth2/authorize") || path.ends_with("/oauth/authorize") ||
         path.ends_with("/login/oauth/authorize") || path.find("/saml2/") != std::string_view::npos;
}

void Hosts::add_host_of(std::string_view url) { patterns_.emplace_back(host_of(url)); }

bool Hosts::allow(std::string_view url) const {
  const std::string_view host = host_of(url);
  return std::any_of(patterns_.begin(), patterns_.end(),
                     [&](const std::string& pattern) { return matches(pattern, host); });
}

}  // namespace freshet::loader_web
