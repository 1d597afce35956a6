// core/serve/push.hpp - what a push to a repository says, in the words of those who tell of it. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/base/json.hpp"
#include "core/sync/listen.hpp"

namespace freshet::serve {

struct Push {
  std::vector<std::string> origins;  // all URLs that the repository is known by
  std::string branch, default_branch;
  std::string commit;
  std::vector<std::string> files;  // changed, added or removed, each once
  bool moved = false;              // some were added or removed
  bool complete = false;           // the files are all that the push changed
  bool of_branch = false;          // else of a tag, or it takes the branch away
};

// Fail with parse, naming what is missing.
base::Result<Push> github_push(const base::Json& payload);
base::Result<Push> gitlab_push(const base::Json& payload);
// {"origin","branch","commit","files":[…],"added":[…],"removed":[…],"complete"}.
base::Result<Push> generic_push(const base::Json& payload);

// Whether a push is about the source that says so.
bool is_about(const sync::HookConfig& hook, const Push& push);

// Which bytes of a path stand in a URL as they are. Sites and loaders differ in that.
enum class Escapes {
  few,  // whatever RFC 3986 lets stand in a path
  most  // letters, digits and "-._~/" stand alone
};

// What stands for the file in `text`, "https://docs.example.org/{path}". Empty: the file is not
// below the folder, or is none that a URL could name.
std::string fill_in(const std::string& text, const sync::HookConfig& hook, const std::string& file,
                    const Push& push, Escapes escapes = Escapes::few);

// "github.com/example/docs" of "https://github.com/example/docs.git", "git@github.com:example/docs".
std::string plain_origin(std::string_view url);

}  // namespace freshet::serve
