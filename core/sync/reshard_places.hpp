// core/sync/reshard_places.hpp - the directories of a reshard, opened and judged: what may be moved, and
// what may be filled.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/descriptor.hpp"
#include "core/sync/reshard_copy.hpp"

namespace freshet::sync {

// One of the old directories, or of the new ones.
struct MovedPlace {
  std::string directory;
  RepositoryPtr any;  // of no namespace; null: nothing is there yet
  std::optional<repository::ShardMark> shard;
  std::optional<repository::Move> move;
  std::vector<std::string> spaces;
  base::Digest identity;
  std::uint64_t commit = 0;  // old: the last one before it was left
  base::Descriptor lock;     // old: as long as it is, nobody else moves it
  // Filled by an earlier call, which was ended before it had opened the others.
  bool is_opened = false;

  repository::ShardMark mark() const { return shard.value_or(repository::ShardMark{}); }
};

// Opens them for whoever moves what is there.
class Opener {
 public:
  Opener(const repository::OpenOptions& how, const ports::Machine& machine)
      : how_(how), machine_(machine) {}
  base::Result<RepositoryPtr> open(const std::string& directory, const std::string& space,
                                   bool create) const;

 private:
  const repository::OpenOptions& how_;
  const ports::Machine& machine_;
};

struct MovedPlaces {
  std::vector<MovedPlace> from, to;

  // Of what is moved, from which state, and where to.
  base::Digest plan() const;
  // All that the old ones have is in the new ones: these are left, and those opened, and no more.
  bool are_filled() const;
};

// Fails where a directory cannot be moved or filled, and where the old ones are not all the shards of
// one count. What a run that was ended had under way to a store is sent again by the new ones.
base::Result<MovedPlaces> open_places(const std::vector<std::string>& from,
                                      const std::vector<std::string>& to, const Opener& opener);

// Of all of them, for people and for comparing.
std::string names_of(const std::vector<MovedPlace>& places);

}  // namespace freshet::sync
