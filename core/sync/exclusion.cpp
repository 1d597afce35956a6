#include "core/sync/exclusion.hpp"

namespace freshet::sync {

base::Status leave_out_excluded(const Run& run, OpenSource& source,
                                std::vector<ports::Entry>& entries) {
  std::vector<repository::Exclusion> found;
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
    FRESHET_ASSIGN(const bool any, snapshot.has_exclusions());
    if (!any) return {};
    std::vector<ports::Entry> others;
    for (ports::Entry& entry : entries) {
      const base::Digest root = model::root_id(entry.uri);
      FRESHET_ASSIGN(auto exclusion, snapshot.exclusion(root));
      if (!exclusion)
        others.push_back(std::move(entry));
      else if (source.excluded.insert(root).second)
        found.push_back(*std::move(exclusion));
    }
    entries = std::move(others);
  }
  source.report.entries += found.size();
  run.ledger.listed(found.size());
  for (const repository::Exclusion& each : found)
    run.ledger.root_done(source.report.name, each.uri, Outcome::excluded, each.why);
  return {};
}

}  // namespace freshet::sync
