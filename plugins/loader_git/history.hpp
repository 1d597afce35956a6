// loader_git/history.hpp - which commit changed each file last, as far back as the option `history` looks.
//
// The newest commit alone tells of no file when it was changed. With `history` so many commits come with their
// trees, which share all that does not differ, and one walk over them tells it of every file at once. What lies
// further back has no last change that is known.
#pragma once

#include <string>
#include <unordered_map>

#include "loader_git/program.hpp"

namespace freshet::loader_git {

struct LastChange {
  std::string commit;
  std::string date;  // in ISO 8601
};

using LastChanges = std::unordered_map<std::string, LastChange>;  // by path

// Of the `depth` newest commits from `commit` on.
LastChanges last_changes(const sdk::Call& call, const Program& program, const std::string& commit,
                         std::uint64_t depth);

// Are so many commits here, or all that there are?
bool has_history(const sdk::Call& call, const Program& program, const std::string& commit,
                 std::uint64_t depth);

}  // namespace freshet::loader_git
