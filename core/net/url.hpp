// core/net/url.hpp - URLs, read by libcurl's own parser, so that the host that is checked and the
// host that is connected to cannot differ.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace freshet::net {

// A normalised http or https URL: scheme and host in lower case, no default port, no dot segments,
// no fragment, no userinfo; escapes in upper case, and only where they are needed. Equal text =
// same URL.
struct Url {
  std::string text;
  std::string scheme;
  std::string host;  // IPv6 in brackets
  std::uint16_t port = 0;
  std::string target;  // path and query

  bool secure() const { return scheme == "https"; }
  std::string authority() const;  // "host:port": what one set of limits covers
  std::string origin() const;     // "https://host", with a port that is not the default one
};

// Fails with invalid_argument; the subject is the URL, redacted. At most 8 KiB.
base::Result<Url> parse_url(std::string_view text);

// `reference` as found in a document or a Location header of `base`; `base` empty: absolute
// already.
base::Result<Url> resolve_url(std::string_view base, std::string_view reference);

// The origin of a URL; empty when it is no URL.
std::string origin_of(std::string_view url);

// Escapes what may not stand in a path or query, unescapes what need not be escaped.
std::string normalise_escapes(std::string_view text);

}  // namespace freshet::net
