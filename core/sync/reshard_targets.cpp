#include "core/sync/reshard_targets.hpp"

#include <algorithm>
#include <map>

namespace freshet::sync {
namespace {

using base::Result;
using repository::KnownTarget;

struct KeptTarget {
  KnownTarget target;
  std::string place;
};
using KeptTargets = std::map<repository::TargetNumber, KeptTarget>;

// Where the target's rows lie; nothing where the store serves one repository.
Result<std::optional<std::string>> shared_place(const repository::Repository& from,
                                                const repository::Target& target,
                                                ports::Catalog& catalog,
                                                const base::Cancel& cancel) {
  FRESHET_ASSIGN(const base::Json options,
                 catalog.complete_options(ports::Kind::store, target.store,
                                          base::Json::parse(target.store_options), "store.options",
                                          {{"repository", from.directory()}}));
  FRESHET_ASSIGN(const auto store, catalog.open_store(target.store, options, cancel));
  if (store->info().claims) return std::nullopt;
  FRESHET_ASSIGN(std::string place, catalog.identity(ports::Kind::store, target.store, options));
  return place;
}

base::Status check_is_whole(const KnownTarget& target, const std::string& name,
                            const repository::Repository& from) {
  const char* const wrong = target.is_retired()
                                ? "was delivered to a store whose rows are still to be removed"
                            : !target.is_whole() ? "is being filled anew"
                                                 : nullptr;
  if (wrong == nullptr) return {};
  return base::fail(base::Code::busy, std::string(wrong) + ": refresh it until that has ended",
                    "namespace " + name + " of " + from.directory());
}

bool is_same_target(const KeptTarget& a, const KeptTarget& b) {
  return a.place == b.place && a.target.live.store == b.target.live.store &&
         a.target.live.model == b.target.live.model && a.target.suffix == b.target.suffix;
}

}  // namespace

Result<bool> keep_targets(MovedSpace& space, ports::Catalog& catalog, const base::Cancel& cancel) {
  std::optional<KeptTargets> first;
  bool together = true;
  for (const RepositoryPtr& from : space.from) {
    if (!from) continue;
    FRESHET_ASSIGN(const repository::Snapshot snapshot, from->read());
    FRESHET_ASSIGN(const auto known, snapshot.targets());
    KeptTargets here;
    for (const KnownTarget& target : known) {
      FRESHET_TRY(check_is_whole(target, space.name, *from));
      if (std::count(space.models.begin(), space.models.end(), target.live.model) == 0)
        space.models.push_back(target.live.model);
      FRESHET_ASSIGN(const auto place, shared_place(*from, target.live, catalog, cancel));
      together = together && place;
      here[target.number] = {target, place.value_or("")};
    }
    if (here.empty()) continue;  // a shard that never ran to its end has none
    if (!first) first = here;
    together =
        together && std::equal(here.begin(), here.end(), first->begin(), first->end(),
                               [](const auto& a, const auto& b) {
                                 return a.first == b.first && is_same_target(a.second, b.second);
                               });
  }
  if (first && together)
    for (const auto& [number, kept] : *first) space.targets.push_back(kept.target);
  return together;
}

}  // namespace freshet::sync
