// core/repository/sources.hpp - sources, who belongs to them, and the last word of their listings.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

inline constexpr std::size_t most_state = 4 * 1024 * 1024;  // bytes

// One place content comes from, and the last word of its listing.
struct Source {
  Digest id;
  std::string name, loader, policy;  // policy: its JSON form
  Digest config;                     // of everything that shapes its listing and its documents
  std::uint64_t generation = 0;      // of the last listing begun
  std::uint64_t members = 0;         // roots that belong to it
  std::uint64_t held = 0;            // removals withheld by the last run
  Instant listed;                    // when a listing last ended complete
  Instant list_checked;              // when a listing last ended, complete or unchanged
  Instant list_again;                // when it is to be listed again; unset: not decided
  base::Millis list_every{0};        // as configured; 0: by the policy
  std::string state;                 // what its loader wants handed back to list; opaque. All that
                                     // was listed up to it is here
  std::uint64_t seen_all = 0;        // the last listing that saw every member
  Instant confirmed;  // when a listing last confirmed all roots that name this source
  std::string note;   // why the last listing was not complete, or removals were held
};

class ReadsSources : public Part {
 public:
  using Part::Part;

  base::Result<std::optional<Source>> source(const Digest& id) const;
  base::Result<std::vector<Source>> sources() const;
  base::Result<bool> is_member(const Digest& source, const Digest& root) const;
  base::Result<bool> has_source(const Digest& root) const;  // it is a member of any
  // The last listing of `source` that saw the root; nothing where it is no member.
  base::Result<std::optional<std::uint64_t>> seen_by(const Digest& source,
                                                     const Digest& root) const;
  base::Result<std::vector<Digest>> members(const Digest& source, const Digest& cursor,
                                            std::size_t limit) const;
  // Members of `source` that the listing `generation` did not see, after `cursor`.
  base::Result<std::vector<Digest>> unseen(const Digest& source, std::uint64_t generation,
                                           const Digest& cursor, std::size_t limit) const;
  base::Result<std::uint64_t> count_unseen(const Digest& source, std::uint64_t generation) const;
};

class WritesSources : public Part {
 public:
  using Part::Part;

  base::Status put_source(const Source& source);
  // The source's next listing begins from nothing, since not all that it had listed is here any more.
  // `under_way`: nor does the word of one that has begun count.
  base::Status forget_state(const Digest& source, bool under_way);
  // Every source lists anew, from nothing.
  base::Status forget_listings();
  // No listing stands any more, nor does one that is under way: after a clock that was ahead, each
  // source lists again, and the policy is asked about each root by what is recorded of it. The
  // present time is taken to be right from here on.
  base::Status distrust_listings();
  // Marks roots as seen by the listing `generation`, making them members; an alias marks its target
  // too. Returns for each whether this listing saw it before. What is excluded is passed by.
  base::Result<std::vector<bool>> see(const Digest& source, std::uint64_t generation,
                                      std::span<const Digest> roots);
  // Ends the membership. True where no other source has the root.
  base::Result<bool> leave(const Digest& source, const Digest& root);
};

}  // namespace freshet::repository
