#include "core/backup/take.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/net/signature.hpp"

namespace freshet::backup {
namespace {

using base::Code;
using base::Result;
using base::Status;

using Names = std::unordered_set<std::string>;

void add_names(const Snapshot& snapshot, Names& names) {
  for (const std::string& digest : snapshot.pieces) names.insert(piece_name(digest));
}

// Cuts a stream into pieces, and writes those that are not there.
class Cutter {
 public:
  Cutter(Place& place, Names there, Taken& taken, const base::Cancel& cancel)
      : place_(place), there_(std::move(there)), taken_(taken), cancel_(cancel) {}

  Status add(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto part = bytes.substr(0, piece_size - piece_.size());
      piece_.append(part);
      bytes.remove_prefix(part.size());
      if (piece_.size() == piece_size) FRESHET_TRY(end_piece());
    }
    return {};
  }

  Status finish(Snapshot& snapshot) {
    if (!piece_.empty()) FRESHET_TRY(end_piece());
    FRESHET_TRY(write());
    snapshot.pieces = std::move(digests_);
    snapshot.size = taken_.bytes;
    return {};
  }

 private:
  Status end_piece() {
    std::string digest = net::sha256(piece_);
    if (digest.empty())
      return base::fail(Code::unsupported, "this machine's OpenSSL has no SHA-256", "backup");
    taken_.bytes += piece_.size();
    ++taken_.pieces;
    std::string name = piece_name(digest);
    digests_.push_back(std::move(digest));
    if (there_.insert(name).second) {
      taken_.written_bytes += piece_.size();
      ++taken_.written_pieces;
      waiting_.push_back({std::move(name), std::move(piece_)});
    }
    piece_.clear();
    return waiting_.size() < place_.batch() ? Status() : write();
  }

  Status write() {
    FRESHET_TRY(place_.write(waiting_, cancel_));
    waiting_.clear();
    return {};
  }

  Place& place_;
  Names there_;
  Taken& taken_;
  const base::Cancel& cancel_;
  std::string piece_;
  std::vector<std::string> digests_;
  std::vector<File> waiting_;
};

// The pieces that need not be written: some snapshot names them, and they are there in their size.
// What no snapshot names may be half of something, or may go at any moment.
Result<Names> find_pieces(Place& place, const std::vector<Snapshot>& snapshots,
                          const base::Cancel& cancel) {
  FRESHET_ASSIGN(const auto listed, place.list("pieces", cancel));
  std::unordered_map<std::string_view, std::uint64_t> sizes;
  for (const Listed& each : listed) sizes.emplace(each.name, each.size);
  Names there;
  for (const Snapshot& snapshot : snapshots)
    for (std::size_t i = 0; i < snapshot.pieces.size(); ++i) {
      std::string name = piece_name(snapshot.pieces[i]);
      const auto found = sizes.find(name);
      if (found != sizes.end() && found->second == snapshot.bytes_of(i))
        there.insert(std::move(name));
    }
  return there;
}

// Two repositories in one place would push out each other's snapshots.
Status check_owner(const std::vector<Snapshot>& snapshots, const std::string& identity,
                   const Place& place) {
  if (snapshots.empty() || snapshots.back().identity == identity) return {};
  return base::fail(Code::invalid_argument,
                    fmt::format("is the backup of another repository, {}: each has a place of its "
                                "own",
                                snapshots.back().repository),
                    place.path(""));
}

Result<std::string> identity_of(const repository::Repository& repository) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(const base::Digest identity, snapshot.identity());
  return identity.hex();
}

Status publish(Place& place, Snapshot& snapshot, const base::Cancel& cancel) {
  std::string text = encode(snapshot);
  FRESHET_TRY(place.flush());
  const File files[] = {{snapshot_name(snapshot.id), std::move(text)}};
  FRESHET_TRY(place.write(files, cancel));
  return place.flush();
}

