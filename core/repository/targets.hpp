// core/repository/targets.hpp - where rows are delivered to, and the generations of a rebuild.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

// The namespace of a store that this repository's namespace is delivered to.
struct Target {
  std::string store;                       // plugin name
  std::string store_options;               // JSON, secrets by reference only
  std::string embedder, embedder_options;  // empty: no vectors
  std::string model;                       // the embedder's model id; empty: none
  std::uint32_t dimension = 0;
  friend bool operator==(const Target&, const Target&) = default;
};

// A namespace may have several. The first has this one, and is what is delivered to before any is
// recorded.
using TargetNumber = std::uint32_t;
inline constexpr TargetNumber main_target = 1;

enum class TargetState : std::uint8_t {
  filling = 0,  // is delivered to, and not searched yet
  live = 1,
  retired = 2,  // is neither searched nor delivered to; its rows may be there
};

// How far the rows of a generation have come.
enum class Fill : std::uint8_t {
  live = 0,      // they are what is searched
  to_empty = 1,  // their place in the store is emptied before anything is sent
  filling = 2,   // what is pending is sent
  filled = 3,    // nothing is pending: they take the place of the live ones
};

// Where the rows of a generation lie until it is live.
enum class Room : std::uint8_t {
  own = 0,        // in the live ones' place: the store cannot put one namespace in another's
  aside = 1,      // in the same store, under a name of their own
  elsewhere = 2,  // in another store, or another place of it
};

// The rows of the namespace as one target makes them. A rebuild begins the next generation, and all
// deliveries are for it from then on; queries go to the live target until it takes that place.
struct Generation {
  std::uint64_t number = 0;  // 0: never rebuilt
  std::uint64_t oldest = 0;  // rows of the generations from here on may be left aside in the store
  Fill fill = Fill::live;
  Room room = Room::own;
  Target target;  // of this generation; until it is live, another one is searched

  bool under_way() const { return fill != Fill::live; }
};

// All that is recorded of one target.
struct KnownTarget {
  TargetNumber number = main_target;
  TargetState state = TargetState::live;
  TargetNumber replaces = 0;  // whose place it takes when it is full; 0: nobody's
  std::string suffix;         // behind the namespace's name, as the store knows it
  Generation newest;          // what deliveries are for, once there was a rebuild
  Target live;                // what is searched

  const Target& delivered() const { return newest.under_way() ? newest.target : live; }
  // There is nothing of it but single rows that may be pending.
  bool is_whole() const {
    return is_retired() || (state == TargetState::live && !newest.under_way());
  }
  bool is_retired() const { return state == TargetState::retired; }
};

class ReadsTargets : public Part {
 public:
  using Part::Part;

  base::Result<std::vector<KnownTarget>> targets() const;  // by number
  base::Result<std::optional<KnownTarget>> known_target(TargetNumber number) const;
  // What is searched: the live one of the smallest number.
  base::Result<std::optional<KnownTarget>> searched() const;
  base::Result<std::optional<Target>> target() const;                            // its place
  base::Result<Generation> generation(TargetNumber number = main_target) const;  // the newest
  // What deliveries are for: the newest generation's target where that is not live yet.
  base::Result<std::optional<Target>> delivery_target(TargetNumber number = main_target) const;
};

class WritesTargets : public Part {
 public:
  using Part::Part;

  base::Status put_target(const Target& target, TargetNumber number = main_target);
  base::Status put_known_target(const KnownTarget& target);  // as another directory had it
  // Everything is to be sent, to a place that is emptied first. In a room of its own the generation
  // is live at once; elsewhere and aside it is when `put_generation` says so.
  base::Status begin_generation(const Target& target, Room room, TargetNumber number = main_target);
  // Live: its target is the live one.
  base::Status put_generation(const Generation& generation, TargetNumber number = main_target);

  // One more, which fills beside the others: everything is to be sent to it, to a place that is
  // emptied first. It is not searched before make_live().
  base::Result<TargetNumber> add_target(const Target& target, const std::string& suffix,
                                        TargetNumber replaces);
  // It is full. The one whose place it takes is retired, and whatever else was to take that place.
  base::Status make_live(TargetNumber number);
  // Neither searched nor delivered to any more; what was to be sent to it is forgotten.
  base::Status retire(TargetNumber number);
  // Its rows are gone from the store.
  base::Status forget_target(TargetNumber number);
};

}  // namespace freshet::repository
