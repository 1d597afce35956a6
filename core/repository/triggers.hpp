// core/repository/triggers.hpp - refreshes that were asked for from outside.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

// A refresh of a URI that was asked for from outside, and not answered yet. The URI need not be known.
struct Trigger {
  std::string uri;
  std::uint64_t number = 0;  // of a later one: greater
  Instant since;
  std::string why;  // for people
};

class ReadsTriggers : public Part {
 public:
  using Part::Part;

  base::Result<bool> has_triggers() const;
  base::Result<std::optional<Trigger>> trigger(const Digest& root) const;
  // Up to `limit` behind `cursor`, in the order of their roots' ids.
  base::Result<std::vector<Trigger>> triggers(const Digest& cursor, std::size_t limit) const;
};

class WritesTriggers : public Part {
 public:
  using Part::Part;

  // Asks for a refresh that begins after this; an earlier wish for it is one with this. A known root is
  // due, unless it waits after a failure. Fails with excluded where it is to stay out.
  base::Status put_trigger(const std::string& uri, const std::string& why);
  // In the commit that answers it. One that came later stays, and keeps its root due.
  base::Status spend_trigger(const Digest& root, std::uint64_t number);
};

}  // namespace freshet::repository
