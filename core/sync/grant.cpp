#include "core/sync/grant.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace freshet::sync {
namespace {

constexpr std::size_t batch = 1024;
constexpr std::size_t most_pages_told = 4096;

// What was learnt in a round is of use to the next one; with much to be asked, a few rounds will do.
constexpr std::size_t least_round = 8, most_round = 1024;

std::size_t round_of(const policy::Purse& purse) {
  const auto part = static_cast<std::size_t>(std::max(purse.saved(), 0.) / 8);
  return std::clamp(part, least_round, most_round);
}

policy::Mention named_by(const policy::SourceLearnt& learnt, policy::Heard heard) {
  if (heard.hint == policy::Hint::none || !learnt.signal(heard.by).covers())
    return policy::Mention::unknown;
  return heard.hint == policy::Hint::moved ? policy::Mention::yes : policy::Mention::no;
}

using Pick = std::pair<double, std::uint32_t>;  // what it is worth, and its place in pages_

// Those that are worth most of all that are offered. What a run holds in memory does not grow with what it may
// not ask for.
class Best {
 public:
  explicit Best(std::size_t most) : most_(most) {}

  void offer(Pick pick) {
    if (picks_.size() == most_) {
      if (most_ == 0 || !(pick > picks_.front())) return;
      std::pop_heap(picks_.begin(), picks_.end(), std::greater<>());
      picks_.pop_back();
    }
    picks_.push_back(pick);
    std::push_heap(picks_.begin(), picks_.end(), std::greater<>());
  }
  // The best one first.
  std::vector<Pick> take() && {
    std::sort_heap(picks_.begin(), picks_.end(), std::greater<>());
    return std::move(picks_);
  }

 private:
  const std::size_t most_;
  std::vector<Pick> picks_;  // a heap with the least at its front
};

}  // namespace

