// core/service/facts.hpp - what the repository says of a source, for the agenda.
#pragma once

#include "core/repository/repository.hpp"
#include "core/service/agenda.hpp"
#include "core/sync/sources.hpp"

namespace freshet::service {

// Looks at one source, again and again. What was due and looked at needs no second look, as long as
// the clock is not put back: whatever comes due later has a later time.
class FactFinder {
 public:
  FactFinder() = default;
  explicit FactFinder(const sync::NamedSource& source) : id_(source.id), config_(source.config) {}

  base::Result<Facts> find(const repository::Snapshot& snapshot, Instant now);
  // A run of it that began then has taken what was due, well or in vain.
  void taken(Instant began);

 private:
  base::Result<Instant> next_due(const repository::Snapshot& snapshot, Instant now);

  base::Digest id_, config_;
  repository::DueRoot looked_at_;
};

}  // namespace freshet::service
