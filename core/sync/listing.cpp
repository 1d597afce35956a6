#include "core/sync/listing.hpp"

#include <algorithm>
#include <functional>
#include <span>
#include <unordered_set>

#include "core/base/thread.hpp"
#include "core/sync/decide.hpp"
#include "core/sync/exclusion.hpp"
#include "core/sync/forecast.hpp"
#include "core/sync/grant.hpp"
#include "core/sync/mark.hpp"
#include "core/sync/round.hpp"
#include "core/sync/selection.hpp"
#include "core/sync/source_estimate.hpp"
#include "core/sync/sources.hpp"
#include "core/sync/words.hpp"

namespace freshet::sync {
namespace {

constexpr std::size_t listing_batch = 8192;  // entries looked up, and marked as seen, at once
// Due roots leased at once: more as long as their turn comes soon.
constexpr std::size_t least_leased = 64, most_leased = 1024;
constexpr base::Millis soon{250};

base::Status run_cancelled() { return base::fail(base::Code::cancelled, "the run was cancelled"); }

// Lets a loader that can bring what is due in one request do so.
void prepare(const Run& run, OpenSource& source, const std::vector<Item>& due) {
  if (due.size() < 2 || !source.loader->prepares()) return;
  std::vector<ports::Wanted> wanted;
  for (const Item& item : due) wanted.push_back({item.entry, item.known_version()});
  source.loader->prepare(wanted, run.cancel);
}

// As the records lie: what is committed together then touches few pages.
void sort_by_root(std::vector<Item>& items) {
  std::sort(items.begin(), items.end(),
            [](const Item& a, const Item& b) { return a.root < b.root; });
}

// Leases what is due and pushes it; what another run holds, or has done, is counted.
base::Status push_due(const Run& run, OpenSource& source, std::vector<Item> due,
                      Pipeline& pipeline) {
  if (due.empty()) return {};
  FRESHET_TRY(pipeline.start());
  sort_by_root(due);
  prepare(run, source, due);
  const ports::Clock& clock = run.repository().clock();
  std::size_t leased = least_leased;
  for (std::size_t begin = 0, end = 0; begin < due.size(); begin = end) {
    if (run.cancel.requested()) return run_cancelled();
    end = std::min(due.size(), begin + leased);
    const base::Millis started = clock.monotonic();
    std::vector<base::Digest> roots;
    std::vector<base::Instant> asked;
    for (std::size_t i = begin; i < end; ++i) {
      roots.push_back(due[i].root);
      asked.push_back(due[i].asked);
    }
    FRESHET_ASSIGN(const std::vector<Claim> claims, run.leases.claim(roots, asked));
    for (std::size_t i = begin; i < end; ++i) {
      Item& item = due[i];
      switch (claims[i - begin]) {
        case Claim::mine:
          if (source.round) item.round = source.round->token();
          pipeline.push(std::move(item));
          break;
        case Claim::in_work:
          run.ledger.skipped(1);
          break;
        case Claim::done:  // perhaps by what an older listing said of it
          source.missed = true;
          run.ledger.root_done(source.report.name, item.entry.uri, Outcome::busy,
                               "asked for by another run meanwhile");
          break;
        case Claim::busy:
          source.lose(item.asked);
          run.ledger.root_done(source.report.name, item.entry.uri, Outcome::busy,
                               "in work by another run");
          break;
      }
    }
    leased = clock.monotonic() - started < soon ? std::min(most_leased, 2 * leased) : least_leased;
  }
  return {};
}

// Tells the outcome of the roots that are not due; those that are go to `due`. Returns how many are
// fresh: they are counted together, as are those that are confirmed together.
std::uint64_t sort_out(const Run& run, const OpenSource& source, std::vector<Judged> judged,
                       std::vector<Item>& due) {
  std::uint64_t fresh = 0, unchanged = 0;
  for (Judged& one : judged) {
    const std::string& uri = one.item.entry.uri;
    switch (one.verdict) {
      case Verdict::due:
        due.push_back(std::move(one.item));
        break;
      case Verdict::fresh:
        if (run.config.only.roots.empty())
          ++fresh;
        else  // whoever names roots wants to hear of each
          run.ledger.root_done(source.report.name, uri, Outcome::skipped, one.item.reason.view(),
                               0);
        break;
      case Verdict::confirmed:
        if (one.together)
          ++unchanged;
        else
          run.ledger.root_done(source.report.name, uri, Outcome::unchanged, "same version");
        break;
      case Verdict::failed:
        run.ledger.root_done(source.report.name, uri, Outcome::failed,
                             base::code_name(one.error->code), 1, &*one.error);
        break;
    }
  }
  run.ledger.unchanged(unchanged);
  return fresh;
}

// What a policy declines before it is known leaves nothing behind that would be asked again.
bool is_passed_by(const Judged& judged) {
  return judged.verdict == Verdict::fresh && !judged.recorded;
}

base::Status take_batch(const Run& run, OpenSource& source, std::vector<ports::Entry> entries,
                        Pipeline& pipeline) {
  FRESHET_TRY(leave_out_excluded(run, source, entries));
  if (entries.empty()) return {};
  if (run.cancel.requested()) return run_cancelled();
  FRESHET_ASSIGN(Listed listed, judge_listed(run, source, std::move(entries)));
  FRESHET_ASSIGN(const Marked marked, mark_listed(run, source, listed));
  std::vector<Judged>& judged = listed.judged;
  std::size_t at = 0;  // what is listed twice has its outcome
  std::erase_if(judged, [&](const Judged&) { return marked.seen_before[at++]; });
  source.report.entries += judged.size() + marked.together;
  run.ledger.listed(judged.size() + marked.together);
  run.ledger.unchanged(marked.together);
  if (std::any_of(judged.begin(), judged.end(), is_passed_by)) source.missed = true;
  std::vector<Item> due;
  run.ledger.skipped(sort_out(run, source, std::move(judged), due));
  return push_due(run, source, std::move(due), pipeline);
}

// Nothing else than what the source has can go.
base::Status let_go(const Run& run, OpenSource& source, const std::string& uri) {
  const base::Digest root = model::root_id(uri);
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
  FRESHET_ASSIGN(const bool member, snapshot.is_member(source.record.id, root));
  if (member) source.going.insert(root);
  return {};
}

using TakeEntries = std::function<base::Status(std::vector<ports::Entry>)>;

// Lists what there is since `state`, and collects entries into batches for `take`.
base::Result<ports::Listing> for_batches(const Run& run, OpenSource& source,
                                         const std::string& state, const TakeEntries& take) {
  std::vector<ports::Entry> batch;
  batch.reserve(std::min<std::size_t>(listing_batch, source.members_before + 1));
  const auto task = base::current_task();  // a loader may list on a thread of its own
  ports::ListingSink sink;
  sink.entry = [&](ports::Entry entry) -> base::Status {
    const base::TaskScope scope(task);
    batch.push_back(std::move(entry));
    if (batch.size() < listing_batch) return {};
    return take(std::exchange(batch, {}));
  };
  sink.gone = [&](const std::string& uri) {
    const base::TaskScope scope(task);
    return let_go(run, source, uri);
  };
  base::Result<ports::Listing> listing = source.loader->list(state, sink, run.cancel);
  base::Status rest = take(std::move(batch));  // also after a failure: what was listed is good
  if (listing && !rest) return base::fail(std::move(rest).error());
  return listing;
}

// True where the last listing is not older than the source may have it. A time that a clock which
// was ahead left behind is no proof of one.
bool listing_stands(const Run& run, const OpenSource& source) {
  if (run.config.force || !run.config.listing_out.empty()) return false;
  if (!source.same_config || source.record.listed == base::unset) return false;
  if (source.config->lists) return !*source.config->lists;
  const base::Millis age = run.now() - source.record.listed;
  return age >= base::Millis(0) && age < source.config->list_every;
}

// Only what is due of its members is looked at.
bool goes_unlisted(const Run& run, OpenSource& source) {
  source.cached = source.report.cached =
      run.config.listing_out.empty() && is_cached(run.config, source, run.now());
  return source.cached || listing_stands(run, source);
}

// Gives `take` the members of the source that were due when the run began, from its due index and
// in batches. What a batch changes has a later time, so that none comes twice. Returns how many.
base::Result<std::uint64_t> for_due(const Run& run, const OpenSource& source,
                                    const TakeEntries& take) {
  std::uint64_t taken = 0;
  repository::DueRoot last;
  for (;;) {
    std::vector<ports::Entry> entries;
    {
      FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
      FRESHET_ASSIGN(const auto due,
                     snapshot.due_of(source.record.id, run.started, last, listing_batch));
      if (due.empty()) return taken;
      last = due.back();
      for (const repository::DueRoot& one : due) {
        FRESHET_ASSIGN(const auto root, snapshot.root(one.root));
        if (root) entries.push_back(entry_of(*root));
      }
    }
    taken += entries.size();
    FRESHET_TRY(take(std::move(entries)));
  }
}

// What no listing names now, and what is known of it stands.
base::Status take_members(const Run& run, OpenSource& source, std::vector<ports::Entry> entries,
                          Pipeline& pipeline) {
  if (run.cancel.requested()) return run_cancelled();
  FRESHET_ASSIGN(std::vector<Judged> judged, judge(run, source, std::move(entries)));
  FRESHET_TRY(mark_due(run, judged));
  std::vector<Item> due;
  run.ledger.skipped(sort_out(run, source, std::move(judged), due));
  return push_due(run, source, std::move(due), pipeline);
}

// Looks once more at members that were left alone.
base::Result<std::vector<ports::Entry>> entries_of(const Run& run, OpenSource& source,
                                                   const std::vector<Grant>& grants) {
  std::vector<ports::Entry> entries;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
  for (const Grant& grant : grants) {
    source.granted[grant.root] = grant.chance;
    FRESHET_ASSIGN(const auto root, snapshot.root(grant.root));
    if (root) entries.push_back(entry_of(*root));
  }
  run.ledger.reconsider(entries.size());
  return entries;
}

// Lets the purse earn. Whether the pages are to be judged: each costs a microsecond, and nothing has become
// likelier since they were judged a moment ago.
base::Result<bool> earn(const Run& run, OpenSource& source, const policy::AdaptiveTerms& terms) {
  bool judges = false;
  FRESHET_TRY(run.repository().write([&](repository::Writer& writer) -> base::Status {
    FRESHET_ASSIGN(
        const LearntSource learnt,
        sync::earn(writer, source.record.id, {terms, source.spenders}, run.now(), judges));
    if (learnt.stale_by_ttl <= 0) return {};  // nobody has looked yet
    source.report.stale = learnt.stale;
    source.report.stale_by_ttl = learnt.stale_by_ttl;
    return {};
  }));
  return judges && !run.config.force && !source.cached;
}

base::Status tell_staleness(const Run& run, OpenSource& source, Granter& granter) {
  FRESHET_ASSIGN(const Staleness stale, granter.staleness(run.repository(), run.now()));
  source.report.stale = static_cast<float>(stale.now);
  source.report.stale_by_ttl = static_cast<float>(stale.by_ttl);
  return run.repository().write([&](repository::Writer& writer) {
    return note_staleness(writer, source.record.id, *source.report.stale,
                          *source.report.stale_by_ttl);
  });
}

// What the policy does not ask by time alone and what was saved is to be spent on, round by round.
base::Status take_granted(const Run& run, OpenSource& source, Pipeline& pipeline) {
  const policy::AdaptiveTerms* const terms = source.config->policy->adaptive();
  if (terms == nullptr) return {};
  source.round->wait();  // it spends, too
  FRESHET_ASSIGN(const bool judges, earn(run, source, *terms));
  if (!judges) return {};
  FRESHET_ASSIGN(Granter granter, Granter::open(run, source));
  for (;;) {
    FRESHET_ASSIGN(const std::vector<Grant> grants, granter.next(run.repository(), run.now()));
    if (grants.empty()) return tell_staleness(run, source, granter);
    FRESHET_ASSIGN(std::vector<ports::Entry> entries, entries_of(run, source, grants));
    FRESHET_TRY(take_members(run, source, std::move(entries), pipeline));
    source.round->wait();
  }
}

base::Status take_due(const Run& run, OpenSource& source, Pipeline& pipeline) {
  const std::uint64_t members = source.record.members;
  source.report.entries = members;
  run.ledger.listed(members);
  FRESHET_ASSIGN(const std::uint64_t taken,
                 for_due(run, source, [&](std::vector<ports::Entry> entries) {
                   return take_members(run, source, std::move(entries), pipeline);
                 }));
  run.ledger.skipped(members - std::min(members, taken));
  return {};
}

// Begins a listing, and returns the state that the loader is to go on from; empty: it begins from
// nothing. The state of another configuration speaks of other roots, and goes.
base::Result<std::string> begin_listing(const Run& run, OpenSource& source) {
  std::string state;
  FRESHET_TRY(run.repository().write([&](repository::Writer& writer) -> base::Status {
    FRESHET_ASSIGN(const std::optional<repository::Source> stored,
                   writer.read().source(source.record.id));
    repository::Source record = stored ? *stored : source.record;
    ++record.generation;  // of what is stored: another run may have counted on
    source.record.generation = record.generation;
    if (record.config != source.record.config) record.state.clear();
    const bool begins_anew = run.config.force || record.listed == base::unset;
    state = begins_anew ? std::string() : record.state;
    return writer.put_source(record);
  }));
  return state;
}

// Calls `each` with the members of the source that this listing did not name, in batches.
base::Status for_unnamed(const Run& run, const OpenSource& source,
                         const std::function<base::Status(const repository::Snapshot&,
                                                          std::span<const base::Digest>)>& each) {
  base::Digest cursor;
  for (;;) {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
    FRESHET_ASSIGN(auto roots, snapshot.unseen(source.record.id, source.record.generation, cursor,
                                               listing_batch));
    if (roots.empty()) return {};
    cursor = roots.back();
    std::erase_if(roots, [&](const base::Digest& root) { return source.roll.saw(root); });
    FRESHET_TRY(each(snapshot, roots));
  }
}

// Those that other members are another name of. One that was never fetched by its own name is asked for
// by those, as a listing has them.
base::Result<std::unordered_set<base::Digest>> alias_targets(const Run& run,
                                                             const OpenSource& source) {
  std::unordered_set<base::Digest> targets;
  FRESHET_TRY(for_unnamed(
      run, source, [&](const repository::Snapshot& snapshot, std::span<const base::Digest> roots) {
        return snapshot.roots(roots, [&](std::size_t, const repository::RootView* root) {
          if (root != nullptr && !root->alias_of.empty() && root->failures == 0)
            targets.insert(model::root_id(root->alias_of));
        });
      }));
  return targets;
}

// Members that the listing had no need to name, looked at as if it had named them.
base::Status take_unnamed(const Run& run, OpenSource& source, Pipeline& pipeline) {
  FRESHET_ASSIGN(const auto targets, alias_targets(run, source));
  return for_unnamed(
      run, source,
      [&](const repository::Snapshot& snapshot,
          std::span<const base::Digest> roots) -> base::Status {
        std::vector<ports::Entry> entries;
        FRESHET_TRY(snapshot.roots(roots, [&](std::size_t i, const repository::RootView* root) {
          if (root == nullptr || source.going.contains(roots[i])) return;
          if (!root->version.empty() || root->gone_seen > 0 || !targets.contains(roots[i]))
            entries.push_back(entry_of(*root));
        }));
        source.report.entries += entries.size();
        run.ledger.listed(entries.size());
        return take_members(run, source, std::move(entries), pipeline);
      });
}

void report_listing(OpenSource& source, ports::Listing listing) {
  source.report.complete = listing.complete();
  source.report.kind = listing.kind;
  source.report.note = listing.note;
  if (!listing.way.empty()) source.report.way = listing.way;
  source.report.earlier = listing.earlier;
  source.listing = std::move(listing);
}

constexpr base::Millis old_listing{24LL * 3'600'000};

// Of a listing from a file: an old one is told, and what is older than the last one that counted here
// takes nothing away.
void judge_age(const Run& run, const OpenSource& source, ports::Listing& listing) {
  if (!source.taken) return;
  const base::Millis age = run.started - *source.taken;
  const std::string when = base::format_instant(*source.taken);
  if (age >= old_listing)
    run.ledger.log(log_warning, "the listing of " + source.report.name + " was written at " + when +
                                    ", " + std::to_string(age.count() / 3'600'000) +
                                    " hours ago: what has changed there since is not seen");
  listing.way += (listing.way.empty() ? "" : "; ") + ("from a listing of " + when);
  if (listing.kind == ports::ListingKind::part || *source.taken >= source.record.listed) return;
  listing.kind = ports::ListingKind::part;
  listing.note = "the file is of " + when + ", older than the last listing, of " +
                 base::format_instant(source.record.listed) + ": nothing is removed by it";
}

base::Status list_anew(const Run& run, OpenSource& source, Pipeline& pipeline) {
  source.report.listed = true;
  const base::Instant begun = run.now();
  FRESHET_ASSIGN(const std::string state, begin_listing(run, source));
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
    FRESHET_ASSIGN(source.roll, Roll::take(snapshot, source.record.id, begun));
  }
  FRESHET_ASSIGN(ports::Listing listing,
                 for_batches(run, source, state, [&](std::vector<ports::Entry> entries) {
                   return take_batch(run, source, std::move(entries), pipeline);
                 }));
  judge_age(run, source, listing);
  const bool since =
      listing.kind == ports::ListingKind::unchanged || listing.kind == ports::ListingKind::changes;
  report_listing(source, std::move(listing));
  return since ? take_unnamed(run, source, pipeline) : base::Status{};
}

// Calls `take` with what is asked for: members by their names, others as the listing names them.
base::Status for_selected(const Run& run, OpenSource& source,
                          const std::function<base::Status(std::vector<ports::Entry>)>& take) {
  FRESHET_ASSIGN(std::vector<ports::Entry> members,
                 run.selection->members_of(run.repository(), source));
  FRESHET_TRY(take(std::move(members)));
  if (!run.selection->needs_listing()) return {};
  source.report.listed = true;
  FRESHET_ASSIGN(
      ports::Listing listing, for_batches(run, source, {}, [&](std::vector<ports::Entry> entries) {
        std::erase_if(entries,
                      [&](const ports::Entry& entry) { return !run.selection->takes(entry.uri); });
        return take(std::move(entries));
      }));
  report_listing(source, std::move(listing));
  return {};
}

base::Status take_selected(const Run& run, OpenSource& source, Pipeline& pipeline) {
  return for_selected(run, source, [&](std::vector<ports::Entry> entries) -> base::Status {
    FRESHET_TRY(leave_out_excluded(run, source, entries));
    if (entries.empty()) return {};
    if (run.cancel.requested()) return run_cancelled();
    FRESHET_ASSIGN(std::vector<Judged> judged, judge(run, source, std::move(entries)));
    std::vector<base::Digest> roots;
    for (const Judged& one : judged) roots.push_back(one.item.root);
    FRESHET_TRY(run.repository().write(
        [&](repository::Writer& writer) { return enlist(writer, source, roots); }));
    source.report.entries += judged.size();
    run.ledger.listed(judged.size());
    for (Judged& one : judged)  // what its listing confirms is marked by the fetch alone
      if (one.verdict == Verdict::confirmed) one.verdict = Verdict::due;
    std::vector<Item> due;
    run.ledger.skipped(sort_out(run, source, std::move(judged), due));
    return push_due(run, source, std::move(due), pipeline);
  });
}

// As if no page had changed: what is found may have more of them asked for.
base::Status plan_granted(const Run& run, OpenSource& source, const TakeEntries& take) {
  FRESHET_ASSIGN(Granter granter, Granter::open(run, source));
  for (;;) {
    FRESHET_ASSIGN(const std::vector<Grant> grants,
                   granter.next(run.repository(), run.now(), source.granted.size()));
    if (grants.empty()) return {};
    FRESHET_ASSIGN(std::vector<ports::Entry> entries, entries_of(run, source, grants));
    FRESHET_TRY(take(std::move(entries)));
  }
}

base::Status add_days(const Run& run, const OpenSource& source, Estimate& estimate) {
  estimate.by_day.resize(static_cast<std::size_t>(run.config.plan_days));
  if (run.config.plan_days == 0 || source.in_part) return {};
  FRESHET_ASSIGN(const auto days, forecast(run, source, estimate.by_day.size()));
  for (std::size_t i = 0; i < days.size(); ++i) estimate.by_day[i] += days[i];
  return {};
}

base::Result<TokenRate> rate_of(const Run& run, const OpenSource& source) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
  return measure_rate(run.chunking.tokenizer(), run.chunking.most_repeated(), source, snapshot);
}

}  // namespace

