#include "core/sync/known.hpp"

#include <algorithm>

#include "core/base/json.hpp"
#include "core/model/document.hpp"

namespace freshet::sync {
namespace {

// But for what only a listing says, and for what a commit settles.
policy::OwnedKnown recorded(const KnownRoot& root) {
  policy::OwnedKnown known = root.known;
  known.listed_modified.reset();
  known.granted = false;  // and the request is spent
  known.chance = 0;
  known.trigger = 0;  // the commit answers it
  known.trigger_reason.clear();
  return known;
}

}  // namespace

base::Status find_trigger(const repository::Snapshot& snapshot, const base::Digest& root,
                          std::optional<repository::Trigger>& out, policy::Known& known) {
  FRESHET_ASSIGN(out, snapshot.trigger(root));
  if (!out) return {};
  known.trigger = out->number;
  known.trigger_reason = out->why;
  return {};
}

base::Result<std::optional<repository::RootView>> content_of(const repository::RootView& root,
                                                             const repository::Snapshot& snapshot) {
  std::optional<repository::RootView> content;
  if (root.exists()) {
    content = root;
  } else if (!root.alias_of.empty()) {
    FRESHET_ASSIGN(content, snapshot.root(model::root_id(std::string(root.alias_of))));
    if (content && !content->exists()) content.reset();
  }
  return content;
}

base::Result<KnownRoot> know(const repository::Snapshot& snapshot, const std::string& uri) {
  KnownRoot known;
  const base::Digest id = model::root_id(uri);
  FRESHET_ASSIGN(const auto root, snapshot.root(id));
  std::optional<repository::Trigger> trigger;
  policy::Known found = root ? known_of(*root) : policy::Known{};
  FRESHET_TRY(find_trigger(snapshot, id, trigger, found));
  found.uri = uri;
  known.known = policy::owned(found);
  if (!root) return known;
  FRESHET_ASSIGN(const auto content, content_of(*root, snapshot));
  known.known.exists = content.has_value();
  known.exists = root->exists();
  known.alias_of = root->alias_of;
  known.content_digest = root->content_digest;
  return known;
}

base::Result<KnownRoot> know(const repository::Repository& repository, const std::string& uri) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  return know(snapshot, uri);
}

policy::OwnedKnown when_confirmed(const KnownRoot& root, base::Instant now) {
  policy::OwnedKnown known = recorded(root);
  const bool is_alias = known.exists && !root.exists;
  known.checked = now;
  known.ingested = is_alias ? now : std::min(known.ingested, now);
  known.changed = std::min(known.changed, now);
  return known;
}

policy::OwnedKnown when_stored(const KnownRoot& root, const model::Document& document,
                               const base::Digest& content_digest, base::Instant now) {
  policy::OwnedKnown known = recorded(root);
  const bool changed = !root.exists || content_digest != root.content_digest;
  known.exists = true;
  known.ingested = known.checked = now;
  known.changed = changed ? now : std::min(known.changed, now);
  known.metadata = base::dump_json(document.metadata);
  return known;
}

policy::OwnedKnown when_alias(const KnownRoot& root, const std::string& target, base::Instant now) {
  policy::OwnedKnown known = recorded(root);
  known.exists = true;
  known.ingested = known.checked = now;
  known.changed = root.alias_of == target ? std::min(known.changed, now) : now;
  if (root.exists) known.metadata.clear();  // it went with the content
  return known;
}

}  // namespace freshet::sync
