#include "loader_web/url.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

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

// Keys that say whence a reader came, or how the page is to look, and not which page it is.
bool is_idle_key(std::string_view key) {
  static constexpr std::array<std::string_view, 19> keys = {
      "gclid",    "fbclid",     "msclkid",   "mc_cid",    "mc_eid", "ref",   "ref_src",
      "referrer", "source",     "src",       "print",     "amp",    "share", "highlight",
      "sid",      "jsessionid", "phpsessid", "sessionid", "_ga"};
  return key.starts_with("utm_") || std::find(keys.begin(), keys.end(), key) != keys.end();
}

// The rest of a query, in order of its parts.
std::vector<std::string> telling_query(std::string_view url) {
  std::vector<std::string> parts;
  url = url.substr(0, url.find('#'));
  const std::size_t mark = url.find('?');
  if (mark == std::string_view::npos) return parts;
  for (std::string_view rest = url.substr(mark + 1); !rest.empty();) {
    const std::size_t end = std::min(rest.find_first_of("&;"), rest.size());
    const std::string_view part = rest.substr(0, end);
    if (!part.empty() && !is_idle_key(lower(part.substr(0, part.find('=')))))
      parts.emplace_back(part);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::sort(parts.begin(), parts.end());
  return parts;
}

// "/guide" of "/guide/index.html", "/guide/", "/guide.html", "/Guide/amp".
std::string plain_path(std::string_view path) {
  std::string plain = lower(path);
  for (const std::string_view end : {"/index.html", "/index.htm", "/index.php", "/default.aspx",
                                     "/", "/amp", "/print", ".html", ".htm", ".php", ".xhtml"})
    if (plain.size() > end.size() && plain.ends_with(end)) plain.resize(plain.size() - end.size());
  return plain;
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

bool same_address(std::string_view a, std::string_view b) {
  return same_origin(a, b) && plain_path(split_url(a).path) == plain_path(split_url(b).path) &&
         telling_query(a) == telling_query(b);
}

bool same_site(std::string_view a, std::string_view b) {
  return without_www(host_of(a)) == without_www(host_of(b));
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

// With and without "www." it is one site.
void Hosts::add_host_of(std::string_view url) {
  const std::string host(without_www(host_of(url)));
  patterns_.push_back(host);
  patterns_.push_back("www." + host);
}

bool Hosts::allow(std::string_view url) const {
  const std::string_view host = host_of(url);
  return std::any_of(patterns_.begin(), patterns_.end(),
                     [&](const std::string& pattern) { return matches(pattern, host); });
}

}  // namespace freshet::loader_web