base::Result<Granter> Granter::open(const Run& run, const OpenSource& source, Which which) {
  Granter granter;
  granter.terms_ = source.config->policy->adaptive();
  const bool asks_all = run.config.force && which == Which::due;
  if (granter.terms_ == nullptr || source.cached || source.in_part || asks_all) return granter;
  granter.source_ = source.record.id;
  granter.open_ = &source;
  const base::Instant now = run.now();
  const base::Instant asked_before =
      which == Which::all ? base::never
                          : std::min(now + -granter.terms_->min_interval, run.started);
  granter.pages_.reserve(source.record.members);
  base::Digest cursor;
  for (;;) {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
    FRESHET_ASSIGN(const auto roots, snapshot.members(granter.source_, cursor, batch));
    if (roots.empty()) {
      const Budget budget{*granter.terms_, source.spenders};
      FRESHET_ASSIGN(granter.spending_, budget.pages(snapshot));
      return granter;
    }
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
  LearntPage page = learnt.value_or(LearntPage());
  if (const auto heard = open_->heard.find(root.id); heard != open_->heard.end())
    page.says = heard->second;
  if (page.is_vouched_for()) return {};
  const base::Instant changed = std::min(root.changed, root.checked);
  pages_.push_back(
      {root.id, page.with(root.checked, changed), folder, page.heard(), learnt.has_value()});
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
  return policy::worth(learnt, folder, page.learnt, now, page.heard);
}

base::Status Granter::read_folders(const repository::Snapshot& snapshot) {
  for (Folder& folder : folders_) {
    FRESHET_ASSIGN(folder.tally, learnt_folder(snapshot, source_, folder.name));
  }
  return {};
}

base::Result<Staleness> Granter::staleness(const repository::Repository& repository,
                                           base::Instant now) {
  Staleness sum;
  const double budget = terms_ != nullptr ? terms_->requests_a_day(spending_) : 0;
  if (pages_.empty() || budget <= 0) return sum;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(const LearntSource learnt, learnt_source(snapshot, source_, *terms_));
  FRESHET_TRY(read_folders(snapshot));
  const double interval = static_cast<double>(spending_) / budget;
  const std::size_t stride = pages_.size() / most_pages_told + 1;
  std::size_t looked = 0;
  for (std::size_t i = 0; i < pages_.size(); i += stride, ++looked) {
    Page& page = pages_[i];
    worth(learnt.pages, page, now);  // a page that is new here is judged from now on
    sum.now += policy::changed_by_now(learnt.pages, folders_[page.folder].tally, page.learnt, now,
                                      page.heard);
    sum.by_ttl += policy::stale_if_asked_every(learnt.pages, page.learnt, now, interval);
  }
  const auto all = static_cast<double>(looked);
  // What is not among them was asked a moment ago, or its listing vouches for it.
  const double share = static_cast<double>(pages_.size()) / static_cast<double>(members_);
  return Staleness{share * sum.now / all, sum.by_ttl / all};
}

// What may be left alone no longer, and then what is worth most.
std::uint64_t Granter::day(LearntSource& learnt, base::Instant now) {
  std::uint64_t asked = 0;
  const auto ask = [&](Page& page) {
    page.learnt.checked = now;
    learnt.purse.spend();
    ++asked;
  };
  Best best(static_cast<std::size_t>(
      std::clamp(learnt.purse.saved(), 0., static_cast<double>(pages_.size()))));
  for (std::uint32_t i = 0; i < pages_.size(); ++i) {
    Page& page = pages_[i];
    if (page.learnt.checked + terms_->max_staleness <= now)
      ask(page);
    else if (page.learnt.checked + terms_->min_interval > now)
      continue;
    else if (const double value = worth(learnt.pages, page, now);
             learnt.purse.affords(value, named_by(learnt.pages, page.heard)))
      best.offer({value, i});
  }
  for (const auto& [value, at] : std::move(best).take()) {
    Page& page = pages_[at];
    if (learnt.purse.affords(value, named_by(learnt.pages, page.heard))) ask(page);
  }
  return asked;
}

// All are asked for, whatever they are worth and was saved.
std::uint64_t Granter::forced_day(LearntSource& learnt, base::Instant now) {
  for (Page& page : pages_) page.learnt.checked = now;
  for (std::uint64_t i = 0; i < members_; ++i) learnt.purse.spend();
  return members_;
}

base::Result<std::vector<std::uint64_t>> Granter::forecast(const repository::Repository& repository,
                                                           base::Instant now, std::size_t days,
                                                           bool forced) {
  constexpr base::Millis a_day{24 * 3'600'000};
  std::vector<std::uint64_t> requests(days);
  if (members_ == 0) return requests;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(LearntSource learnt, learnt_source(snapshot, source_, *terms_));
  FRESHET_TRY(read_folders(snapshot));
  for (std::size_t i = 0; i < days; ++i) {
    const base::Instant then = now + a_day * static_cast<std::int64_t>(i);
    learnt.purse.earn(then, terms_->requests_a_day(spending_), spending_, learnt.is_covered());
    requests[i] = forced && i == 0 ? forced_day(learnt, then) : day(learnt, then);
  }
  return requests;
}

base::Result<std::vector<Grant>> Granter::next(const repository::Repository& repository,
                                               base::Instant now, std::uint64_t planned) {
  std::vector<Grant> grants;
  if (pages_.empty()) return grants;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(LearntSource learnt, learnt_source(snapshot, source_, *terms_));
  learnt.purse.earn(now, terms_->requests_a_day(spending_), spending_, learnt.is_covered());
  for (; planned > 0; --planned) learnt.purse.spend();
  if (learnt.purse.saved() < 1) return grants;
  FRESHET_TRY(read_folders(snapshot));
  Best best(round_of(learnt.purse));
  for (std::uint32_t i = 0; i < pages_.size(); ++i) {
    const double value = worth(learnt.pages, pages_[i], now);
    if (learnt.purse.affords(value, named_by(learnt.pages, pages_[i].heard)))
      best.offer({value, i});
  }
  std::vector<std::uint32_t> gone;
  for (const auto& [value, at] : std::move(best).take()) {
    const Page& page = pages_[at];
    if (!learnt.purse.affords(value, named_by(learnt.pages, page.heard))) continue;
    learnt.purse.spend();
    gone.push_back(at);
    grants.push_back(
        {page.root, static_cast<float>(policy::changed_by_now(
                        learnt.pages, folders_[page.folder].tally, page.learnt, now, page.heard))});
  }
  std::sort(gone.begin(), gone.end(), std::greater<>());
  for (const std::uint32_t at : gone) {
    pages_[at] = pages_.back();
    pages_.pop_back();
  }
  return grants;
}

}  // namespace freshet::sync
