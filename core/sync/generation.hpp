// core/sync/generation.hpp - how a rebuilt namespace comes to be the one that is searched.
//
//   to empty ─(reset, ensure)→ filling ─(nothing pending)→ filled ─(replace)→ live
//
// Each arrow is made by the owner of the delivery lease: first in the store, then by one commit that
// requires the lease. A process may end, or be stopped and go on, anywhere in between: what it did
// in the store is done again by the next owner, to the same effect. In a room of its own the
// generation is live as soon as the place is empty.
#pragma once

#include <atomic>
#include <functional>
#include <span>
#include <string>
#include <unordered_set>

#include "core/ports/store.hpp"
#include "core/sync/leases.hpp"

namespace freshet::sync {

using repository::TargetNumber;

// What deliveries to one target are for now.
struct Place {
  repository::Generation generation;
  std::optional<repository::Target> target;  // nothing: never delivered
  repository::TargetState state = repository::TargetState::live;
  std::string own_name;  // of the namespace in the store, where it is searched
  std::string name;      // the same, where rows go
};
base::Result<Place> delivery_place(const repository::Repository& repository,
                                   TargetNumber number = repository::main_target);

// The name that a target's rows are searched under in its store.
std::string own_name(const repository::Repository& repository,
                     const repository::KnownTarget& target);

// Every store that may have rows of the namespace, and the names they may be under there: its own,
// and then those of generations left aside, where the store has such.
struct RowPlace {
  TargetNumber number = repository::main_target;
  repository::Target target;
  std::vector<std::string> names;
};
base::Result<std::vector<RowPlace>> row_places(const repository::Repository& repository);
// The same of one target.
std::vector<RowPlace> row_places(const repository::Repository& repository,
                                 const repository::KnownTarget& known);

// One run's right to write to one target: its delivery lease, made known to a store that heeds
// claims. Thread-safe where its parts are.
class Tenure {
 public:
  Tenure(repository::Repository& repository, ports::Store& store, Leases& leases,
         base::Cancel cancel, TargetNumber number = repository::main_target);

  // False: another run has it.
  base::Result<bool> begin();
  void end() noexcept;
  // Looked at right before anything is sent.
  bool goes_on() const { return !over_ && leases_.delivers(number_); }

  // A commit that counts only while the tenure goes on, while this place is where deliveries go, and
  // the target is not retired. False: it does not.
  base::Result<bool> commit(const Place& place,
                            const std::function<base::Status(repository::Writer&)>& work);

  // The next step of a generation that is to be emptied or has been filled.
  base::Status advance(const Place& place);
  // Ends the filling, of a generation or of a target, where nothing is pending but `refused` rows,
  // which the store will not take.
  // Rows up to `after` will not go in this run. False: too much of it is missing.
  base::Result<bool> finish_filling(const Place& place,
                                    const std::unordered_set<std::uint64_t>& refused,
                                    std::uint64_t after);

  // What is sent while this stands is sent again by others, should this process end before it says
  // how that went. Inside write(); only for stores that do not heed claims.
  base::Status note_in_flight(repository::Writer& writer, std::span<const base::Digest> chunks);
  base::Status clear_in_flight(repository::Writer& writer);
  bool notes() const { return !store_.info().claims; }

 private:
  base::Status empty(const Place& place);
  base::Status put_in_place(const Place& place);

  repository::Repository& repository_;
  ports::Store& store_;
  Leases& leases_;
  const base::Cancel cancel_;
  const TargetNumber number_;
  std::atomic<bool> over_{false};  // a commit found that another run has taken over
};

}  // namespace freshet::sync
