// core/repository/move.hpp - a directory that is being filled from others, or that was left for others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/error.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

enum class MoveStage : std::uint8_t {
  arriving = 1,  // what it is to have is not all there yet
  gone = 2,      // others have what it has: nothing is written here any more
};

// Of a whole directory.
struct Move {
  MoveStage stage = MoveStage::arriving;
  std::uint32_t done = 0;  // arriving: how many of the directories it is filled from have been read
  Digest plan;             // arriving: of what is moved, and from which state
  std::uint64_t commit = 0;  // gone: the last one before
  std::string others;        // for people: the directories it comes from, or went to
};

class ReadsMove : public Part {
 public:
  using Part::Part;

  base::Result<std::optional<Move>> move() const;
  // Fails where there is a move: the directory is no place for a run.
  base::Status check_settled() const;
};

class WritesMove : public Part {
 public:
  using Part::Part;

  base::Status put_move(const Move& move);
  base::Status end_move();
  // Fails with busy where anybody alive holds a lease in the directory, in whatever namespace.
  base::Status require_idle();
};

}  // namespace freshet::repository
