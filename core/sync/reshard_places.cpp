#include "core/sync/reshard_places.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>

#include "core/base/directory.hpp"
#include "core/base/system_error.hpp"

namespace freshet::sync {
namespace {

using base::Code;
using base::Result;
using base::Status;
using repository::MoveStage;
using repository::ShardMark;
using repository::Writer;

constexpr std::size_t most_directories = 65'536;

tl::unexpected<base::Error> cannot_move(std::string message, const std::string& subject) {
  return base::fail(Code::invalid_argument, std::move(message), subject);
}

Result<std::vector<MovedPlace>> named_places(const std::vector<std::string>& directories,
                                             const char* option, std::set<std::string>& met) {
  if (directories.empty()) return cannot_move("is empty: name at least one directory", option);
  if (directories.size() > most_directories)
    return cannot_move(fmt::format("has more than {} directories", most_directories), option);
  std::vector<MovedPlace> places;
  for (const std::string& directory : directories) {
    if (directory.empty()) return cannot_move("has a directory without a name", option);
    const auto whole = std::filesystem::absolute(directory);
    places.emplace_back().directory = std::filesystem::weakly_canonical(whole).string();
    if (!met.insert(places.back().directory).second)
      return cannot_move("is named twice: each shard has a directory of its own", directory);
  }
  return places;
}

Status look_at_place(MovedPlace& place) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, place.any->read());
  FRESHET_ASSIGN(place.shard, snapshot.shard());
  FRESHET_ASSIGN(place.move, snapshot.move());
  FRESHET_ASSIGN(place.identity, snapshot.identity());
  FRESHET_ASSIGN(const auto spaces, snapshot.name_spaces());
  for (const repository::NameSpace& space : spaces) {
    if (space.dropping)
      return base::fail(Code::busy, "is being dropped: drop it again to end that",
                        "namespace " + space.name);
    place.spaces.push_back(space.name);
  }
  return {};
}

Status lock_directory(MovedPlace& place) {
  place.lock =
      base::Descriptor(::open(place.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!place.lock.is_open()) return base::fail_errno(errno, "cannot be opened", place.directory);
  if (::flock(place.lock.get(), LOCK_EX | LOCK_NB) == 0) return {};
  return base::fail(Code::busy, "another freshet reshard works on it", place.directory);
}

Status recover_space(repository::Repository& space) {
  std::vector<repository::TargetNumber> stranded;
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, space.read());
    FRESHET_ASSIGN(const auto targets, snapshot.targets());
    for (const repository::KnownTarget& target : targets) {
      FRESHET_ASSIGN(const bool any, snapshot.has_stranded(target.number));
      if (any) stranded.push_back(target.number);
    }
  }
  if (stranded.empty()) return {};
  return space.write([&](Writer& writer) -> Status {
    for (const auto number : stranded) FRESHET_TRY(writer.recover_stranded(number));
    return {};
  });
}

Status open_old_place(MovedPlace& place, const std::string& new_ones, const Opener& opener) {
  FRESHET_ASSIGN(place.any, opener.open(place.directory, "", false));
  FRESHET_TRY(lock_directory(place));
  FRESHET_TRY(look_at_place(place));
  if (place.spaces.empty())
    return cannot_move("has no namespace: there is nothing to move", place.directory);
  if (place.move && place.move->stage == MoveStage::arriving)
    return base::fail(
        Code::busy,
        "is being filled by freshet reshard from " + place.move->others + ": run that again first",
        place.directory);
  if (place.move && place.move->others != new_ones)
    return cannot_move("was left by freshet reshard: what it had is in " + place.move->others,
                       place.directory);
  if (place.move) {
    place.commit = place.move->commit;
    return {};
  }
  for (const std::string& name : place.spaces) {
    FRESHET_ASSIGN(const RepositoryPtr space, opener.open(place.directory, name, false));
    FRESHET_TRY(recover_space(*space));
  }
  place.commit = place.any->last_commit();
  return {};
}

