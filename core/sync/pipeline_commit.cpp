// core/sync/pipeline_commit.cpp - the last stage: what became of a root, written in one commit.
#include <fmt/format.h>

#include <algorithm>

#include "core/host/redactor.hpp"
#include "core/sync/confirm.hpp"
#include "core/sync/learn.hpp"
#include "core/sync/pipeline.hpp"
#include "core/sync/refusal.hpp"
#include "core/sync/schedule.hpp"
#include "core/sync/selection.hpp"
#include "core/sync/volatile_root.hpp"
#include "core/sync/words.hpp"

namespace freshet::sync {
namespace {

// Of a root whose commit was refused. A lost lease means that another run has it now.
Outcome outcome_of(base::Code refused) {
  if (refused == base::Code::busy) return Outcome::busy;
  return refused == base::Code::excluded ? Outcome::excluded : Outcome::failed;
}

// Its text is in its sections, in its chunks, and in the records made of them.
std::size_t held_by(const Commit& commit) {
  constexpr std::size_t of_text = 4, of_chunk = 1024;
  std::size_t bytes = of_chunk * (1 + commit.chunks.size());
  for (const model::Section& section : commit.document.children)
    bytes = std::max<std::size_t>(bytes, of_text * section.span.end);
  for (const auto& [text, vector] : commit.vectors) bytes += vector.size() * sizeof(float);
  return bytes;
}

// Another run's listing may have let the root go while it was on its way here. Without a source it
// would be listed by nobody, and go never. That listing's state takes it to be gone and would not name
// it again, whether it is stored already or still to come: the next listing begins from nothing.
base::Status keep_listed(repository::Writer& writer, const OpenSource& source,
                         const base::Digest& root) {
  FRESHET_ASSIGN(const bool listed, writer.read().has_source(root));
  if (listed) return {};
  FRESHET_TRY(enlist(writer, source, {&root, 1}));
  return writer.forget_state(source.record.id, true);
}

// Nothing came where `content` is empty.
base::Result<bool> holds(const repository::Snapshot& snapshot, const base::Digest& root,
                         const base::Digest& content) {
  if (content.empty()) return true;
  FRESHET_ASSIGN(const auto stored, snapshot.root(root));
  return stored && stored->content_digest == content;
}

// What came is not stored: under its own name the page may have failed, or been read before it changed.
// It is to come again.
repository::Alias unread(repository::Alias alias) {
  alias.version.clear();
  alias.bytes_digest = {};
  return alias;
}

}  // namespace

void Pipeline::commit(const CommitPtr& commit) {
  const base::Instant now = run_.now();
  const Item& item = commit->item;
  repository::DocumentWrite write;
  write.document = &commit->document;
  write.chunks = &commit->chunks;
  if (commit->alias.empty()) {  // else what came is the other name's
    write.version = commit->version;
    write.confirmed_by = item.source->record.id;
  }
  write.bytes_digest = commit->bytes_digest;
  write.content_digest = commit->content_digest;
  write.handle = item.entry.handle;
  write.loader_metadata = commit->words;
  write.fingerprint = run_.recipe(commit->document.media_type, commit->document.uri);
  write.now = now;
  write.ask_again = schedule(item.policy(),
                             when_stored(item, commit->document, commit->content_digest, now), now);
  write.holder = run_.leases.holder(item.root);
  repository::Alias alias;
  Wishes asked;
  if (!commit->alias.empty()) {
    alias = alias_of(*commit, now);
    asked = wishes_of(*item.policy(), commit->alias_item.known);
  }
  answer(
      item,
      [this, commit, write, asked,
       alias = std::move(alias)](repository::Writer& writer) -> base::Status {
        if (run_.vectors != nullptr)
          FRESHET_TRY(put_vectors(writer, run_.vectors->model(), commit->vectors));
        FRESHET_ASSIGN(commit->diff, writer.put_document(write));
        if (commit->places) FRESHET_TRY(remember(writer, commit->item.root, *commit->places));
        if (commit->alias.empty()) return {};
        FRESHET_TRY(spend(writer, asked));
        FRESHET_TRY(writer.put_alias(alias));
        FRESHET_TRY(keep_listed(writer, *commit->item.source, commit->alias_item.root));
        return enlist(writer, *commit->item.source, {&commit->item.root, 1});
      },
      [this, commit] {
        Counts counts;
        counts.chunks_added = commit->diff.added.size();
        counts.chunks_removed = commit->diff.removed.size();
        counts.chunks_kept = commit->diff.kept;
        counts.chunks_updated = commit->diff.updated;
        counts.chunk_tokens = tokens_in(commit->chunks);
        run_.ledger.add(counts);
        if (!commit->alias.empty()) run_.leases.forget(commit->alias_item.root);
        const std::string& uri = commit->alias.empty() ? commit->item.entry.uri : commit->alias;
        run_.ledger.root_done(commit->item.source->report.name, uri, Outcome::refreshed,
                              commit->item.reason.view(), commit->attempts);
        run_.delivery->wake();
      },
      held_by(*commit));
}

repository::Alias Pipeline::alias_of(const Commit& commit, base::Instant now) const {
  const Item& item = commit.alias_item;
  repository::Alias alias;
  alias.uri = commit.alias;
  alias.target = commit.item.entry.uri;
  alias.version = commit.version;
  alias.bytes_digest = commit.bytes_digest;
  alias.handle = item.entry.handle;
  alias.loader_metadata = commit.words;
  alias.now = now;
  alias.ask_again = schedule(item.policy(), when_alias(item, alias.target, now), now);
  alias.holder = run_.leases.holder(item.root);
  return alias;
}

void Pipeline::put_alias(const CommitPtr& commit, Outcome outcome) {
  const Item& item = commit->alias_item;
  std::string reason = "another name of " + commit->item.entry.uri;
  answer(
      item,
      [commit, alias = alias_of(*commit, run_.now())](repository::Writer& writer) -> base::Status {
        const base::Digest target = model::root_id(commit->item.entry.uri);
        FRESHET_ASSIGN(const bool held, holds(writer.read(), target, commit->content_digest));
        FRESHET_TRY(writer.put_alias(held ? alias : unread(alias)));
        return enlist(writer, *commit->item.source, {&target, 1});
      },
      [this, commit, outcome, reason = std::move(reason)] {
        run_.ledger.root_done(commit->alias_item.source->report.name, commit->alias, outcome,
                              reason, commit->attempts);
      });
}

void Pipeline::touch(const Item& item, std::string_view reason, std::optional<std::string> version,
                     std::optional<base::Digest> bytes_digest, const Attempts& attempts,
                     std::optional<std::string> words, std::optional<VolatilePlaces> places) {
  repository::Touch touch;
  touch.root = item.root;
  touch.now = run_.now();
  touch.ask_again = schedule(item.policy(), when_confirmed(item, touch.now), touch.now);
  touch.version = std::move(version);
  touch.bytes_digest = bytes_digest;
  touch.handle = item.entry.handle;
  touch.loader_metadata = std::move(words);
  touch.confirmed_by = item.source->record.id;
  touch.holder = run_.leases.holder(item.root);
  answer(
      item,
      [touch = std::move(touch), alias_of = item.alias_of,
       places = std::move(places)](repository::Writer& writer) -> base::Status {
        FRESHET_TRY(confirm_root(writer, touch, alias_of));
        return places ? remember(writer, touch.root, *places) : remember_rest(writer, touch.root);
      },
      [this, source = item.source, uri = item.entry.uri, reason = std::string(reason), attempts] {
        run_.ledger.root_done(source->report.name, uri, Outcome::unchanged, reason, attempts);
      });
}

// The policy had it read and did not let it in.
void Pipeline::decline(const Item& item, const Attempts& attempts) {
  repository::Decline decline;
  decline.uri = item.entry.uri;
  decline.now = run_.now();
  decline.ask_again = schedule(item.policy(), when_confirmed(item, decline.now), decline.now);
  decline.holder = run_.leases.holder(item.root);
  decline.handle = item.entry.handle;
  decline.loader_metadata = words_of(item.entry, {});
  answer(
      item,
      [decline = std::move(decline)](repository::Writer& writer) {
        return writer.decline(decline);
      },
      [this, source = item.source, uri = item.entry.uri, attempts] {
        run_.ledger.root_done(source->report.name, uri, Outcome::skipped, "declined by the policy",
                              attempts);
      });
}

// Law 1: nothing but the error record and the time to ask again.
void Pipeline::fail(const Item& item, const base::Error& error, bool gone,
                    std::optional<repository::Refusal> refusal) {
  if (error.code == base::Code::cancelled) {
    item.source->lose(item.asked);
    return run_.leases.release(item.root);
  }
  repository::Failure failure;
  failure.uri = item.entry.uri;
  failure.error = host::redactor().clean(error);
  failure.now = run_.now();
  failure.ask_again = retry_schedule(error, failure.now);
  failure.gone = gone;
  failure.handle = item.entry.handle;
  failure.loader_metadata = words_of(item.entry, {});
  failure.holder = run_.leases.holder(item.root);
  write(
      item,
      [failure = std::move(failure),
       refusal = std::move(refusal)](repository::Writer& writer) -> base::Status {
        FRESHET_TRY(writer.fail(failure));
        return refusal ? writer.put_refusal(*refusal) : base::Status{};
      },
      [this, source = item.source, uri = item.entry.uri, error] {
        run_.ledger.root_done(source->report.name, uri, Outcome::failed,
                              base::code_name(error.code), std::max(1, error.attempts), &error);
      });
}

void Pipeline::refuse_again(const Item& item, const Attempts& attempts) {
  repository::Failure failure;
  const base::Error error = error_of(*item.refusal);
  failure.uri = item.entry.uri;
  failure.error = error;
  failure.now = run_.now();
  failure.ask_again = retry_schedule(error, failure.now);
  failure.holder = run_.leases.holder(item.root);
  write(
      item,
      [failure = std::move(failure)](repository::Writer& writer) { return writer.fail(failure); },
      [this, source = item.source, uri = item.entry.uri, error, attempts] {
        Counts counts;
        counts.refused_before = 1;
        run_.ledger.add(counts);
        run_.ledger.root_done(source->report.name, uri, Outcome::failed,
                              "refused before, and not tried again", attempts, &error);
      });
}

// The root that was asked for fails; one that its page named is let go.
void Pipeline::fail(const Commit& commit, const base::Error& error,
                    std::optional<repository::Refusal> refusal) {
  if (commit.alias.empty()) return fail(commit.item, error, false, std::move(refusal));
  fail(commit.alias_item, error, false, std::move(refusal));
  run_.leases.release(commit.item.root);
}

void Pipeline::gone(const Item& item, bool confirmed, const Attempts& attempts) {
  const std::int64_t seen = std::int64_t{item.gone_seen} + 1;
  const std::int64_t needed = run_.config.gone_after;
  if (item.known.exists && (confirmed || seen >= needed)) {
    {
      std::lock_guard lock(item.source->mutex);
      item.source->gone.push_back(item.root);
    }
    return run_.leases.release(item.root);  // its outcome comes with the removals, at the end
  }
  base::Error error;
  error.code = base::Code::gone;
  error.message = confirmed ? "gone"
                  : item.known.exists
                      ? fmt::format("not found ({} of {} before it is removed)", seen, needed)
                      : "not found";
  error.subject = item.entry.uri;
  error.attempts = attempts.count;
  fail(item, error, true);
}

void Pipeline::answer(const Item& item, std::function<base::Status(repository::Writer&)> work,
                      std::function<void()> done, std::size_t holds) {
  if (const Wishes wishes = wishes_of(*item.policy(), item.known); wishes.any())
    work = [wishes, work = std::move(work)](repository::Writer& writer) -> base::Status {
      FRESHET_TRY(spend(writer, wishes));
      return work(writer);
    };
  write(item, std::move(work), std::move(done), holds);
}

void Pipeline::write(const Item& item, std::function<base::Status(repository::Writer&)> work,
                     std::function<void()> done, std::size_t holds) {
  std::function<void(base::Status)> ended = [this, root = item.root, source = item.source,
                                             uri = item.entry.uri, asked = item.asked,
                                             done = std::move(done)](const base::Status& status) {
    run_.leases.forget(root);
    if (status) {
      done();
    } else {
      source->lose(asked);
      run_.ledger.root_done(source->report.name, uri, outcome_of(status.error().code),
                            base::code_name(status.error().code), 1, &status.error());
    }
    run_.ledger.end_write();
  };
  const Answer answer{word_of(item.entry), !item.known_version().empty(), item.not_modified};
  auto listed = [work = std::move(work), source = item.source, root = item.root, answer,
                 now = run_.now()](repository::Writer& writer) -> base::Status {
    const policy::AdaptiveTerms* const terms = source->config->policy->adaptive();
    if (terms == nullptr) {
      FRESHET_TRY(work(writer));
      return keep_listed(writer, *source, root);
    }
    FRESHET_ASSIGN(const Before then, before(writer.read(), root));
    FRESHET_TRY(work(writer));
    FRESHET_TRY(
        learn(writer, source->record.id, {*terms, source->spenders}, root, then, answer, now));
    return keep_listed(writer, *source, root);
  };
  run_.ledger.begin_write();
  try {
    run_.repository().write_later(std::move(listed), std::move(ended), holds);
  } catch (...) {  // then `ended` is not called
    run_.ledger.end_write();
    throw;
  }
}

}  // namespace freshet::sync
