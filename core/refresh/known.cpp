#include "core/refresh/known.hpp"

#include "core/model/document.hpp"

namespace freshet::refresh {
namespace {

base::Json object_of(std::string_view text) {
  base::Json parsed = base::Json::parse(text, nullptr, false);
  return parsed.is_object() ? parsed : base::Json::object();
}

}  // namespace

policy::Known KnownRoot::view() const {
  policy::Known known;
  known.uri = uri;
  known.exists = exists;
  known.ingested = ingested;
  known.checked = checked;
  known.changed = changed;
  known.metadata = &metadata;
  known.flags = &flags;
  return known;
}

base::Result<KnownRoot> know(const repository::Repository& repository, const std::string& uri) {
  KnownRoot known;
  known.uri = uri;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(const auto root, snapshot.root(model::root_id(uri)));
  if (!root) return known;
  known.exists = root->exists();
  known.ingested = root->ingested;
  known.checked = root->checked;
  known.changed = root->changed;
  known.metadata = object_of(root->metadata);
  known.flags = object_of(root->flags);
  return known;
}

}  // namespace freshet::refresh
