// core/backup/take.hpp - takes a snapshot of a repository into a place, writing only pieces that no
// snapshot there has yet; then removes what is not kept.
//
// The order is what makes it safe to die at any moment: pieces, the snapshot that names them, then
// snapshots that are too many, then pieces that no snapshot names.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/backup/snapshot.hpp"
#include "core/repository/repository.hpp"

namespace freshet::backup {

struct Taken {
  std::string id;
  std::uint64_t bytes = 0, pieces = 0;                  // of the snapshot
  std::uint64_t written_bytes = 0, written_pieces = 0;  // what was new
  std::vector<std::string> snapshots, removed;          // by id: those that are kept, oldest first
  std::uint64_t removed_pieces = 0;
};

// `keep`: so many snapshots; 0: all.
base::Result<Taken> take(const repository::Repository& repository, Place& place, std::size_t keep,
                         const base::Cancel& cancel);

}  // namespace freshet::backup
