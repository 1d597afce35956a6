#include "core/serve/gatekeeper.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.hpp"
#include "core/net/address.hpp"
#include "core/net/signature.hpp"

namespace freshet::serve {
namespace {

using base::Code;
using base::Status;

// "[::1]:8466" is "::1", "Docs.example.org:80" is "docs.example.org". Empty: it is none.
std::string without_port(std::string_view host) {
  const std::size_t bracket = host.find(']');
  if (host.starts_with('['))
    return std::string(host.substr(1, bracket == std::string_view::npos ? 0 : bracket - 1));
  return base::to_lower(host.substr(0, host.find(':')));
}

bool is_loopback(std::string_view address) {
  const auto known = net::address_of(address);
  return known && net::special_kind(*known) == "loopback";
}

bool is_our_name(const std::string& host, const Request& request,
                 const std::vector<std::string>& names) {
  if (host == "localhost") return is_loopback(request.local_address);
  const auto address = net::address_of(host);
  if (address && net::to_string(*address) == request.local_address) return true;
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& each) { return base::to_lower(each) == host; });
}

// The origin that pages served under this Host have.
bool is_same_origin(std::string_view origin, std::string_view host) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (origin.starts_with(scheme)) return origin.substr(scheme.size()) == host;
  return false;
}

}  // namespace

Status Gatekeeper::check_origin(const Request& request) const {
  const std::string_view host = request.header("host");
  if (!is_our_name(without_port(host), request, names))
    return base::fail(Code::denied,
                      "is not a name of this service: ask by its address, or put the name into "
                      "service.listen_names",
                      fmt::format("Host {}", base::in_quotes(host)));
  const std::string_view origin = request.header("origin");
  if (!origin.empty() && !is_same_origin(origin, host))
    return base::fail(Code::denied, "is another origin: its pages may not ask this service",
                      fmt::format("Origin {}", base::in_quotes(origin)));
  const std::string_view site = request.header("sec-fetch-site");
  const bool opens_the_page = request.path == "/" && request.header("sec-fetch-mode") == "navigate";
  if (site.empty() || site == "same-origin" || site == "none" || opens_the_page) return {};
  return base::fail(Code::denied, "asks from a page of another origin", "Sec-Fetch-Site");
}

Status Gatekeeper::check_token(const Request& request) const {
  constexpr std::string_view scheme = "Bearer ";
  if (token.empty()) return {};
  const std::string_view said = request.header("authorization");
  if (said.empty())
    return base::fail(Code::denied, "is missing: \"Authorization: Bearer TOKEN\"", "token");
  if (said.starts_with(scheme) && net::same_secret(said.substr(scheme.size()), token)) return {};
  return base::fail(Code::denied, "is not the one of this service", "token");
}

}  // namespace freshet::serve
