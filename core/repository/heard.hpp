// core/repository/heard.hpp - messages from outside that were answered, so that none is twice.
//
// They are of the whole directory. The newest 2,000 are kept.
#pragma once

#include <span>

#include "core/base/error.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

class ReadsHeard : public Part {
 public:
  using Part::Part;

  base::Result<bool> was_heard(std::span<const Digest> names) const;  // any of them
};

class WritesHeard : public Part {
 public:
  using Part::Part;

  // In the commit of what the message asked for. A message may have several names.
  base::Status hear(std::span<const Digest> names);
};

}  // namespace freshet::repository
