// core/repository/targets.hpp - where rows are delivered to, and the generations of a rebuild.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

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
};

// Of the targets that a namespace may have. Rows are delivered to this one.
inline constexpr std::uint32_t main_target = 1;

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

class ReadsTargets : public Part {
 public:
  using Part::Part;

  base::Result<std::optional<Target>> target() const;  // the live one
  base::Result<Generation> generation() const;         // the newest
  // What deliveries are for: the newest generation's target where that is not live yet.
  base::Result<std::optional<Target>> delivery_target() const;
};

class WritesTargets : public Part {
 public:
  using Part::Part;

  base::Status put_target(const Target& target);
  // Everything is to be sent, to a place that is emptied first. In a room of its own the generation
  // is live at once; elsewhere and aside it is when `put_generation` says so.
  base::Status begin_generation(const Target& target, Room room);
  base::Status put_generation(const Generation& generation);  // live: its target is the live one
};

}  // namespace freshet::repository
