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

namespace freshet::repository {

// A piece of delivery work. What is right for the chunk is decided when it is delivered.
struct Delivery {
  std::uint64_t sequence = 0;
  Digest chunk;
  bool removal = false;
};

class ReadsDeliveries : public Part {
 public:
  using Part::Part;

  base::Result<std::vector<Delivery>> deliveries(std::uint64_t after, std::size_t limit) const;
  // The record digest the store confirmed for `chunk`; nothing where it confirmed none.
  base::Result<std::optional<Digest>> delivered(const Digest& chunk) const;
  base::Result<std::vector<std::pair<Digest, Digest>>> list_delivered(const Digest& cursor,
                                                                      std::size_t limit) const;
  // Is anything noted as in flight to the store by a run that has ended?
  base::Result<bool> has_stranded() const;
};

struct Confirmation {
  Delivery delivery;
  Digest record_digest;  // of what was upserted; ignored for a removal
};

class WritesDeliveries : public Part {
 public:
  using Part::Part;

  // Drops the rows, remembers what was confirmed. A confirmed removal of a chunk that exists again
  // becomes an upsert.
  base::Status confirm(std::span<const Confirmation> confirmations);
  base::Status drop(std::span<const Delivery> deliveries);  // rows that turned out to be moot
  base::Status enqueue_all();                               // every chunk
  base::Status forget_delivered(const Digest& chunk);
  base::Status forget_all_delivered();

  // For a store that cannot refuse a late write: notes under the holder's lease what is about to be
  // sent, in place of what it noted before. No chunks: the namespace is about to be emptied.
  base::Status put_in_flight(const Lease& lease, std::span<const Digest> chunks);
  base::Status drop_in_flight(std::uint64_t fence);
  // Whatever the store has for these chunks, what is right is sent again.
  base::Status send_again(std::span<const Digest> chunks);
  // The same for what runs that have ended left in flight.
  base::Status recover_stranded();
};

}  // namespace freshet::repository
