#include "core/refresh/listing.hpp"

#include <algorithm>

#include "core/base/thread.hpp"
#include "core/refresh/decide.hpp"
#include "core/refresh/selection.hpp"

namespace freshet::refresh {
namespace {

constexpr std::size_t batch_size = 1024;  // entries looked up, and marked as seen, at once
constexpr std::size_t lease_size = 64;    // due roots leased at once: few wait long for their turn

base::Status cancelled() { return base::fail(base::Code::cancelled, "the run was cancelled"); }

// Leases what is due and pushes it; what another run holds, or has done, is counted.
base::Status push_due(const Run& run, OpenSource& source, std::vector<Item> due,
                      Pipeline& pipeline) {
  for (std::size_t begin = 0; begin < due.size(); begin += lease_size) {
    if (run.cancel.requested()) return cancelled();
    const std::size_t end = std::min(due.size(), begin + lease_size);
    std::vector<base::Digest> roots;
    for (std::size_t i = begin; i < end; ++i) roots.push_back(due[i].root);
    FRESHET_ASSIGN(const std::vector<Claim> claims, run.leases.claim(roots));
    for (std::size_t i = begin; i < end; ++i) {
      Item& item = due[i];
      switch (claims[i - begin]) {
        case Claim::mine:
          pipeline.push(std::move(item));
          break;
        case Claim::in_work:
          run.ledger.skipped(1);
          break;
        case Claim::done:
          run.ledger.root_done(source.report.name, item.entry.uri, Outcome::busy,
                               "refreshed by another run meanwhile");
          break;
        case Claim::busy:
          run.ledger.root_done(source.report.name, item.entry.uri, Outcome::busy,
                               "in work by another run");
          break;
      }
    }
  }
  return {};
}

// What one commit brings for a batch of entries: seen marks, confirmations by version, due times.
base::Result<std::vector<bool>> mark(const Run& run, const OpenSource& source,
                                     const std::vector<Judged>& judged) {
  std::vector<base::Digest> roots;
  const base::Instant now = run.now();
  std::vector<base::Instant> next;  // asked before: a policy is no guest of the writer thread
  for (const Judged& one : judged) {
    roots.push_back(one.item.root);
    next.push_back(one.verdict == Verdict::confirmed ? next_time(one.item, now, false)
                                                     : one.ask_again);
  }
  std::vector<bool> seen_before;
  FRESHET_TRY(run.repository().write([&](repository::Writer& writer) -> base::Status {
    FRESHET_ASSIGN(seen_before, writer.see(source.record.id, source.record.generation, roots));
    for (std::size_t i = 0; i < judged.size(); ++i) {
      const Judged& one = judged[i];
      if (one.verdict == Verdict::confirmed) {
        repository::Touch touch;
        touch.root = one.item.root;
        touch.now = now;
        touch.ask_again = next[i];
        FRESHET_TRY(writer.touch(touch));
      } else if (one.verdict == Verdict::fresh && one.ask_again != one.stored_ask_again &&
                 one.item.failures == 0) {
        FRESHET_TRY(
            writer.set_ask_again(one.item.root, one.ask_again));  // another policy than last time
      }
    }
    return {};
  }));
  return seen_before;
}

base::Status take_batch(const Run& run, OpenSource& source, std::vector<ports::Entry> entries,
                        Pipeline& pipeline) {
  if (entries.empty()) return {};
  if (run.cancel.requested()) return cancelled();
  FRESHET_ASSIGN(std::vector<Judged> judged, judge(run, source, std::move(entries)));
  FRESHET_ASSIGN(const std::vector<bool> seen_before, mark(run, source, judged));
  std::vector<Item> due;
  std::uint64_t fresh = 0;
  const auto listed = static_cast<std::uint64_t>(
      std::count(seen_before.begin(), seen_before.end(), false));  // the others are listed twice
  source.report.entries += listed;
  run.ledger.listed(listed);
  for (std::size_t i = 0; i < judged.size(); ++i) {
    if (seen_before[i]) continue;
    if (judged[i].verdict == Verdict::due) {
      due.push_back(std::move(judged[i].item));
    } else if (judged[i].verdict == Verdict::fresh) {
      ++fresh;
    } else {
      run.ledger.root_done(source.report.name, judged[i].item.entry.uri, Outcome::unchanged,
                           "same version");
    }
  }
  run.ledger.skipped(fresh);
  return push_due(run, source, std::move(due), pipeline);
}

// Collects entries into batches for `take`.
base::Result<ports::Listing> for_batches(
    const Run& run, OpenSource& source,
    const std::function<base::Status(std::vector<ports::Entry>)>& take) {
  std::vector<ports::Entry> batch;
  base::Result<ports::Listing> listing = source.loader->list(
      [&, task = base::current_task()](ports::Entry entry) -> base::Status {
        const base::TaskScope scope(task);  // a loader may list on a thread of its own
        batch.push_back(std::move(entry));
        if (batch.size() < batch_size) return {};
        return take(std::exchange(batch, {}));
      },
      run.cancel);
  base::Status rest = take(std::move(batch));  // also after a failure: what was listed is good
  if (listing && !rest) return base::fail(std::move(rest).error());
  return listing;
}

// True where the policy, asked about the listing itself, says that the last one still stands.
// "Never again" speaks of roots that are known; only a listing finds those that are not.
bool listing_stands(const Run& run, const OpenSource& source) {
  if (run.config.force || !source.same_config || source.record.listed == base::unset) return false;
  policy::Known known;
  known.uri = source.record.name;
  known.exists = true;
  known.ingested = known.checked = known.changed = source.record.listed;
  const policy::Decision decision = source.config->policy->decide(known, run.now());
  return !decision.refresh && decision.ask_again != base::never;
}

// The members of the source that are due, from the due index.
base::Result<std::vector<ports::Entry>> due_members(const Run& run, const OpenSource& source) {
  constexpr std::size_t most = 1'000'000;
  std::vector<ports::Entry> entries;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
  FRESHET_ASSIGN(const std::vector<base::Digest> due, snapshot.due(run.now(), most));
  for (const base::Digest& id : due) {
    FRESHET_ASSIGN(const bool member, snapshot.is_member(source.record.id, id));
    if (!member) continue;
    FRESHET_ASSIGN(const std::optional<repository::RootView> root, snapshot.root(id));
    if (!root) continue;
    ports::Entry entry;
    entry.uri = root->uri;
    entries.push_back(std::move(entry));
  }
  return entries;
}

base::Status take_due(const Run& run, OpenSource& source, Pipeline& pipeline) {
  FRESHET_ASSIGN(std::vector<ports::Entry> entries, due_members(run, source));
  source.report.entries = source.record.members;
  run.ledger.listed(source.record.members);
  std::vector<Item> due;
  for (std::size_t begin = 0; begin < entries.size(); begin += batch_size) {
    const std::size_t end = std::min(entries.size(), begin + batch_size);
    FRESHET_ASSIGN(
        std::vector<Judged> judged,
        judge(run, source,
              {std::make_move_iterator(entries.begin() + static_cast<std::ptrdiff_t>(begin)),
               std::make_move_iterator(entries.begin() + static_cast<std::ptrdiff_t>(end))}));
    for (Judged& one : judged)
      if (one.verdict != Verdict::fresh) due.push_back(std::move(one.item));
  }
  run.ledger.skipped(source.record.members -
                     std::min<std::uint64_t>(source.record.members, due.size()));
  return push_due(run, source, std::move(due), pipeline);
}

base::Status list_anew(const Run& run, OpenSource& source, Pipeline& pipeline) {
  source.report.listed = true;
  FRESHET_TRY(run.repository().write([&](repository::Writer& writer) -> base::Status {
    FRESHET_ASSIGN(const std::optional<repository::Source> stored,
                   writer.read().source(source.record.id));
    source.record.generation =
        (stored ? stored->generation : 0) + 1;  // another run may have counted on
    repository::Source record = stored ? *stored : source.record;
    record.generation = source.record.generation;
    return writer.put_source(record);
  }));
  FRESHET_ASSIGN(const ports::Listing listing,
                 for_batches(run, source, [&](std::vector<ports::Entry> entries) {
                   return take_batch(run, source, std::move(entries), pipeline);
                 }));
  source.report.complete = listing.complete;
  source.report.note = listing.note;
  return {};
}

// Calls `take` with what is asked for: members by their names, others as the listing names them.
base::Status for_selected(const Run& run, OpenSource& source,
                          const std::function<base::Status(std::vector<ports::Entry>)>& take) {
  FRESHET_TRY(take(run.selection->members_of(source)));
  if (!run.selection->needs_listing()) return {};
  source.report.listed = true;
  FRESHET_ASSIGN(const ports::Listing listing,
                 for_batches(run, source, [&](std::vector<ports::Entry> entries) {
                   std::erase_if(entries, [&](const ports::Entry& entry) {
                     return !run.selection->takes(entry.uri);
                   });
                   return take(std::move(entries));
                 }));
  source.report.complete = listing.complete;
  source.report.note = listing.note;
  return {};
}

base::Status take_selected(const Run& run, OpenSource& source, Pipeline& pipeline) {
  return for_selected(run, source, [&](std::vector<ports::Entry> entries) -> base::Status {
    if (entries.empty()) return {};
    if (run.cancel.requested()) return cancelled();
    FRESHET_ASSIGN(std::vector<Judged> judged, judge(run, source, std::move(entries)));
    std::vector<base::Digest> roots;
    for (const Judged& one : judged) roots.push_back(one.item.root);
    FRESHET_TRY(run.repository().write(
        [&](repository::Writer& writer) { return enlist(writer, source, roots); }));
    source.report.entries += judged.size();
    run.ledger.listed(judged.size());
    std::vector<Item> due;
    for (Judged& one : judged)  // also what its listing confirms: it is marked by the fetch alone
      if (one.verdict != Verdict::fresh) due.push_back(std::move(one.item));
    run.ledger.skipped(judged.size() - due.size());
    return push_due(run, source, std::move(due), pipeline);
  });
}

void estimate_item(const Run& run, const Item& item, const repository::Snapshot& snapshot,
                   Estimate& estimate) {
  ++estimate.fetch;
  if (!item.exists) {
    ++estimate.unknown;
    return;
  }
  const auto root = snapshot.root(item.root);
  if (root && *root) estimate.most_chunks += (*root)->chunks;
  const auto element = snapshot.element(item.root.hex());
  if (element && *element) estimate.most_tokens += ((*element)->span.end + 3) / 4;
  (void)run;
}

}  // namespace

void list_source(const Run& run, OpenSource& source, Pipeline& pipeline) noexcept {
  base::Status listed = base::guarded([&]() -> base::Status {
    Event event;
    event.kind = EventKind::listing_started;
    event.source = source.report.name;
    run.ledger.tell(std::move(event));
    if (source.in_part) return take_selected(run, source, pipeline);
    return listing_stands(run, source) ? take_due(run, source, pipeline)
                                       : list_anew(run, source, pipeline);
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
  const auto take = [&](std::vector<ports::Entry> entries) -> base::Status {
    FRESHET_ASSIGN(std::vector<Judged> judged, judge(run, source, std::move(entries)));
    FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
    source.report.entries += judged.size();
    run.ledger.listed(judged.size());
    std::uint64_t skipped = 0;
    for (const Judged& one : judged) {
      if (one.verdict == Verdict::due)
        estimate_item(run, one.item, snapshot, estimate);
      else
        ++skipped;
    }
    run.ledger.skipped(skipped);
    return {};
  };
  base::Status status;
  if (source.in_part) {
    status = for_selected(run, source, take);
  } else if (listing_stands(run, source)) {
    auto entries = due_members(run, source);
    source.report.entries = 0;
    status = entries ? take(std::move(*entries)) : base::fail(entries.error());
  } else {
    source.report.listed = true;
    auto listing = for_batches(run, source, take);
    if (listing) {
      source.report.complete = listing->complete;
      source.report.note = listing->note;
    } else {
      status = base::fail(std::move(listing).error());
    }
  }
  if (!status) source.report.error = std::move(status).error();
}

}  // namespace freshet::refresh
