#include "core/sync/grant.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace freshet::sync {
namespace {

constexpr std::size_t batch = 1024;

// What was learnt in a round is of use to the next one; with much to be asked, a few rounds will do.
constexpr std::size_t least_round = 8, most_round = 1024;

std::size_t round_of(const policy::Purse& purse) {
  const auto part = static_cast<std::size_t>(std::max(purse.saved(), 0.) / 8);
  return std::clamp(part, least_round, most_round);
}

}  // namespace

base::Result<Granter> Granter::open(const Run& run, const OpenSource& source) {
  Granter granter;
  granter.terms_ = source.config->policy->adaptive();
  if (granter.terms_ == nullptr || source.cached || source.in_part || run.config.force)
    return granter;
  granter.source_ = source.record.id;
  const base::Instant now = run.now();
  const base::Instant asked_before = std::min(now + -granter.terms_->min_interval, run.started);
  base::Digest cursor;
  for (;;) {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
    FRESHET_ASSIGN(const auto roots, snapshot.members(granter.source_, cursor, batch));
    if (roots.empty()) return granter;
    cursor = roots.back();
    granter.members_ += roots.size();
    FRESHET_TRY(granter.take(snapshot, roots, asked_before));
  }
}

// Those that were asked for before that time, well: what failed waits for its own time.
base::Status Granter::take(const repository::Snapshot& snapshot,
                           const std::vector<base::Digest>& roots, base::Instant before) {
  base::Status taken;
  FRESHET_TRY(snapshot.roots(roots, [&](std::size_t, const repository::RootView* root) {
    if (root == nullptr || root->failures > 0 || root->checked == base::unset || !taken) return;
    if (root->checked < before) taken = take(snapshot, *root);
  }));
  return taken;
}

base::Status Granter::take(const repository::Snapshot& snapshot, const repository::RootView& root) {
  const std::uint32_t folder = place_of(folder_of(root.uri));
  FRESHET_ASSIGN(const auto learnt, learnt_page(snapshot, source_, root.id));
  // One that was read before the policy was adaptive: it is judged by its source alone.
  const LearntPage page = learnt.value_or(LearntPage());
  const base::Instant changed = std::min(root.changed, root.checked);
  pages_.push_back({root.id, page.with(root.checked, changed), folder, learnt.has_value()});
  return {};
}

std::uint32_t Granter::place_of(const base::Digest& folder) {
  const auto [found, added] =
      places_.try_emplace(folder, static_cast<std::uint32_t>(folders_.size()));
  if (added) folders_.push_back({folder, {}});
  return found->second;
}

double Granter::worth(const policy::SourceLearnt& learnt, Page& page, base::Instant now) const {
  const policy::Tally& folder = folders_[page.folder].tally;
  if (!std::exchange(page.judged, true)) {
    page.learnt.folder = folder;
    page.learnt.source = learnt.tally;
  }
  return policy::worth(learnt, folder, page.learnt, now);
}

base::Result<std::vector<Grant>> Granter::next(const repository::Repository& repository,
                                               base::Instant now, std::uint64_t planned) {
  std::vector<Grant> grants;
  if (pages_.empty()) return grants;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(LearntSource learnt, learnt_source(snapshot, source_));
  learnt.purse.earn(now, terms_->requests_a_day(members_), members_);
  for (; planned > 0; --planned) learnt.purse.spend();
  if (learnt.purse.saved() < 1) return grants;
  for (Folder& folder : folders_) {
    FRESHET_ASSIGN(folder.tally, learnt_folder(snapshot, source_, folder.name));
  }
  std::vector<std::pair<double, std::uint32_t>> order;
  order.reserve(pages_.size());
  for (std::uint32_t i = 0; i < pages_.size(); ++i)
    order.emplace_back(worth(learnt.pages, pages_[i], now), i);
  const std::size_t most = std::min(round_of(learnt.purse), order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most), order.end(),
                    std::greater<>());
  for (std::size_t i = 0; i < most && learnt.purse.affords(order[i].first); ++i) {
    const Page& page = pages_[order[i].second];
    learnt.purse.spend();
    grants.push_back(
        {page.root, static_cast<float>(policy::changed_by_now(
                        learnt.pages, folders_[page.folder].tally, page.learnt, now))});
  }
  std::vector<std::uint32_t> gone;
  for (std::size_t i = 0; i < grants.size(); ++i) gone.push_back(order[i].second);
  std::sort(gone.begin(), gone.end(), std::greater<>());
  for (const std::uint32_t at : gone) {
    pages_[at] = pages_.back();
    pages_.pop_back();
  }
  return grants;
}

}  // namespace freshet::sync