void list_source(const Run& run, OpenSource& source, Pipeline& pipeline) noexcept {
  base::Status listed = base::guarded([&]() -> base::Status {
    Event event;
    event.kind = EventKind::listing_started;
    event.source = source.report.name;
    run.ledger.tell(std::move(event));
    if (source.config->policy->adaptive() != nullptr) source.round = std::make_shared<Round>(run);
    if (source.in_part) return take_selected(run, source, pipeline);
    FRESHET_TRY(goes_unlisted(run, source) ? take_due(run, source, pipeline)
                                           : list_anew(run, source, pipeline));
    return take_granted(run, source, pipeline);
  });
  if (!listed && listed.error().code != base::Code::cancelled)
    source.report.error = std::move(listed).error();
  const base::Status told = base::guarded([&]() -> base::Status {
    Event event;
    event.kind = EventKind::listing_ended;
    event.source = source.report.name;
    event.message = source.report.note;
    if (source.report.error) event.explain(*source.report.error);
    run.ledger.tell(std::move(event));
    run.ledger.progress();
    return {};
  });
  if (!told) run.ledger.error(told.error());
}

void plan_source(const Run& run, OpenSource& source, Estimate& estimate) {
  auto rate = rate_of(run, source);
  if (!rate) {
    source.report.error = std::move(rate).error();
    return;
  }
  SourceEstimate due_here(*rate);
  const auto take = [&](std::vector<ports::Entry> entries) -> base::Status {
    FRESHET_TRY(leave_out_excluded(run, source, entries));
    FRESHET_ASSIGN(std::vector<Judged> judged, judge(run, source, std::move(entries)));
    FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
    source.report.entries += judged.size();
    run.ledger.listed(judged.size());
    const std::size_t all = judged.size();
    std::erase_if(judged, [](const Judged& one) { return one.verdict == Verdict::confirmed; });
    std::vector<Item> due;
    for (const Judged& one : judged)
      if (one.heard != 0) source.heard[one.item.root] = one.heard;
    run.ledger.skipped(all - judged.size() + sort_out(run, source, std::move(judged), due));
    for (const Item& item : due) {
      due_here.take(item, snapshot);
      if (item.known.exists && !item.same_recipe && !run.config.force) ++estimate.reread;
      if (estimate.uris.size() < Estimate::most_uris) estimate.uris.push_back(item.entry.uri);
    }
    return {};
  };
  base::Status status;
  if (source.in_part) {
    status = for_selected(run, source, take);
  } else if (goes_unlisted(run, source)) {
    status = for_due(run, source, take).map([](std::uint64_t) {});
  } else {
    source.report.listed = true;
    auto listing = for_batches(run, source, {}, take);  // whole: a plan keeps no state
    if (listing)
      report_listing(source, *std::move(listing));
    else
      status = base::fail(std::move(listing).error());
  }
  if (status) status = plan_granted(run, source, take);
  if (status) status = add_days(run, source, estimate);
  const base::Status added = base::guarded([&]() -> base::Status {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
    return due_here.add_to(estimate, source, snapshot);
  });
  if (status) status = added;
  if (!status) source.report.error = std::move(status).error();
}

}  // namespace freshet::sync