// What another backup at the same time has removed is missed here, before anybody relies on it.
Status check_whole(Place& place, const Snapshot& snapshot, const std::vector<Listed>& listed,
                   const base::Cancel& cancel) {
  Names there;
  for (const Listed& each : listed) there.insert(each.name);
  for (const std::string& digest : snapshot.pieces) {
    if (there.contains(piece_name(digest))) continue;
    const std::string names[] = {snapshot_name(snapshot.id)};
    FRESHET_TRY(place.remove(names, cancel));
    return base::fail(Code::busy,
                      "a piece was removed while the backup was under way: another one ran at the "
                      "same time; take one at a time",
                      place.path(piece_name(digest)));
  }
  return {};
}

Status remove_old(Place& place, std::vector<Snapshot>& snapshots, std::size_t keep, Taken& taken,
                  const base::Cancel& cancel) {
  if (keep == 0 || snapshots.size() <= keep) return {};
  const auto end = snapshots.end() - static_cast<std::ptrdiff_t>(keep);
  std::vector<std::string> names;
  for (auto at = snapshots.begin(); at != end; ++at) {
    names.push_back(snapshot_name(at->id));
    taken.removed.push_back(at->id);
  }
  FRESHET_TRY(place.remove(names, cancel));
  snapshots.erase(snapshots.begin(), end);
  return place.flush();
}

Status remove_orphans(Place& place, const std::vector<Snapshot>& snapshots,
                      const std::vector<Listed>& listed, base::Instant now, Taken& taken,
                      const base::Cancel& cancel) {
  Names needed;
  for (const Snapshot& snapshot : snapshots) add_names(snapshot, needed);
  std::vector<std::string> orphans;
  for (const Listed& each : listed)
    if (!needed.contains(each.name) && now - each.written >= place.patience())
      orphans.push_back(each.name);
  taken.removed_pieces = orphans.size();
  return place.remove(orphans, cancel);
}

}  // namespace

Result<Taken> take(const repository::Repository& repository, Place& place, std::size_t keep,
                   const base::Cancel& cancel) {
  FRESHET_ASSIGN(std::string identity, identity_of(repository));
  FRESHET_ASSIGN(const bool there, is_backup(place, cancel));
  FRESHET_TRY(place.lock());  // which writes there, so only where that is right
  if (!there) FRESHET_TRY(mark_as_backup(place, cancel));
  FRESHET_ASSIGN(std::vector<Snapshot> snapshots, read_snapshots(place, cancel));
  FRESHET_TRY(check_owner(snapshots, identity, place));
  FRESHET_ASSIGN(Names pieces, find_pieces(place, snapshots, cancel));

  Taken taken;
  Snapshot snapshot;
  snapshot.taken = repository.clock().now();
  // Later than the last one, whatever the clock says: the order of names is the order of snapshots.
  if (!snapshots.empty())
    snapshot.taken = std::max(snapshot.taken, snapshots.back().taken + base::Millis(1));
  snapshot.identity = std::move(identity);
  snapshot.repository = repository.directory();
  Cutter cutter(place, std::move(pieces), taken, cancel);
  FRESHET_TRY(repository.stream([&](std::string_view bytes) { return cutter.add(bytes); }, cancel));
  FRESHET_TRY(cutter.finish(snapshot));
  FRESHET_TRY(publish(place, snapshot, cancel));

  FRESHET_ASSIGN(const auto listed, place.list("pieces", cancel));
  FRESHET_TRY(check_whole(place, snapshot, listed, cancel));
  taken.id = snapshot.id;
  snapshots.push_back(std::move(snapshot));
  FRESHET_TRY(remove_old(place, snapshots, keep, taken, cancel));
  FRESHET_TRY(remove_orphans(place, snapshots, listed, repository.clock().now(), taken, cancel));
  for (const Snapshot& each : snapshots) taken.snapshots.push_back(each.id);
  return taken;
}

}  // namespace freshet::backup
