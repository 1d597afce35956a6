// core/backup/restore.hpp - a snapshot becomes a repository again, in a directory that has none.
//
// It is made beside its place, each piece compared with its name, the whole read through as every
// unknown file is, and each namespace checked. Only then does it get its name: until then nobody can
// take it for a repository.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/backup/snapshot.hpp"
#include "core/ports/machine.hpp"

namespace freshet::backup {

struct Restored {
  std::string id;
  base::Instant taken;
  std::uint64_t bytes = 0, roots = 0, chunks = 0;
  std::vector<std::string> namespaces;
};

// `wanted`: an id or the front of one; empty: the last snapshot. `shared`: whoever may write at
// `directory` is trusted.
base::Result<Restored> restore(Place& place, const std::string& wanted,
                               const std::string& directory, bool shared,
                               const ports::Machine& machine, const base::Cancel& cancel);

}  // namespace freshet::backup
