// loader_web/url.hpp - questions about URLs that the host has normalised: absolute, http or https,
// scheme and host in lower case.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace freshet::loader_web {

inline constexpr std::size_t kMaxUrlBytes = 2048;  // as sitemaps.org says

struct UrlParts {
  std::string_view scheme;     // "https"
  std::string_view authority;  // "example.com:8443"
  std::string_view path;       // "/a/b", at least "/"; without the query
};
UrlParts split_url(std::string_view url);

// Same scheme, host and port.
bool same_origin(std::string_view a, std::string_view b);

// One address, written in two ways: with a slash at its end, with ".html", with a key in its query that
// only says whence a reader came.
bool same_address(std::string_view a, std::string_view b);

// The same host under another scheme, or with or without "www.": what a site redirects within.
bool same_site(std::string_view a, std::string_view b);

// A last path segment such as "login", "signin" or "sso".
bool looks_like_login(std::string_view url);

// Which hosts a source may lead to.
class Hosts {
 public:
  Hosts() = default;
  // "example.com", "example.com:8443" or "*.example.com".
  explicit Hosts(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {}
  void add_host_of(std::string_view url);
  bool allow(std::string_view url) const;

 private:
  std::vector<std::string> patterns_;
};

}  // namespace freshet::loader_web
