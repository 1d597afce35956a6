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

// A later listing has begun, and may have named what this one did not: its word counts.
base::Result<bool> is_overtaken(const repository::Snapshot& snapshot, const OpenSource& source) {
  FRESHET_ASSIGN(const auto stored, snapshot.source(source.record.id));
  return stored && stored->generation != source.record.generation;
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
    if (reason == unlisted) {
      FRESHET_ASSIGN(const bool overtaken, is_overtaken(writer.read(), source));
      if (overtaken) return {};
    }
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

// Members that the listing came by in no way: neither by name nor by another one, nor with a page.
base::Result<std::vector<base::Digest>> unseen_of(const Run& run, const OpenSource& source) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
  std::vector<base::Digest> unseen;
  for (const base::Digest& root : source.roll.unseen()) {
    FRESHET_ASSIGN(const auto seen, snapshot.seen_by(source.record.id, root));
    if (seen && *seen < source.record.generation) unseen.push_back(root);
  }
  return unseen;
}

// The state that is stored may be of an older listing, and stay so: what it takes to be known, and is
// gone from here, it would never name again. A listing that was wrong is to cost one look, no page.
base::Status remove_all(const Run& run, const OpenSource& source,
                        std::span<const base::Digest> roots, bool forgetting) {
  for (; !roots.empty(); roots = roots.subspan(std::min(removal_batch, roots.size())))
    FRESHET_TRY(remove(run, source, roots.first(std::min(removal_batch, roots.size())), unlisted,
                       forgetting));
  return {};
}

// What goes by the word of the listing itself. With another name of a root goes, perhaps, the root
// that it names, which only a whole listing tells.
struct Going {
  std::vector<base::Digest> roots, aliases;
  std::size_t count() const { return roots.size() + aliases.size(); }
};

base::Result<Going> going_of(const Run& run, OpenSource& source) {
  Going going;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
  for (const base::Digest& root : source.going) {
    FRESHET_ASSIGN(const auto seen, snapshot.seen_by(source.record.id, root));
    // Named through another name, which may be none any more when its page comes: it stays, and the
    // listing is to say once more that it is gone.
    if (source.roll.saw(root) && !source.roll.named(root)) source.missed = true;
    if (!seen || *seen >= source.record.generation || source.roll.saw(root))
      continue;  // named as well: it stays
    FRESHET_ASSIGN(const auto view, snapshot.root(root));
    (view && !view->alias_of.empty() ? going.aliases : going.roots).push_back(root);
  }
  return going;
}

base::Status remove_going(const Run& run, const OpenSource& source, const Going& going) {
  FRESHET_TRY(remove_all(run, source, going.roots, false));
  return remove_all(run, source, going.aliases, true);
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

// A file says what was there when it was written.
base::Instant listed_at(const Run& run, const OpenSource& source) {
  return std::min(run.started, source.taken.value_or(run.started));
}

// Only where nothing of the listing was lost. Of an unchanged one the older state is as good.
void keep_state(const OpenSource& source, repository::Source& record) {
  const ports::Listing& listing = source.listing;
  const bool says_none = listing.state.empty() && listing.kind == ports::ListingKind::unchanged;
  if (!source.missed && !says_none) record.state = listing.state;
}

// Where the listing came by some members only, each of these has a mark of its own.
base::Status mark_seen(const Run& run, const OpenSource& source) {
  constexpr std::size_t together = 1024;
  const std::vector<base::Digest> seen = source.roll.seen();
  for (std::size_t at = 0; at < seen.size(); at += together)
    FRESHET_TRY(run.repository().write([&](repository::Writer& writer) -> base::Status {
      std::vector<base::Digest> members;
      for (std::size_t i = at; i < std::min(at + together, seen.size()); ++i) {
        FRESHET_ASSIGN(const bool member, writer.read().is_member(source.record.id, seen[i]));
        if (member) members.push_back(seen[i]);
      }
      return writer.see(source.record.id, source.record.generation, members).map([](auto&&) {});
    }));
  return {};
}

// Those that the listing found as they were are confirmed by one record. Whatever else would be, by naming
// the source, and was not, is parted from them before.
base::Status confirm_together(repository::Writer& writer, const OpenSource& source,
                              repository::Source& record, base::Instant now) {
  if (!source.roll.confirmed_any()) return {};
  for (const base::Digest& root : source.roll.unconfirmed())
    FRESHET_TRY(writer.part(root, source.roll.begun()));
  const bool believable = record.confirmed <= now;
  record.confirmed =
      believable ? std::max(record.confirmed, source.roll.begun()) : source.roll.begun();
  return {};
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
  std::vector<base::Digest> unseen;
  if (whole) {
    FRESHET_ASSIGN(unseen, unseen_of(run, source));
  }
  Going going;
  if (done) {
    FRESHET_ASSIGN(going, going_of(run, source));
  }
  const std::uint64_t named = source.whole ? source.whole->load() : source.report.entries;
  const bool empty = whole && named == 0 && !unseen.empty();
  const std::uint64_t count = unseen.size() + going.count() + source.gone.size();
  std::optional<std::uint64_t> whole_before;
  if (whole && count > 0) {
    FRESHET_ASSIGN(whole_before, shrunk_from(run, source));
  }
  const bool hold = (empty || whole_before || too_many(run, count, source.members_before)) &&
                    !run.config.accept_shrink;
  source.report.held = hold ? count : 0;
  const bool saw_all = whole && (unseen.empty() || !hold);
  if (!saw_all) FRESHET_TRY(mark_seen(run, source));
  if (hold) {
    source.report.note = why_held(run, source, count, empty, whole_before);
    Counts counts;
    counts.held = count;
    run.ledger.add(counts);
    FRESHET_TRY(hold_gone(run, source));
  } else {
    if (!source.gone.empty()) FRESHET_TRY(remove(run, source, source.gone, "gone", true));
    FRESHET_TRY(remove_going(run, source, going));
    FRESHET_TRY(remove_all(run, source, unseen, true));
    if (!source.gone.empty() || !going.aliases.empty()) source.missed = true;
  }
  if (source.in_part) return {};  // the word of the last whole listing stands
  return run.repository().write([&](repository::Writer& writer) -> base::Status {
    FRESHET_ASSIGN(const std::optional<repository::Source> stored,
                   writer.read().source(source.record.id));
    repository::Source record = stored.value_or(source.record);
    FRESHET_TRY(confirm_together(writer, source, record, run.now()));
    if (record.generation !=
        source.record.generation)  // a later listing has begun: its word counts
      return source.roll.confirmed_any() ? writer.put_source(record) : base::Status{};
    if (saw_all) record.seen_all = record.generation;
    record.name = source.record.name;
    record.loader = source.record.loader;
    record.policy = source.record.policy;
    record.config = source.record.config;
    record.held = source.report.held;
    record.note = host::redactor().clean(source.report.error ? base::to_string(*source.report.error)
                                                             : source.report.note);
    if (done && !hold && !source.lost_unseen) {
      record.listed = record.list_checked = listed_at(run, source);
      record.list_again = base::unset;
      keep_state(source, record);
      if (whole && source.whole)
        FRESHET_TRY(writer.put_whole_listing(record.id, source.whole->load()));
    }
    return writer.put_source(record);
  });
}

}  // namespace freshet::sync
