#include "core/sync/listen.hpp"

#include <fmt/format.h>

#include <charconv>

#include "core/host/secrets.hpp"
#include "core/net/address.hpp"

namespace freshet::sync {
namespace {

using base::Code;
using base::Status;

constexpr const char* endpoint_form =
    R"(is not an IP address and a port, such as "127.0.0.1:8466" or "[::1]:8466")";

// Host and port; empty where there are no two.
std::pair<std::string_view, std::string_view> split_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) return {host.substr(1, host.size() - 2), port};
  return host.find(':') == std::string_view::npos ? std::pair{host, port}
                                                  : std::pair<std::string_view, std::string_view>{};
}

std::string text_of(const base::Json& options, const char* key) {
  const auto found = options.is_object() ? options.find(key) : options.end();
  return found != options.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Status check_secret(const std::string& reference, const std::string& path) {
  if (reference.empty() || host::is_secret_reference(reference)) return {};
  return base::fail(Code::invalid_argument,
                    R"(is not a reference to a secret: write "env:NAME" or "file:/path")", path);
}

Status read_hooks(const base::Json& json, const std::string& path, ListenConfig& out) {
  base::ObjectReader in(json, path);
  in.text("github", out.github);
  in.text("gitlab", out.gitlab);
  in.text("generic", out.generic);
  FRESHET_TRY(in.finish());
  FRESHET_TRY(check_secret(out.github, base::join_path(path, "github")));
  FRESHET_TRY(check_secret(out.gitlab, base::join_path(path, "gitlab")));
  return check_secret(out.generic, base::join_path(path, "generic"));
}

// Braces stand around the words that are put in, and nowhere else.
Status check_template(const std::string& text, const std::string& path) {
  for (std::size_t at = 0; (at = text.find_first_of("{}", at)) != std::string::npos;) {
    std::size_t known = 0;
    for (const std::string_view word : {"{path}", "{stem}", "{commit}"})
      if (std::string_view(text).substr(at).starts_with(word)) known = word.size();
    if (known == 0)
      return base::fail(Code::invalid_argument,
                        "has a brace that is none of {path}, {stem} and {commit}", path);
    at += known;
  }
  return {};
}

}  // namespace

std::string Endpoint::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

base::Result<Endpoint> parse_endpoint(std::string_view text, const std::string& path) {
  const auto [name, port] = split_endpoint(text);
  Endpoint endpoint;
  endpoint.host = name == "localhost" ? "127.0.0.1" : std::string(name);
  const auto address = net::address_of(endpoint.host);
  const auto read = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  if (!address || port.empty() || read.ec != std::errc() || read.ptr != port.data() + port.size())
    return base::fail(Code::invalid_argument, endpoint_form, path);
  endpoint.loopback = net::special_kind(*address) == "loopback";
  return endpoint;
}

Status read_listen(base::ObjectReader& in, const std::string& path, ListenConfig& out) {
  std::string listen;
  in.text("listen", listen);
  in.text("listen_token", out.token);
  in.texts("listen_names", out.names);
  in.with("hooks", [&](const base::Json& value, const std::string& at) {
    return read_hooks(value, at, out);
  });
  FRESHET_TRY(check_secret(out.token, base::join_path(path, "listen_token")));
  if (listen.empty()) return {};
  FRESHET_ASSIGN(out.endpoint, parse_endpoint(listen, base::join_path(path, "listen")));
  if (out.endpoint->loopback || !out.token.empty()) return {};
  return base::fail(Code::invalid_argument,
                    fmt::format(R"(is missing: others than this machine reach {}; )"
                                R"(write "env:NAME" or "file:/path")",
                                out.endpoint->text()),
                    base::join_path(path, "listen_token"));
}

base::Result<HookConfig> parse_hook(const base::Json& json, const std::string& path,
                                    const std::string& loader, const base::Json& options) {
  HookConfig hook;
  base::ObjectReader in(json, path);
  if (loader == "git") {
    hook.origin = text_of(options, "url");
    hook.branch = text_of(options, "ref");
  }
  in.text("origin", hook.origin);
  in.text("branch", hook.branch);
  in.text("folder", hook.folder);
  in.text("uri", hook.uri);
  in.text("prefix", hook.prefix);
  if (hook.origin.empty()) in.require("origin");
  FRESHET_TRY(in.finish());
  FRESHET_TRY(check_template(hook.uri, base::join_path(path, "uri")));
  FRESHET_TRY(check_template(hook.prefix, base::join_path(path, "prefix")));
  if (!hook.folder.empty() && !hook.folder.ends_with('/')) hook.folder += '/';
  if (hook.origin.empty())
    return base::fail(Code::invalid_argument, "is empty: name the repository's URL",
                      base::join_path(path, "origin"));
  return hook;
}

}  // namespace freshet::sync
