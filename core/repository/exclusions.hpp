// core/repository/exclusions.hpp - what is to stay out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

// A URI that is to stay out, by the word of a person or an application: nothing records a root of
// it, until it is included again.
struct Exclusion {
  std::string uri;
  Instant since;
  std::string why;  // for people; may be empty
};

class ReadsExclusions : public Part {
 public:
  using Part::Part;

  base::Result<bool> has_exclusions() const;
  base::Result<std::optional<Exclusion>> exclusion(const Digest& root) const;
  base::Status check_included(const Digest& root) const;  // fails with excluded
  // Up to `limit` behind `cursor`, in the order of their roots' ids.
  base::Result<std::vector<Exclusion>> exclusions(const Digest& cursor, std::size_t limit) const;
};

class WritesExclusions : public Part {
 public:
  using Part::Part;

  // The root goes, as with remove_root(), and nothing records it again: from here on put_document,
  // put_alias, touch, decline and fail refuse its URI with Code::excluded, and see() passes it by.
  base::Result<std::optional<std::uint64_t>> exclude(const Exclusion& exclusion);
  // It may come back, with the next run: no listing stands any more. False: it was not excluded.
  base::Result<bool> include(const std::string& uri);
};

}  // namespace freshet::repository
