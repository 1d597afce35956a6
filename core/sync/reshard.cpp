#include "core/sync/reshard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/base/system_error.hpp"
#include "core/sync/reshard_places.hpp"
#include "core/sync/reshard_targets.hpp"

namespace freshet::sync {
namespace {

using base::Code;
using base::Result;
using base::Status;
using repository::Move;
using repository::MoveStage;
using repository::Writer;

struct Sums {
  std::uint64_t roots = 0, documents = 0, chunks = 0, pending = 0;

  Status add(const RepositoryPtr& space) {
    if (!space) return {};
    FRESHET_ASSIGN(const repository::Snapshot snapshot, space->read());
    FRESHET_ASSIGN(const repository::Info info, snapshot.info());
    roots += info.roots;
    documents += info.documents;
    chunks += info.chunks;
    pending += info.deliveries;
    return {};
  }
};

class Resharding {
 public:
  Resharding(MovedPlaces& places, const Opener& opener, ports::Catalog& catalog,
             const base::Cancel& cancel)
      : places_(places), opener_(opener), catalog_(catalog), cancel_(cancel) {}

  Result<ReshardReport> run() {
    const bool filled = places_.are_filled();
    if (!filled) FRESHET_TRY(clear_what_is_old());
    FRESHET_TRY(open_old_spaces());
    for (const MovedPlace& place : places_.from) FRESHET_TRY(check_unused(place));
    FRESHET_TRY(open_new_spaces());
    if (!filled) FRESHET_TRY(fill());
    FRESHET_TRY(count());
    for (const MovedPlace& place : places_.from) FRESHET_TRY(check_unused(place));
    for (const MovedPlace& place : places_.from) FRESHET_TRY(leave(place));
    for (std::size_t i = 0; i < places_.to.size(); ++i)
      FRESHET_TRY(anywhere(i).write([](Writer& writer) { return writer.end_move(); }));
    return std::move(report_);
  }

 private:
  // What was filled from another state of the old ones begins anew.
  Status clear_what_is_old() {
    for (MovedPlace& place : places_.to) {
      if (place.is_opened)
        return base::fail(Code::invalid_argument,
                          "was filled and opened, and another one of the new directories is gone: "
                          "put that back",
                          place.directory);
      if (!place.any || (place.move && place.move->plan == places_.plan())) continue;
      place.any.reset();
      place.move.reset();
      for (const char* file : {"data.mdb", "lock.mdb", "freshet.seal"}) {
        std::error_code problem;
        std::filesystem::remove(std::filesystem::path(place.directory) / file, problem);
        if (problem) return base::fail_errno(problem.value(), "cannot be removed", place.directory);
      }
    }
    return {};
  }

  Status open_old_spaces() {
    std::set<std::string> names;
    for (const MovedPlace& place : places_.from)
      names.insert(place.spaces.begin(), place.spaces.end());
    for (const std::string& name : names) {
      MovedSpace& space = spaces_.emplace_back();
      space.name = name;
      for (const MovedPlace& place : places_.from) {
        RepositoryPtr opened;
        if (std::count(place.spaces.begin(), place.spaces.end(), name) > 0) {
          FRESHET_ASSIGN(opened, opener_.open(place.directory, name, false));
        }
        space.from.push_back(std::move(opened));
        space.shards.push_back(Shard{place.mark()});
      }
      FRESHET_ASSIGN(const bool stays, keep_targets(space, catalog_, cancel_));
      if (!stays) report_.to_fill.push_back(name);
    }
    return {};
  }

  // The namespaces of all, in each of them.
  Status open_new_spaces() {
    for (MovedSpace& space : spaces_)
      for (const MovedPlace& place : places_.to) {
        FRESHET_ASSIGN(space.to.emplace_back(), opener_.open(place.directory, space.name, true));
      }
    return {};
  }

  repository::Repository& anywhere(std::size_t to) const { return *spaces_.front().to[to]; }

  Status fill() {
    const std::uint32_t begun = done_everywhere();
    if (begun == 0) {
      FRESHET_TRY(note_done(0));
      for (const MovedSpace& space : spaces_) FRESHET_TRY(bring_sources(space));
    }
    for (std::uint32_t place = begun; place < places_.from.size(); ++place) {
      for (const MovedSpace& space : spaces_)
        if (space.from[place]) FRESHET_TRY(bring_content(space, place, cancel_));
      FRESHET_TRY(note_done(place + 1));
    }
    return {};
  }

