#include "core/refresh/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/json.hpp"
#include "core/host/redactor.hpp"

namespace freshet::refresh {
namespace {

// A page that lost more than nine tenths of its text is more often a broken page than an edit.
constexpr std::uint64_t suspect_share = 10;
constexpr std::uint64_t suspect_least_bytes = 500;  // below that, anything may shrink
constexpr std::uint32_t suspect_confirmations = 2;  // failures before the third look is believed
constexpr base::Millis suspect_time{24 * 3'600'000};

std::size_t workers() {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 2, 16);
}

}  // namespace

struct Pipeline::Page {
  Item item;
  ports::Fetched fetched;
  base::Digest bytes_digest;
};

struct Pipeline::Commit {
  Item item;
  std::string alias;  // the entry's URI, where the content is named otherwise
  Item alias_item;    // its root
  int attempts = 1;
  std::string version;
  base::Digest bytes_digest, content_digest;
  model::Document document;
  std::vector<model::Chunk> chunks;
  NewVectors vectors;
  repository::DocumentDiff diff;
};

Pipeline::Pipeline(const Run& run)
    : run_(run),
      to_fetch_(static_cast<std::size_t>(run.config.jobs)),
      to_read_(2 * workers()),
      to_embed_(64) {
  for (std::int64_t i = 0; i < run.config.jobs; ++i)
    fetchers_.emplace_back([this] {
      while (auto item = to_fetch_.pop()) fetch(std::move(*item));
    });
  for (std::size_t i = 0; i < workers(); ++i)
    readers_.emplace_back([this] {
      while (auto page = to_read_.pop()) read(std::move(*page));
    });
  if (run.vectors != nullptr)
    for (int i = 0; i < 2; ++i) embedders_.emplace_back([this] { embed_loop(); });
}

Pipeline::~Pipeline() { finish(); }

void Pipeline::push(Item item) { to_fetch_.push(std::move(item)); }

void Pipeline::finish() {
  if (finished_) return;
  finished_ = true;
  to_fetch_.close();
  for (std::thread& thread : fetchers_) thread.join();
  to_read_.close();
  for (std::thread& thread : readers_) thread.join();
  to_embed_.close();
  for (std::thread& thread : embedders_) thread.join();
  run_.ledger.wait_for_writes();
}

void Pipeline::fetch(Item item) {
  if (run_.cancel.requested()) return run_.leases.release(item.root);
  auto fetched = item.source->loader->fetch(item.entry, item.version, run_.cancel);
  if (!fetched) return fail(std::move(item), std::move(fetched).error());
  const int attempts = fetched->attempts;
  if (fetched->outcome == ports::FetchOutcome::gone)
    return gone(std::move(item), fetched->confirmed, attempts);
  if (fetched->outcome == ports::FetchOutcome::not_modified) {
    if (item.version.empty()) {
      base::Error error;
      error.code = base::Code::remote;
      error.message = "answered \"not modified\" to an unconditional request";
      error.subject = item.entry.uri;
      return fail(std::move(item), std::move(error));
    }
    return touch(std::move(item), "not modified", std::nullopt, std::nullopt, attempts);
  }
  const base::Digest bytes_digest = base::digest_of(fetched->bytes);
  if (item.known && item.same_recipe && bytes_digest == item.bytes_digest)
    return touch(std::move(item), "same bytes", std::move(fetched->version), bytes_digest,
                 attempts);
  to_read_.push({std::move(item), std::move(*fetched), bytes_digest});
}

void Pipeline::read(Page page) {
  if (run_.cancel.requested()) return run_.leases.release(page.item.root);
  auto made = make_commit(page);
  if (!made) return fail(std::move(page.item), std::move(made).error());
  CommitPtr commit = std::move(*made);
  if (!commit) return;  // it has its outcome already
  page.fetched.bytes.clear();
  page.fetched.bytes.shrink_to_fit();
  if (run_.vectors != nullptr)
    to_embed_.push(std::move(commit));
  else
    this->commit(commit);
}