Status check_all_shards(const std::vector<MovedPlace>& places) {
  const std::uint32_t count = places.front().mark().count;
  std::set<std::uint32_t> indexes;
  for (const MovedPlace& place : places) {
    const ShardMark mark = place.mark();
    if (mark.count != count)
      return cannot_move(fmt::format("is shard {}, and {} is one of {}", Shard{mark}.text(),
                                     places.front().directory, count),
                         place.directory);
    if (!indexes.insert(mark.index).second)
      return cannot_move(fmt::format("is shard {}, which was named before", Shard{mark}.text()),
                         place.directory);
  }
  for (std::uint32_t index = 0; index < count; ++index)
    if (!indexes.contains(index))
      return cannot_move(fmt::format("lacks shard {}/{}: all of them move together", index, count),
                         "from");
  return {};
}

// An earlier call was ended between the making of the directory and its first words.
Result<bool> is_unfilled(const MovedPlace& place) {
  if (place.shard || place.move) return false;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, place.any->read());
  FRESHET_ASSIGN(const auto spaces, snapshot.name_spaces());
  return std::all_of(spaces.begin(), spaces.end(),
                     [](const auto& space) { return space.roots == 0; });
}

Status open_new_place(MovedPlace& place, const ShardMark& wanted, const std::string& old_ones,
                      bool any_left, const Opener& opener) {
  std::error_code problem;
  const bool there = std::filesystem::exists(place.directory, problem);
  const auto files =
      there ? base::list_directory(place.directory, problem) : std::vector<std::string>();
  if (problem) return base::fail_errno(problem.value(), "cannot be examined", place.directory);
  if (files.empty()) return {};
  if (std::find(files.begin(), files.end(), "data.mdb") == files.end())
    return cannot_move("is not empty: name an empty or a missing directory", place.directory);
  FRESHET_ASSIGN(place.any, opener.open(place.directory, "", true));
  FRESHET_TRY(look_at_place(place));
  if (place.move && place.move->stage == MoveStage::arriving && place.move->others == old_ones)
    return {};
  if (place.move)
    return cannot_move(
        (place.move->stage == MoveStage::arriving ? "is being filled from "
                                                  : "was left by freshet reshard for ") +
            place.move->others + ": name another directory",
        place.directory);
  place.is_opened = any_left && place.shard == wanted;
  FRESHET_ASSIGN(const bool unfilled, is_unfilled(place));
  if (place.is_opened || unfilled) return {};
  return cannot_move("is a repository of its own: name an empty or a missing directory",
                     place.directory);
}

}  // namespace

Result<RepositoryPtr> Opener::open(const std::string& directory, const std::string& space,
                                   bool create) const {
  repository::OpenOptions options = how_;
  options.name_space = space;
  options.create = create;
  options.moving = true;
  options.read_only = false;
  return repository::Repository::open(directory, options, machine_);
}

std::string names_of(const std::vector<MovedPlace>& places) {
  std::vector<std::string> all;
  for (const MovedPlace& place : places) all.push_back(place.directory);
  return fmt::format("{}", fmt::join(all, ", "));
}

base::Digest MovedPlaces::plan() const {
  base::DigestBuilder builder;
  for (const MovedPlace& place : from)
    builder.add(place.identity.view()).add(std::to_string(place.commit));
  return builder.add(names_of(to)).finish();
}

bool MovedPlaces::are_filled() const {
  return std::all_of(to.begin(), to.end(), [&](const MovedPlace& place) {
    if (place.is_opened) return true;
    return place.move && place.move->plan == plan() && place.move->done == from.size();
  });
}

Result<MovedPlaces> open_places(const std::vector<std::string>& from,
                                const std::vector<std::string>& to, const Opener& opener) {
  MovedPlaces places;
  std::set<std::string> met;
  FRESHET_ASSIGN(places.from, named_places(from, "from", met));
  FRESHET_ASSIGN(places.to, named_places(to, "to", met));
  for (MovedPlace& place : places.from)
    FRESHET_TRY(open_old_place(place, names_of(places.to), opener));
  FRESHET_TRY(check_all_shards(places.from));
  std::sort(places.from.begin(), places.from.end(), [](const MovedPlace& a, const MovedPlace& b) {
    return a.mark().index < b.mark().index;
  });
  const bool any_left = std::any_of(places.from.begin(), places.from.end(),
                                    [](const MovedPlace& each) { return each.move.has_value(); });
  ShardMark wanted{0, static_cast<std::uint32_t>(places.to.size())};
  for (MovedPlace& place : places.to) {
    FRESHET_TRY(open_new_place(place, wanted, names_of(places.from), any_left, opener));
    ++wanted.index;
  }
  return places;
}

}  // namespace freshet::sync
