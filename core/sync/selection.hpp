// core/sync/selection.hpp - a run that looks at some of what its sources have, and at no more.
//
// A root that is named and belongs to a source is fetched from that source, without a listing. What
// is not known yet is looked for in the listings. Nothing is removed because it was not looked at,
// no listing counts as begun, and every root stays with the sources that have it.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/sync/state.hpp"

namespace freshet::sync {

class Selection {
 public:
  // Marks the sources that are looked at in part only.
  static base::Result<Selection> make(const repository::Repository& repository, const Only& only,
                                      std::vector<std::unique_ptr<OpenSource>>& sources);

  // The named roots that belong to `source`.
  base::Result<std::vector<ports::Entry>> members_of(const repository::Repository& repository,
                                                     const OpenSource& source);
  // Whether listings may name something that is asked for and was not taken yet.
  bool needs_listing() const;
  // Whether an entry is asked for, and was not taken before.
  bool takes(const std::string& uri);
  // Fails where something was asked for and found nowhere.
  base::Status missing(const repository::Repository& repository) const;
  bool found_any() const { return !taken_.empty(); }

 private:
  explicit Selection(const Only& only) : only_(only) {}
  bool is_asked_for(const std::string& uri) const;

  const Only& only_;
  std::set<std::string> taken_;
  std::set<std::string> strangers_;  // named, and no member of any source
};

// Makes `roots` members of a source, as its listing says. Where the source is looked at in part
// only, what another source has stays that one's alone.
base::Status enlist(repository::Writer& writer, const OpenSource& source,
                    std::span<const base::Digest> roots);

}  // namespace freshet::sync