// Null: the root has its outcome.
base::Result<Pipeline::CommitPtr> Pipeline::make_commit(Page& page) {
  const std::string& canonical = page.fetched.canonical_uri;
  const bool alias = !canonical.empty() && canonical != page.item.entry.uri;
  const std::string& uri = alias ? canonical : page.item.entry.uri;
  FRESHET_ASSIGN(
      model::Document document,
      run_.readers.read({page.fetched.bytes, uri, page.fetched.media_type, page.fetched.charset}));
  const base::Digest content = model::content_digest(document);
  if (alias) return make_alias_commit(page, std::move(document), content);
  FRESHET_ASSIGN(const bool accepted, accept(page, document, content));
  if (!accepted) return CommitPtr();
  auto commit = std::make_shared<Commit>();
  commit->item = std::move(page.item);
  commit->attempts = page.fetched.attempts;
  commit->version = std::move(page.fetched.version);
  commit->bytes_digest = page.bytes_digest;
  commit->content_digest = content;
  take(*commit, std::move(document));
  return commit;
}

// False: the root has its outcome, and what is stored stays.
base::Result<bool> Pipeline::accept(Page& page, const model::Document& document,
                                    const base::Digest& content) {
  Item& item = page.item;
  if (!item.exists) return true;
  std::string_view reason;
  if (item.same_recipe && content == item.content_digest) {
    reason = "same content";
  } else {
    FRESHET_TRY(suspect(item, document));
    policy::Known known;
    known.uri = item.entry.uri;
    known.exists = true;
    known.ingested = item.ingested;
    known.checked = item.checked;
    known.changed = item.changed;
    if (item.source->config->policy->accept(known, document)) return true;
    reason = "declined by the policy";
  }
  touch(std::move(item), reason, std::move(page.fetched.version), page.bytes_digest,
        page.fetched.attempts);
  return false;
}

// The page names another root as the one that holds its content. Null: the root has its outcome.
base::Result<Pipeline::CommitPtr> Pipeline::make_alias_commit(Page& page, model::Document document,
                                                              const base::Digest& content) {
  auto commit = std::make_shared<Commit>();
  commit->alias = page.item.entry.uri;
  commit->alias_item = page.item;
  commit->item = page.item;
  commit->item.entry.uri = document.uri;
  commit->item.root = model::root_id(document.uri);
  commit->attempts = page.fetched.attempts;
  commit->version = std::move(page.fetched.version);
  commit->bytes_digest = page.bytes_digest;
  commit->content_digest = content;
  const base::Digest target = commit->item.root;
  FRESHET_ASSIGN(const std::vector<Claim> claims, run_.leases.claim({&target, 1}));
  if (claims.front() != Claim::mine) {  // it is read under its own name
    put_alias(commit);
    return CommitPtr();
  }
  const base::Result<bool> held = holds(target, content);
  const base::Status trusted = held && !*held ? suspect(commit->item, document) : base::Status{};
  if (!held || *held || !trusted) run_.leases.release(target);
  if (!held) return base::fail(held.error());
  if (!trusted) return base::fail(trusted.error());
  if (*held) {
    put_alias(commit);
    return CommitPtr();
  }
  take(*commit, std::move(document));
  return commit;
}

// True where the root is stored with this content, made as it would be made now.
base::Result<bool> Pipeline::holds(const base::Digest& root, const base::Digest& content) const {
  if (run_.config.force) return false;
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run_.repository().read());
  FRESHET_ASSIGN(const std::optional<repository::RootView> stored, snapshot.root(root));
  return stored && stored->exists() && stored->content_digest == content &&
         stored->fingerprint == run_.recipe(stored->media_type);
}

void Pipeline::take(Commit& commit, model::Document document) const {
  commit.chunks =
      chunk::make_chunks(document, run_.config.chunking.options, *run_.config.chunking.transformer);
  commit.document = std::move(document);
}

// Law 6 in small: a page that has lost nearly all of its text is kept as it was until it has said
// so three times, over a day at least, or the operator says that it is right.
base::Status Pipeline::suspect(const Item& item, const model::Document& document) const {
  if (run_.config.accept_shrink || run_.config.force) return {};
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run_.repository().read());
  FRESHET_ASSIGN(const std::optional<repository::Element> root, snapshot.element(item.root.hex()));
  if (!root) return {};
  const std::uint64_t before = root->span.end;
  const std::uint64_t after = document.children.empty() ? 0 : document.children.back().span.end;
  if (before < suspect_least_bytes || after * suspect_share >= before) return {};
  const bool said_before =
      item.error_code == base::Code::held && item.failures >= suspect_confirmations;
  if (said_before && run_.now() - item.checked >= suspect_time) return {};
  return base::fail(
      base::Code::held,
      fmt::format(
          "the text shrank from {} to {} bytes; the old content is kept until this is confirmed "
          "over a day, or accepted",
          before, after),
      item.entry.uri);
}

