// core/repository/gates.hpp - hosts that asked to be left alone, for whoever asks them next.
//
// They are of the whole directory: a host does not know which namespace asks it.
#pragma once

#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

struct Gate {
  std::string host;  // and port, where it is another than the scheme's; at most 300 bytes
  Instant until;
};

class ReadsGates : public Part {
 public:
  using Part::Part;

  // Those that are not over.
  base::Result<std::vector<Gate>> gates() const;
};

class WritesGates : public Part {
 public:
  using Part::Part;

  // What is over, now or of these, goes; what would last longer than a week is not believed.
  base::Status put_gates(const std::vector<Gate>& gates);
};

}  // namespace freshet::repository
