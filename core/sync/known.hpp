// core/sync/known.hpp - what a policy is told of a root, taken from its record.
#pragma once

#include <optional>
#include <string>

#include "core/policy/policy.hpp"
#include "core/repository/repository.hpp"

namespace freshet::sync {

// Borrows from `root`. One that is another name for a root's content exists as that does, and was
// stored when it was last seen to be so.
template <typename Text>
policy::Known known_of(const repository::BasicRoot<Text>& root) {
  const bool is_alias = !root.exists() && !root.alias_of.empty();
  policy::Known known;
  known.uri = root.uri;
  known.exists = root.exists() || is_alias;
  known.ingested = is_alias ? root.checked : root.ingested;
  known.checked = root.checked;
  known.changed = root.changed;
  known.metadata = root.metadata;
  known.flags = root.flags;
  return known;
}

// Adds the trigger that is pending for `root`; `known` borrows from `out`.
base::Status find_trigger(const repository::Snapshot& snapshot, const base::Digest& root,
                          std::optional<repository::Trigger>& out, policy::Known& known);

// The root that holds the content: itself, or the one it is another name of. Nothing: none does
// (any more), and the root is read as if it were new.
base::Result<std::optional<repository::RootView>> content_of(const repository::RootView& root,
                                                             const repository::Snapshot& snapshot);

// What a policy is told of a root, and what that will be after the next commit follows from.
struct KnownRoot {
  policy::OwnedKnown known;  // it exists as an alias does, too
  bool exists = false;       // a document is stored under this root
  std::string alias_of;
  base::Digest content_digest;
};

// Of a root by its URI.
base::Result<KnownRoot> know(const repository::Snapshot& snapshot, const std::string& uri);
base::Result<KnownRoot> know(const repository::Repository& repository, const std::string& uri);

// What is known of it once a commit at `now` ...
policy::OwnedKnown when_confirmed(const KnownRoot& root, base::Instant now);  // or declined it
policy::OwnedKnown when_stored(const KnownRoot& root, const model::Document& document,
                               const base::Digest& content_digest, base::Instant now);
policy::OwnedKnown when_alias(const KnownRoot& root, const std::string& target, base::Instant now);

}  // namespace freshet::sync