  std::uint32_t done_everywhere() const {
    std::uint32_t done = UINT32_MAX;
    for (const MovedPlace& place : places_.to)
      done = std::min(done, place.move ? place.move->done : 0);
    return done;
  }

  Status note_done(std::uint32_t done) const {
    Move move;
    move.done = done;
    move.plan = places_.plan();
    move.others = names_of(places_.from);
    const auto count = static_cast<std::uint32_t>(places_.to.size());
    for (std::uint32_t i = 0; i < count; ++i)
      FRESHET_TRY(anywhere(i).write([&](Writer& writer) -> Status {
        FRESHET_TRY(writer.put_shard({i, count}));
        return writer.put_move(move);
      }));
    return {};
  }

  // Nothing is left before all of it is seen to be here. Once one of them is, that was so, and the new
  // ones may have gone on since.
  Status count() {
    const bool was_seen = std::any_of(places_.from.begin(), places_.from.end(),
                                      [](const MovedPlace& each) { return bool(each.move); });
    for (const MovedSpace& space : spaces_) {
      Sums before, after;
      for (const RepositoryPtr& from : space.from) FRESHET_TRY(before.add(from));
      for (const RepositoryPtr& to : space.to) FRESHET_TRY(after.add(to));
      const bool all = after.documents == before.documents && after.chunks == before.chunks &&
                       after.roots <= before.roots;
      if (!all && !was_seen)
        return base::fail(
            Code::internal,
            fmt::format("{} of {} roots, {} of {} documents and {} of {} chunks arrived: the old "
                        "directories stay as they are",
                        after.roots, before.roots, after.documents, before.documents, after.chunks,
                        before.chunks),
            "namespace " + space.name);
      report_.roots += after.roots;
      report_.documents += after.documents;
      report_.chunks += after.chunks;
      report_.pending += after.pending;
      if (!was_seen) report_.parted += before.roots - after.roots;
    }
    return {};
  }

  // Any namespace of one of the old ones.
  repository::Repository& anywhere(const MovedPlace& place) const {
    const auto at = static_cast<std::size_t>(&place - places_.from.data());
    const auto space = std::find_if(spaces_.begin(), spaces_.end(),
                                    [&](const MovedSpace& each) { return bool(each.from[at]); });
    return *space->from[at];
  }

  // Nobody works on it, nor has written since it was read. Inside write().
  static Status require_unused(Writer& writer, const repository::Repository& old,
                               const MovedPlace& place) {
    FRESHET_TRY(writer.require_idle());
    if (old.last_commit() == place.commit) return {};
    return base::fail(Code::busy, "was written to while it was read: run it again",
                      place.directory);
  }

  // Before the first one is left: each that is used leaves all as they are.
  Status check_unused(const MovedPlace& place) const {
    if (place.move) return {};
    repository::Repository& old = anywhere(place);
    return old.write([&](Writer& writer) { return require_unused(writer, old, place); });
  }

  Status leave(const MovedPlace& place) const {
    if (place.move) return {};
    repository::Repository& old = anywhere(place);
    return old.write([&](Writer& writer) -> Status {
      FRESHET_TRY(require_unused(writer, old, place));
      Move move;
      move.stage = MoveStage::gone;
      move.commit = place.commit;
      move.others = names_of(places_.to);
      return writer.put_move(move);
    });
  }

  MovedPlaces& places_;
  const Opener& opener_;
  ports::Catalog& catalog_;
  const base::Cancel& cancel_;
  std::vector<MovedSpace> spaces_;
  ReshardReport report_;
};

}  // namespace

Result<ReshardReport> reshard(const ReshardRequest& request, ports::Catalog& catalog,
                              const base::Cancel& cancel, const ports::Machine& machine) {
  const Opener opener(request.open, machine);
  FRESHET_ASSIGN(MovedPlaces places, open_places(request.from, request.to, opener));
  return Resharding(places, opener, catalog, cancel).run();
}

}  // namespace freshet::sync
