#include "core/refresh/removal.hpp"

#include <fmt/format.h>

#include "core/host/redactor.hpp"

namespace freshet::refresh {
namespace {

constexpr std::size_t removal_batch = 256;

// One root may always go: a site of three pages may lose one.
bool too_many(const Run& run, std::uint64_t going, std::uint64_t members) {
  return going > 1 &&
         static_cast<double>(going) > run.config.max_shrink * static_cast<double>(members);
}

std::string uri_of(const repository::Snapshot& snapshot, const base::Digest& root) {
  const auto view = snapshot.root(root);
  return view && *view ? std::string((*view)->uri) : std::string();
}

// Ends the source's membership of `roots`; a root that no other source has is removed with all it
// holds.
base::Status remove(const Run& run, const OpenSource& source,
                    const std::vector<base::Digest>& roots, std::string_view reason) {
  std::vector<std::string> removed;
  Counts counts;
  FRESHET_TRY(run.repository().write([&](repository::Writer& writer) -> base::Status {
    removed.clear();
    counts = {};
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

base::Status remove_unseen(const Run& run, const OpenSource& source) {
  for (;;) {
    std::vector<base::Digest> roots;
    {
      FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
      FRESHET_ASSIGN(
          roots, snapshot.unseen(source.record.id, source.record.generation, {}, removal_batch));
    }
    if (roots.empty()) return {};
    FRESHET_TRY(remove(run, source, roots, "no longer listed"));
  }
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

}  // namespace

base::Status settle(const Run& run, OpenSource& source) {
  const bool evidence =
      source.report.listed && source.report.complete && !source.report.error && !source.in_part;
  std::uint64_t unseen = 0;
  if (evidence) {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
    FRESHET_ASSIGN(unseen, snapshot.count_unseen(source.record.id, source.record.generation));
  }
  const bool empty = evidence && source.report.entries == 0 && unseen > 0;
  const std::uint64_t going = unseen + source.gone.size();
  const bool hold =
      (empty || too_many(run, going, source.members_before)) && !run.config.accept_shrink;
  source.report.held = hold ? going : 0;
  if (hold) {
    source.report.note =
        empty ? fmt::format("the listing is empty; all {} roots are held until accepted", going)
              : fmt::format(
                    "{} of {} roots would be removed, more than {:.0f} %: held until accepted",
                    going, source.members_before, run.config.max_shrink * 100);
    Counts counts;
    counts.held = going;
    run.ledger.add(counts);
    FRESHET_TRY(hold_gone(run, source));
  } else {
    if (!source.gone.empty()) FRESHET_TRY(remove(run, source, source.gone, "gone"));
    if (evidence) FRESHET_TRY(remove_unseen(run, source));
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
    if (evidence && !hold) record.listed = run.started;
    return writer.put_source(record);
  });
}

}  // namespace freshet::refresh
