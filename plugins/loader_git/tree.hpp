// loader_git/tree.hpp - the files of a commit, and what differs between two of them, as git tells it.
//
// Nothing is ever checked out: a path is a name. One that could lead out of a folder, or into a repository's
// own, is refused all the same, since what is made of it later is not known here.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "loader_git/program.hpp"

namespace freshet::loader_git {

struct File {
  enum class Kind { file, link, submodule };
  std::string path;
  std::string blob;  // its id; of a submodule the commit's
  Kind kind = Kind::file;
};

// Calls `each` with the files of a commit in git's order; false from it ends the walk.
void for_files(const sdk::Call& call, const Program& program, const std::string& commit,
               const std::function<bool(File)>& each);

// One file at two commits; without a blob it is not there.
struct Change {
  File before, after;
};
void for_changes(const sdk::Call& call, const Program& program, const std::string& from,
                 const std::string& to, const std::function<void(Change)>& each);

// The file at `path`, without a blob where there is none.
File find_file(const sdk::Call& call, const Program& program, const std::string& commit,
               const std::string& path);

// Is every part of it a name, and no way out or into ".git"?
bool is_safe_path(std::string_view path);

}  // namespace freshet::loader_git
