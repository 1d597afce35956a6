// core/backup/snapshot.hpp - what a backup holds: snapshots, each a list of pieces by their content.
//
//     freshet-backup.json      says that this is a backup, and of which form
//     snapshots/ID.json        one snapshot: when, of what, and its pieces in order
//     pieces/ab/abcdef…        a piece, named by its SHA-256
//
// An ID is the time and the front of the SHA-256 of its own file, so that a torn one is found. Pieces
// are written before the snapshot that names them, and removed after the last one that did.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/backup/place.hpp"
#include "core/base/json.hpp"

namespace freshet::backup {

// Small, so that a few changed pages cost little; large, so that a bucket is not asked too often.
inline constexpr std::uint64_t piece_size = 64u << 10;

struct Snapshot {
  std::string id;
  base::Instant taken;
  std::string identity;    // of the repository; a restored one has the same
  std::string repository;  // its directory, then and there
  std::uint64_t size = 0;
  std::vector<std::string> pieces;  // SHA-256 in hex; all but the last of piece_size bytes

  std::uint64_t bytes_of(std::size_t index) const;  // of one piece
};

std::string piece_name(const std::string& digest);
std::string snapshot_name(const std::string& id);
// The file of a snapshot, and its name in `id`.
std::string encode(Snapshot& snapshot);
// Fails with corrupt or version; `path` is the subject.
base::Result<Snapshot> decode(std::string_view text, const std::string& id,
                              const std::string& path);

// Whether it is a backup. False: nothing is there. What is there and is none is refused.
base::Result<bool> is_backup(Place& place, const base::Cancel& cancel);
base::Status mark_as_backup(Place& place, const base::Cancel& cancel);

// All of them, oldest first. One that is damaged is an error that names it.
base::Result<std::vector<Snapshot>> read_snapshots(Place& place, const base::Cancel& cancel);

}  // namespace freshet::backup