// Takes documents as they come and embeds the texts of several in one request.
void Pipeline::embed_loop() {
  while (auto first = to_embed_.pop()) {
    std::vector<CommitPtr> commits{std::move(*first)};
    std::size_t texts = commits.front()->chunks.size();
    while (texts < run_.vectors->batch()) {
      auto next = to_embed_.try_pop();
      if (!next) break;
      texts += (*next)->chunks.size();
      commits.push_back(std::move(*next));
    }
    embed(std::move(commits));
  }
}

void Pipeline::embed(std::vector<CommitPtr> commits) {
  std::vector<std::string_view> texts;
  for (const CommitPtr& commit : commits)
    for (const model::Chunk& chunk : commit->chunks) texts.push_back(chunk.text);
  auto vectors = run_.vectors->embed(texts, run_.cancel);
  if (!vectors && commits.size() > 1) {  // only the document at fault is to fail
    for (CommitPtr& commit : commits) embed({std::move(commit)});
    return;
  }
  if (!vectors) {
    Commit& commit = *commits.front();
    if (!commit.alias.empty()) {
      run_.leases.release(commit.item.root);
      return fail(std::move(commit.alias_item), std::move(vectors).error());
    }
    return fail(std::move(commit.item), std::move(vectors).error());
  }
  commits.front()->vectors = std::move(*vectors);
  // In this order on one writer thread: the first commit brings the vectors for all of them.
  for (CommitPtr& commit : commits) this->commit(commit);
}

void Pipeline::commit(const CommitPtr& commit) {
  const base::Instant now = run_.now();
  const Item& item = commit->item;
  repository::DocumentWrite write;
  write.document = &commit->document;
  write.chunks = &commit->chunks;
  if (commit->alias.empty()) write.version = commit->version;  // what came is the other name's
  write.bytes_digest = commit->bytes_digest;
  write.content_digest = commit->content_digest;
  write.fingerprint = run_.recipe(commit->document.media_type);
  write.now = now;
  write.ask_again = next_time(item, now, true);
  write.holder = run_.leases.holder(item.root);
  std::optional<repository::Holder> alias_holder;
  if (!commit->alias.empty()) alias_holder = run_.leases.holder(commit->alias_item.root);
  this->write(
      item,
      [this, commit, write, alias_holder](repository::Writer& writer) -> base::Status {
        if (run_.vectors != nullptr)
          FRESHET_TRY(put_vectors(writer, run_.vectors->model(), commit->vectors));
        FRESHET_ASSIGN(commit->diff, writer.put_document(write));
        if (commit->alias.empty()) return {};
        FRESHET_TRY(
            writer.put_alias({commit->alias, commit->item.entry.uri, commit->version,
                              commit->bytes_digest, write.now, write.ask_again, alias_holder}));
        const OpenSource& source = *commit->item.source;
        return writer.see(source.record.id, source.record.generation, {&commit->item.root, 1})
            .map([](auto&&) {});
      },
      [this, commit] {
        Counts counts;
        counts.chunks_added = commit->diff.added.size();
        counts.chunks_removed = commit->diff.removed.size();
        counts.chunks_kept = commit->diff.kept;
        counts.chunks_updated = commit->diff.updated;
        run_.ledger.add(counts);
        if (!commit->alias.empty()) run_.leases.forget(commit->alias_item.root);
        const std::string& uri = commit->alias.empty() ? commit->item.entry.uri : commit->alias;
        run_.ledger.root_done(commit->item.source->report.name, uri, Outcome::refreshed,
                              commit->item.reason, commit->attempts);
        run_.delivery->wake();
      });
}

