// loader_git/submodules.hpp - what a commit says of its submodules, and which of them may be asked for.
//
// The URL of a submodule is whatever somebody who may commit has written. So it is asked for by a protocol that is no
// less than that of the repository itself, on its host or on one that the options name; on this machine's disk only
// beside a repository that is there itself.
#pragma once

#include <string>
#include <vector>

#include "loader_git/mirror.hpp"

namespace freshet::loader_git {

struct Submodule {
  std::string path;          // in the repository that it is in
  std::string commit;        // that is pinned
  std::string url;           // as .gitmodules has it; empty: it has none
  std::string problem = {};  // why .gitmodules cannot be read
};

std::vector<Submodule> submodules_of(const sdk::Call& call, Mirror& mirror,
                                     const std::string& commit);

// Where it is; a relative URL is of `outer`, the repository that it is in. Throws where it is nothing that may be
// asked for.
Address address_of(const Options& options, const Address& outer, const Submodule& submodule);

// Do the submodules differ between two commits of a repository?
bool submodules_differ(const sdk::Call& call, const Program& program, const std::string& from,
                       const std::string& to);

}  // namespace freshet::loader_git
