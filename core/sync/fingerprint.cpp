#include "core/sync/fingerprint.hpp"

#include <fmt/format.h>

#include "core/sync/recipes.hpp"

namespace freshet::sync {
namespace {

using base::Result;

constexpr std::size_t at_once = 1000;

base::Status count_others(const repository::Snapshot& snapshot, const base::Digest& source,
                          Recipes& recipes, OtherFingerprints& others) {
  for (base::Digest cursor;;) {
    FRESHET_ASSIGN(const auto members, snapshot.members(source, cursor, at_once));
    FRESHET_TRY(snapshot.roots(members, [&](std::size_t, const repository::RootView* root) {
      const bool has_chunks = root != nullptr && root->exists() && root->alias_of.empty();
      if (!has_chunks || root->fingerprint == recipes.of(root->media_type, root->uri)) return;
      ++others.all;
      if (root->failures > 0) ++others.failed;
    }));
    if (members.size() < at_once) return {};
    cursor = members.back();
  }
}

}  // namespace

Result<OtherFingerprints> count_other_fingerprints(
    const Context& context, const std::vector<std::unique_ptr<OpenSource>>& sources,
    const Readers& readers, const Chunking& chunking) {
  Recipes recipes(readers, chunking);
  FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
  OtherFingerprints others;
  for (const auto& source : sources)
    FRESHET_TRY(count_others(snapshot, source->record.id, recipes, others));
  return others;
}

base::Status refuse_other_fingerprints(const Context& context, const OtherFingerprints& others) {
  if (others.all == 0) return {};
  return base::fail(base::Code::held,
                    fmt::format("{} of its documents were made by another reader or chunker than "
                                "this run's: a dry run tells what reading them again may cost, and "
                                "on_new_fingerprint = \"reread\" or \"generation\" does it",
                                others.all),
                    "namespace " + context.repository.name_space());
}

}  // namespace freshet::sync