void Pipeline::put_alias(const CommitPtr& commit) {
  const Item& item = commit->alias_item;
  const base::Instant now = run_.now();
  const base::Instant ask_again = next_time(item, now, false);
  const repository::Holder holder = run_.leases.holder(item.root);
  write(
      item,
      [commit, now, ask_again, holder](repository::Writer& writer) -> base::Status {
        FRESHET_TRY(writer.put_alias({commit->alias, commit->item.entry.uri, commit->version,
                                      commit->bytes_digest, now, ask_again, holder}));
        const OpenSource& source = *commit->item.source;
        const base::Digest target = model::root_id(commit->item.entry.uri);
        return writer.see(source.record.id, source.record.generation, {&target, 1}).map([](auto&&) {
        });
      },
      [this, commit] {
        run_.ledger.root_done(commit->alias_item.source->report.name, commit->alias,
                              Outcome::unchanged, "another name of " + commit->item.entry.uri,
                              commit->attempts);
      });
}

void Pipeline::touch(Item item, std::string_view reason, std::optional<std::string> version,
                     std::optional<base::Digest> bytes_digest, int attempts) {
  repository::Touch touch;
  touch.root = item.root;
  touch.now = run_.now();
  touch.ask_again = next_time(item, touch.now, false);
  touch.version = std::move(version);
  touch.bytes_digest = bytes_digest;
  touch.holder = run_.leases.holder(item.root);
  auto shared = std::make_shared<Item>(std::move(item));
  write(
      *shared,
      [touch = std::move(touch)](repository::Writer& writer) { return writer.touch(touch); },
      [this, shared, reason = std::string(reason), attempts] {
        run_.ledger.root_done(shared->source->report.name, shared->entry.uri, Outcome::unchanged,
                              reason, attempts);
      });
}

// Law 1: nothing but the error record and the time to ask again.
void Pipeline::fail(Item item, base::Error error, bool gone) {
  if (error.code == base::Code::cancelled) return run_.leases.release(item.root);
  repository::Failure failure;
  failure.uri = item.entry.uri;
  failure.error = host::redactor().clean(error);
  failure.now = run_.now();
  failure.ask_again = retry_time(error, item.failures, failure.now);
  failure.gone = gone;
  failure.holder = run_.leases.holder(item.root);
  auto shared = std::make_shared<Item>(std::move(item));
  write(
      *shared,
      [failure = std::move(failure)](repository::Writer& writer) { return writer.fail(failure); },
      [this, shared, error = std::move(error)] {
        run_.ledger.root_done(shared->source->report.name, shared->entry.uri, Outcome::failed,
                              base::code_name(error.code), std::max(1, error.attempts), &error);
      });
}

void Pipeline::gone(Item item, bool confirmed, int attempts) {
  const std::int64_t seen = std::int64_t{item.gone_seen} + 1;
  const std::int64_t needed = run_.config.gone_after;
  if (item.known && (confirmed || seen >= needed)) {
    {
      std::lock_guard lock(item.source->mutex);
      item.source->gone.push_back(item.root);
    }
    return run_.leases.release(item.root);  // its outcome comes with the removals, at the end
  }
  base::Error error;
  error.code = base::Code::gone;
  error.message = confirmed ? "gone"
                  : item.known
                      ? fmt::format("not found ({} of {} before it is removed)", seen, needed)
                      : "not found";
  error.subject = item.entry.uri;
  error.attempts = attempts;
  fail(std::move(item), std::move(error), true);
}

void Pipeline::write(const Item& item, std::function<base::Status(repository::Writer&)> work,
                     std::function<void()> done) {
  run_.ledger.begin_write();
  const base::Digest root = item.root;
  std::string uri = item.entry.uri;
  const OpenSource* source = item.source;
  run_.repository().write_later(std::move(work), [this, root, source, uri = std::move(uri),
                                                  done = std::move(done)](base::Status status) {
    run_.leases.forget(root);
    if (status) {
      done();
    } else {
      // A lost lease means that another run has the root now; all else is a failure of this root.
      const bool busy = status.error().code == base::Code::busy;
      run_.ledger.root_done(source->report.name, uri, busy ? Outcome::busy : Outcome::failed,
                            base::code_name(status.error().code), 1, &status.error());
    }
    run_.ledger.end_write();
  });
}

}  // namespace freshet::refresh
