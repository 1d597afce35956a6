// core/base/trust.hpp - whose file is this? What freshet loads, and what it keeps its state in,
// must be such that nobody but root and this user can have put it there or can change it.
//
// Once a directory has passed, only root and this user can put a link or another file in the place
// of one that was examined there, so an examination holds for the open that follows it. Under
// TrustRules::shared that is not so, and whoever may write there has to be trusted.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace freshet::base {

struct TrustRules {
  Code code = Code::denied;    // of a refusal
  std::string_view hint = {};  // added where `shared` would have permitted it
  bool shared = false;         // whoever owns it, whoever may write it
};

// The real path of `path`, which has to be absolute. Every directory, link and file on the way, the
// last one included, must belong to root or to this user and not be writable by others. A directory
// above it may be, where it is sticky, as /tmp is: others cannot rename there what is not theirs.
Result<std::string> resolve_trusted(const std::string& path, const TrustRules& rules);

// Makes the directory `path`, and what is missing above it, with mode 0700. The directory that the
// first one is made in must pass as one above it.
Status make_trusted_directory(const std::string& path, const TrustRules& rules);

// A program's own file: no link, a regular file, of one name, and as trusted as a directory. It
// need not exist. Nothing is opened, for closing a file drops this process's POSIX locks on it.
Status check_own_file(const std::string& path, const TrustRules& rules);

// Opens such a file without following a link; made with mode 0600 where `flags` have O_CREAT.
Result<int> open_own_file(const std::string& path, int flags, const TrustRules& rules);

}  // namespace freshet::base
