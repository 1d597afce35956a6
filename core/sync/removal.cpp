#include "core/sync/removal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "core/host/redactor.hpp"

namespace freshet::sync {
namespace {

constexpr std::size_t removal_batch = 256;
constexpr std::string_view unlisted = "no longer listed";

// One root may always go: a site of three pages may lose one.
bool too_many(const Run& run, std::uint64_t going, std::uint64_t members) {
  return going > 1 &&
         static_cast<double>(going) > run.config.max_shrink * static_cast<double>(members);
}

std::string uri_of(const repository::Snapshot& snapshot, const base::Digest& root) {
  const auto view = snapshot.root(root);
  return view && *view ? std::string((*view)->uri) : std::string();
}

// Nor does a later listing count that has begun: it goes on from the state of before.
base::Status forget_state(repository::Writer& writer, const OpenSource& source) {
  FRESHET_ASSIGN(const auto stored, writer.read().source(source.record.id));
  const bool later = stored && stored->generation != source.record.generation;
  return writer.forget_state(source.record.id, later);
}

// Ends the source's membership of `roots`; a root that no other source has is removed with all it
// holds. `forgetting`: its listing may still name them, or something that hangs on them.
base::Status remove(const Run& run, const OpenSource& source, std::span<const base::Digest> roots,
                    std::string_view reason, bool forgetting) {
  std::vector<std::string> removed;
  Counts counts;
  FRESHET_TRY(run.repository().write([&](repository::Writer& writer) -> base::Status {
    removed.clear();
    counts = {};
    if (forgetting) FRESHET_TRY(forget_state(writer, source));
    for (const base::Digest& root : roots) {
      FRESHET_ASSIGN(const bool last, writer.leave(source.record.id, root));
      if (!last) continue;
      FRESHET_ASSIGN(const std::optional<repository::RootView> view, writer.read().root(root));
      if (!view) continue;
      const bool had_document = view->exists();
      std::string uri(view->uri);
      counts.chunks_removed += view->chunks;
      FRESHET_TRY(writer.remove_root(root).map([](auto&&) {}));
      if (had_document) removed.push_back(std::move(uri));
    }
    return {};
  }));
  run.ledger.add(counts);
  for (const std::string& uri : removed)
    run.ledger.root_done(source.report.name, uri, Outcome::removed, reason);
  run.delivery->wake();
  return {};
}

// The state that is stored may be of an older listing, and stay so: what it takes to be known, and is
// gone from here, it would never name again. A listing that was wrong is to cost one look, no page.
base::Status remove_unseen(const Run& run, const OpenSource& source) {
  for (;;) {
    std::vector<base::Digest> roots;
    {
      FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
      FRESHET_ASSIGN(
          roots, snapshot.unseen(source.record.id, source.record.generation, {}, removal_batch));
    }
    if (roots.empty()) return {};
    FRESHET_TRY(remove(run, source, roots, unlisted, true));
  }
}

// What goes by the word of the listing itself. With another name of a root goes, perhaps, the root
// that it names, which only a whole listing tells.
struct Going {
  std::vector<base::Digest> roots, aliases;
  std::size_t count() const { return roots.size() + aliases.size(); }
};

base::Result<Going> going_of(const Run& run, const OpenSource& source) {
  Going going;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
  for (const base::Digest& root : source.going) {
    FRESHET_ASSIGN(const auto seen, snapshot.seen_by(source.record.id, root));
    if (!seen || *seen >= source.record.generation) continue;  // named as well: it stays
    FRESHET_ASSIGN(const auto view, snapshot.root(root));
    (view && !view->alias_of.empty() ? going.aliases : going.roots).push_back(root);
  }
  return going;
}

base::Status remove_going(const Run& run, const OpenSource& source, const Going& going) {
  const std::span<const base::Digest> roots(going.roots);
  for (std::size_t at = 0; at < roots.size(); at += removal_batch) {
    const auto some = roots.subspan(at, std::min(removal_batch, roots.size() - at));
    FRESHET_TRY(remove(run, source, some, unlisted, false));
  }
  return going.aliases.empty() ? base::Status{}
                               : remove(run, source, going.aliases, unlisted, true);
}

// Each root that said it is gone, and stays, has its outcome all the same.
base::Status hold_gone(const Run& run, const OpenSource& source) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
  for (const base::Digest& root : source.gone) {
    base::Error error;
    error.code = base::Code::held;
    error.message = "gone, and held with the other removals";
    error.subject = uri_of(snapshot, root);
    run.ledger.root_done(source.report.name, error.subject, Outcome::failed, "held", 1, &error);
  }
  return {};
}

// Only where nothing of the listing was lost. Of an unchanged one the older state is as good.
void keep_state(const OpenSource& source, repository::Source& record) {
  const ports::Listing& listing = source.listing;
  const bool says_none = listing.state.empty() && listing.kind == ports::ListingKind::unchanged;
  if (!source.missed && !says_none) record.state = listing.state;
}

// A shard sees the whole listing: where that shrank too much, nothing goes, though little of it may
// have been this shard's. Nothing: it did not.
base::Result<std::optional<std::uint64_t>> shrunk_from(const Run& run, const OpenSource& source) {
  if (!source.whole) return std::nullopt;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
  FRESHET_ASSIGN(const auto before, snapshot.whole_listing(source.record.id));
  const std::uint64_t now = *source.whole;
  const bool shrunk = before && *before > now && too_many(run, *before - now, *before);
  return shrunk ? before : std::nullopt;
}

std::string why_held(const Run& run, const OpenSource& source, std::uint64_t count, bool empty,
                     std::optional<std::uint64_t> whole_before) {
  if (empty)
    return fmt::format("the listing is empty; all {} roots are held until accepted", count);
  if (whole_before)
    return fmt::format(
        "the whole listing fell from {} to {} entries, more than {:.0f} %: {} of this shard's "
        "roots "
        "are held until accepted",
        *whole_before, source.whole->load(), run.config.max_shrink * 100, count);
  return fmt::format("{} of {} roots would be removed, more than {:.0f} %: held until accepted",
                     count, source.members_before, run.config.max_shrink * 100);
}

}  // namespace

