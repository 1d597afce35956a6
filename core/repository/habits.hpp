// core/repository/habits.hpp - what an adaptive policy has learnt of a source: of its pages, of its
// folders, and of itself.
//
// The repository does not know what it says. It goes with the membership that it is of.
#pragma once

#include <optional>
#include <string_view>

#include "core/base/error.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

class ReadsHabits : public Part {
 public:
  using Part::Part;

  // Of a root or a folder; of the source where `of` is empty. Borrowed.
  base::Result<std::optional<std::string_view>> habit(const Digest& source, const Digest& of) const;
};

class WritesHabits : public Part {
 public:
  using Part::Part;

  base::Status put_habit(const Digest& source, const Digest& of, std::string_view what);
};

}  // namespace freshet::repository
