// core/repository/deliveries.hpp - what the store is still to be told, what it confirmed, and what
// is in flight to it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "core/repository/leases.hpp"
#include "core/repository/part.hpp"
#include "core/repository/targets.hpp"

namespace freshet::repository {

// A piece of delivery work. What is right for the chunk is decided when it is delivered.
struct Delivery {
  std::uint64_t sequence = 0;
  Digest chunk;
  bool removal = false;
};

// Each of one target.
class ReadsDeliveries : public Part {
 public:
  using Part::Part;

  base::Result<std::vector<Delivery>> deliveries(std::uint64_t after, std::size_t limit,
                                                 TargetNumber target = main_target) const;
  base::Result<std::uint64_t> count_deliveries(TargetNumber target) const;
  // The record digest the store confirmed for `chunk`; nothing where it confirmed none.
  base::Result<std::optional<Digest>> delivered(const Digest& chunk,
                                                TargetNumber target = main_target) const;
  base::Result<std::vector<std::pair<Digest, Digest>>> list_delivered(
      const Digest& cursor, std::size_t limit, TargetNumber target = main_target) const;
  // Is anything noted as in flight to the store by a run that has ended?
  base::Result<bool> has_stranded(TargetNumber target = main_target) const;
  // The same by a run that goes on, for all that is known.
  base::Result<bool> is_in_flight(TargetNumber target) const;
};

struct Confirmation {
  Delivery delivery;
  Digest record_digest;  // of what was upserted; ignored for a removal
};

// Each of one target.
class WritesDeliveries : public Part {
 public:
  using Part::Part;

  // Drops the rows, remembers what was confirmed. A confirmed removal of a chunk that exists again
  // becomes an upsert.
  base::Status confirm(std::span<const Confirmation> confirmations,
                       TargetNumber target = main_target);
  // Rows that turned out to be moot.
  base::Status drop(std::span<const Delivery> deliveries, TargetNumber target = main_target);
  // As another directory had it: what the store confirmed, and what waits for it.
  base::Status put_delivered(const Digest& chunk, const Digest& record_digest, TargetNumber target);
  base::Status put_pending(const Digest& chunk, bool removal, TargetNumber target);
  base::Status enqueue_all(TargetNumber target = main_target);  // every chunk
  base::Status forget_delivered(const Digest& chunk, TargetNumber target = main_target);
  base::Status forget_all_delivered(TargetNumber target = main_target);
  base::Status drop_all(TargetNumber target);  // rows that are pending

  // For a store that cannot refuse a late write: notes under the holder's lease what is about to be
  // sent, in place of what it noted before. No chunks: the namespace is about to be emptied.
  base::Status put_in_flight(const Lease& lease, std::span<const Digest> chunks,
                             TargetNumber target = main_target);
  base::Status drop_in_flight(std::uint64_t fence, TargetNumber target = main_target);
  // Whatever the store has for these chunks, what is right is sent again.
  base::Status send_again(std::span<const Digest> chunks, TargetNumber target = main_target);
  // The same for what runs that have ended left in flight.
  base::Status recover_stranded(TargetNumber target = main_target);
};

}  // namespace freshet::repository
