// core/sync/listen.hpp - where a service listens for its operators, who may ask it, and which source
// a push to a repository is about: what the configuration says of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/json.hpp"

namespace freshet::sync {

// An IP address and a port of this machine.
struct Endpoint {
  std::string host;        // "127.0.0.1", "::1"; never a name
  std::uint16_t port = 0;  // 0: any that is free
  bool loopback = false;   // nobody but this machine reaches it

  std::string text() const;  // "127.0.0.1:8466", "[::1]:8466"
};
// "127.0.0.1:8466", "[::1]:8466", "localhost:8466"; `path` is where it stands.
base::Result<Endpoint> parse_endpoint(std::string_view text, const std::string& path);

struct ListenConfig {
  std::optional<Endpoint> endpoint;  // absent: it does not listen
  std::string token;                 // where the secret is; empty: who reaches it may ask it
  std::vector<std::string> names;    // host names that it is asked by, besides its address
  // Where the secret of each kind of hook is; empty: such hooks are not taken.
  std::string github, gitlab, generic;
};

// Reads "listen", "listen_token", "listen_names" and "hooks" {"github","gitlab","generic"}. The
// token is required where others than this machine reach it.
base::Status read_listen(base::ObjectReader& in, const std::string& path, ListenConfig& out);

// Which pushes are about a source, and which of its roots a file of the repository is.
struct HookConfig {
  std::string origin;  // URL of the repository, as people clone or see it
  std::string branch;  // empty: the default branch, where a push says which that is, else any
  std::string folder;  // files below it only, "docs/"; empty: all
  std::string uri;     // the root of a file: "{path}", "{stem}" below the folder, and "{commit}"
  std::string prefix;  // all known roots that begin so; with the same words. Empty: none
};
// Of a source of kind "git" the origin and the branch are by default those that its options name.
base::Result<HookConfig> parse_hook(const base::Json& json, const std::string& path,
                                    const std::string& loader, const base::Json& options);

}  // namespace freshet::sync