base::Status settle(const Run& run, OpenSource& source) {
  const bool done =
      source.report.listed && source.report.complete && !source.report.error && !source.in_part;
  const bool whole = done && source.listing.kind == ports::ListingKind::whole;
  std::uint64_t unseen = 0;
  if (whole) {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
    FRESHET_ASSIGN(unseen, snapshot.count_unseen(source.record.id, source.record.generation));
  }
  Going going;
  if (done) {
    FRESHET_ASSIGN(going, going_of(run, source));
  }
  const std::uint64_t named = source.whole ? source.whole->load() : source.report.entries;
  const bool empty = whole && named == 0 && unseen > 0;
  const std::uint64_t count = unseen + going.count() + source.gone.size();
  std::optional<std::uint64_t> whole_before;
  if (whole && count > 0) {
    FRESHET_ASSIGN(whole_before, shrunk_from(run, source));
  }
  const bool hold = (empty || whole_before || too_many(run, count, source.members_before)) &&
                    !run.config.accept_shrink;
  source.report.held = hold ? count : 0;
  if (hold) {
    source.report.note = why_held(run, source, count, empty, whole_before);
    Counts counts;
    counts.held = count;
    run.ledger.add(counts);
    FRESHET_TRY(hold_gone(run, source));
  } else {
    if (!source.gone.empty()) FRESHET_TRY(remove(run, source, source.gone, "gone", true));
    FRESHET_TRY(remove_going(run, source, going));
    if (whole) FRESHET_TRY(remove_unseen(run, source));
    if (!source.gone.empty() || !going.aliases.empty()) source.missed = true;
  }
  if (source.in_part) return {};  // the word of the last whole listing stands
  return run.repository().write([&](repository::Writer& writer) -> base::Status {
    FRESHET_ASSIGN(const std::optional<repository::Source> stored,
                   writer.read().source(source.record.id));
    repository::Source record = stored.value_or(source.record);
    if (record.generation != source.record.generation)
      return {};  // a later listing has begun: its word counts
    record.name = source.record.name;
    record.loader = source.record.loader;
    record.policy = source.record.policy;
    record.config = source.record.config;
    record.held = source.report.held;
    record.note = host::redactor().clean(source.report.error ? base::to_string(*source.report.error)
                                                             : source.report.note);
    if (done && !hold && !source.lost_unseen) {
      record.listed = record.list_checked = run.started;
      record.list_again = base::unset;
      keep_state(source, record);
      if (whole && source.whole)
        FRESHET_TRY(writer.put_whole_listing(record.id, source.whole->load()));
    }
    return writer.put_source(record);
  });
}

}  // namespace freshet::sync
