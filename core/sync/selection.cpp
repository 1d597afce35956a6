#include "core/sync/selection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.hpp"
#include "core/sync/words.hpp"

namespace freshet::sync {
namespace {

constexpr std::size_t most_compared = 20'000;  // known roots among which the nearest name is sought

std::string nearest_root(const repository::Repository& repository, const std::string& uri) {
  const auto snapshot = repository.read();
  if (!snapshot) return {};
  const auto roots = snapshot->list_roots({}, most_compared);
  if (!roots) return {};
  std::vector<std::string> known;
  for (const repository::Root& root : *roots) known.push_back(root.uri);
  return base::nearest(uri, known);
}

}  // namespace

base::Result<Selection> Selection::make(const repository::Repository& repository, const Only& only,
                                        std::vector<std::unique_ptr<OpenSource>>& sources) {
  Selection selection(only);
  const bool part = !only.roots.empty() || !only.prefix.empty();
  for (auto& source : sources) source->in_part = part || source->config->visit;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  for (const std::string& uri : only.roots) {
    bool member = false;
    for (auto& source : sources) {
      FRESHET_ASSIGN(member, snapshot.is_member(source->record.id, model::root_id(uri)));
      if (!member) continue;
      source->asked_for.push_back(uri);
      break;
    }
    if (!member) selection.strangers_.insert(uri);
  }
  return selection;
}

base::Result<std::vector<ports::Entry>> Selection::members_of(
    const repository::Repository& repository, const OpenSource& source) {
  std::vector<ports::Entry> entries;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  for (const std::string& uri : source.asked_for) {
    if (!taken_.insert(uri).second) continue;
    FRESHET_ASSIGN(const auto root, snapshot.root(model::root_id(uri)));
    if (root)
      entries.push_back(entry_of(*root));
    else
      entries.emplace_back().uri = uri;
  }
  return entries;
}

bool Selection::needs_listing() const {
  const bool everything = only_.roots.empty() && only_.prefix.empty();  // of a source that visits
  return everything || !only_.prefix.empty() ||
         std::any_of(strangers_.begin(), strangers_.end(),
                     [&](const std::string& uri) { return !taken_.contains(uri); });
}

bool Selection::is_asked_for(const std::string& uri) const {
  if (only_.roots.empty() && only_.prefix.empty()) return true;
  return strangers_.contains(uri) || (!only_.prefix.empty() && uri.starts_with(only_.prefix));
}

bool Selection::takes(const std::string& uri) {
  return is_asked_for(uri) && taken_.insert(uri).second;
}

base::Status Selection::missing(const repository::Repository& repository) const {
  for (const std::string& uri : strangers_) {
    if (taken_.contains(uri)) continue;
    const std::string near = nearest_root(repository, uri);
    return base::fail(base::Code::not_found,
                      "is no root of these sources" +
                          (near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)),
                      uri);
  }
  const bool any = std::any_of(taken_.begin(), taken_.end(), [&](const std::string& uri) {
    return uri.starts_with(only_.prefix);
  });
  if (only_.prefix.empty() || any) return {};
  return base::fail(base::Code::not_found, "no root of these sources begins with it",
                    "only.prefix");
}

base::Status enlist(repository::Writer& writer, const OpenSource& source,
                    std::span<const base::Digest> roots) {
  if (!source.in_part)
    return writer.see(source.record.id, source.record.generation, roots).map([](auto&&) {});
  std::vector<base::Digest> free;
  for (const base::Digest& root : roots) {
    FRESHET_ASSIGN(const bool owned, writer.read().has_source(root));
    if (!owned) free.push_back(root);
  }
  if (free.empty()) return {};
  FRESHET_ASSIGN(const auto stored, writer.read().source(source.record.id));
  repository::Source record = stored ? *stored : source.record;
  if (!stored) record.config = {};  // its whole listing is yet to come
  if (record.generation == 0) {
    record.generation = 1;
    FRESHET_TRY(writer.put_source(record));
  }
  return writer.see(record.id, record.generation, free).map([](auto&&) {});
}

}  // namespace freshet::sync
