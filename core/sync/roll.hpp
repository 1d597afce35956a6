// core/sync/roll.hpp - which members of a source a listing has come by, kept until its end, so that
// nothing has to be written of those that it finds as they were.
#pragma once

#include <limits>
#include <vector>

#include "core/repository/repository.hpp"

namespace freshet::sync {

// Sixteen bytes and three bits a member. One thread at a time.
class Roll {
 public:
  Roll() = default;  // no listing is under way
  // Of a listing that begins now.
  static base::Result<Roll> take(const repository::Snapshot& snapshot, const base::Digest& source,
                                 base::Instant now);

  base::Instant begun() const { return begun_; }
  // The place of a member; none: it is not one.
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  std::size_t find(const base::Digest& root) const;
  // The same for roots that are asked for in order: none before the last one, which `from` comes from.
  std::size_t find_behind(const base::Digest& root, std::size_t& from) const;

  // The listing named the member; true where it had done so before.
  bool name(std::size_t place);
  // It named another name of it.
  void see(std::size_t place) { seen_[place] = true; }
  // It was found as it was, and nothing is written of it: the end of the listing confirms it with the
  // others.
  void confirm(std::size_t place) { confirmed_[place] = confirmed_any_ = true; }

  bool saw(const base::Digest& root) const;
  bool named(const base::Digest& root) const;
  bool confirmed_any() const { return confirmed_any_; }
  std::vector<base::Digest> seen() const { return with(seen_, true); }
  std::vector<base::Digest> unseen() const { return with(seen_, false); }
  std::vector<base::Digest> unconfirmed() const { return with(confirmed_, false); }

 private:
  std::vector<base::Digest> with(const std::vector<bool>& marks, bool mark) const;

  bool confirmed_any_ = false;
  base::Instant begun_;
  std::vector<base::Digest> members_;  // in order
  std::vector<bool> seen_, named_, confirmed_;
};

}  // namespace freshet::sync
