#include "core/sync/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/base/json.hpp"
#include "core/host/redactor.hpp"
#include "core/sync/ingest.hpp"
#include "core/sync/refusal.hpp"
#include "core/sync/schedule.hpp"
#include "core/sync/selection.hpp"
#include "core/sync/volatile_root.hpp"
#include "core/sync/words.hpp"

namespace freshet::sync {
namespace {

// A page that lost more than nine tenths of its text is more often a broken page than an edit.
constexpr std::uint64_t suspect_share = 10;
constexpr std::uint64_t suspect_least_bytes = 500;  // below that, anything may shrink
constexpr std::uint32_t suspect_confirmations = 2;  // failures before the third look is believed
constexpr base::Millis suspect_time{24 * 3'600'000};

constexpr std::size_t most_embedders = 2;
constexpr std::size_t most_together = 64;  // documents in one request for vectors

// Texts that are worth a request.
std::size_t batch_of(const Run& run) {
  if (run.vectors != nullptr) return run.vectors->batch();
  return static_cast<std::size_t>(run.config.chunking.options.embedding_batch_size);
}

// Why one of the chunks has no vector and will have none; null: all have one.
const base::Error* rejection_of(const Run& run, const Commit& commit, const Rejections& all) {
  if (all.empty()) return nullptr;
  for (const model::Chunk& chunk : commit.chunks) {
    const std::string text = run.vectors->text_of(chunk, commit.document.title);
    if (const auto found = all.find(base::digest_of(text)); found != all.end())
      return &found->second;
  }
  return nullptr;
}

// What its source, or the one that had it when it was made, says of it.
Json fixed_of(const Item& item) {
  return item.fixed != nullptr ? *item.fixed : fixed_in(item.words);
}

Activity::Root name_of(const Item& item) { return {item.source->report.name, item.entry.uri}; }

Activity activity_of(const Item& item, const base::Result<ports::Fetched>& fetched) {
  Activity activity;
  activity.kind = ActivityKind::fetch;
  activity.roots.push_back(name_of(item));
  if (!fetched) {
    activity.error = base::Error(fetched.error());
    activity.attempts = fetched.error().attempts;
    return activity;
  }
  activity.attempts = fetched->attempts;
  activity.amount = fetched->bytes.size();
  activity.outcome = fetched->outcome == ports::FetchOutcome::gone           ? "gone"
                     : fetched->outcome == ports::FetchOutcome::not_modified ? "not modified"
                                                                             : "content";
  return activity;
}

// As they were asked for.
std::vector<Activity::Root> roots_of(std::span<const CommitPtr> commits) {
  std::vector<Activity::Root> roots;
  for (const CommitPtr& commit : commits)
    roots.push_back(name_of(commit->alias.empty() ? commit->item : commit->alias_item));
  return roots;
}

}  // namespace

Pipeline::Pipeline(const Run& run)
    : run_(run),
      absences_(run),
      to_fetch_(executor(), static_cast<std::size_t>(run.config.jobs)),
      to_read_(executor(), 2 * workers()),
      to_embed_(executor(), most_together) {}

Pipeline::~Pipeline() { finish(); }

std::size_t Pipeline::workers() const {
  return std::clamp<std::size_t>(executor().parallelism(), 2, 16);
}

base::Status Pipeline::start(Stage& stage, std::size_t tasks, const char* name,
                             const std::function<void()>& body) {
  for (std::size_t i = 0; i < tasks; ++i) {
    base::Status started = stage.emplace_back(executor().task())->start(name, body);
    if (started) continue;
    stage.pop_back();
    return stage.empty() ? std::move(started) : base::Status{};
  }
  return {};
}

base::Status Pipeline::start() {
  if (started_) return {};
  if (fetchers_.empty())
    FRESHET_TRY(start(fetchers_, static_cast<std::size_t>(run_.config.jobs), "freshet-fetch",
                      [this] { fetch_loop(); }));
  if (readers_.empty())
    FRESHET_TRY(start(readers_, workers(), "freshet-read", [this] { read_loop(); }));
  if (run_.vectors != nullptr || run_.chunking.transforms())
    FRESHET_TRY(start(embedders_, most_embedders, "freshet-embed", [this] { embed_loop(); }));
  started_ = true;
  return {};
}

void Pipeline::push(Item item) { to_fetch_.push(std::move(item)); }

void Pipeline::finish() {
  if (finished_) return;
  finished_ = true;
  to_fetch_.close();
  for (const auto& task : fetchers_) task->join();
  to_read_.close();
  for (const auto& task : readers_) task->join();
  to_embed_.close();
  for (const auto& task : embedders_) task->join();
  run_.ledger.wait_for_writes([this] { run_.repository().write_now(); });
}

void Pipeline::fetch_loop() {
  while (auto item = to_fetch_.pop()) attempt(*item, [&] { fetch(*item); });
}

void Pipeline::read_loop() {
  while (auto page = to_read_.pop()) attempt(page->item, [&] { read(*page); });
}

template <typename Step>
void Pipeline::attempt(Item& item, Step&& step) noexcept {
  const base::Status done = base::guarded([&]() -> base::Status {
    step();
    return {};
  });
  if (done) return;
  const base::Status told = base::guarded([&]() -> base::Status {
    fail(item, done.error());
    return {};
  });
  if (told) return;
  item.source->lose(item.asked);
  run_.leases.forget(item.root);  // not even that much memory: it is counted
  run_.ledger.root_done(item.source->report.name, item.entry.uri, Outcome::failed,
                        base::code_name(done.error().code), 1, &done.error());
}

template <typename Step>
void Pipeline::attempt(Commit& commit, Step&& step) noexcept {
  Item& asked = commit.alias.empty() ? commit.item : commit.alias_item;
  if (!commit.alias.empty())
    return attempt(asked, [&] {
      try {
        step();
      } catch (...) {
        run_.leases.release(commit.item.root);
        throw;
      }
    });
  attempt(asked, std::forward<Step>(step));
}

base::Result<ports::Fetched> Pipeline::ask(const Item& item) {
  const base::Instant began = run_.ledger.activity_begins();
  auto fetched = item.source->loader->fetch(item.entry, item.known_version(), run_.cancel);
  run_.ledger.activity_ended(began, [&] { return activity_of(item, fetched); });
  return fetched;
}

void Pipeline::fetch(Item& item) {
  if (run_.cancel.requested()) return run_.leases.release(item.root);
  const repository::Refusal* const refused = item.refusal ? &*item.refusal : nullptr;
  if (refused != nullptr && !refused->version.empty() && refused->version == item.entry.version)
    return refuse_again(item, 0);
  auto fetched = ask(item);
  if (!fetched) return fail(item, fetched.error());
  const Attempts attempts = *fetched;
  if (fetched->outcome == ports::FetchOutcome::gone)
    return gone(item, fetched->confirmed, attempts);
  if (fetched->outcome == ports::FetchOutcome::not_modified) {
    if (refused != nullptr && !refused->version.empty()) return refuse_again(item, attempts);
    if (item.version.empty()) {
      base::Error error;
      error.code = base::Code::remote;
      error.message = "answered \"not modified\" to an unconditional request";
      error.subject = item.entry.uri;
      return fail(item, error);
    }
    item.not_modified = true;
    return touch(item, "not modified", std::nullopt, std::nullopt, attempts);
  }
  const base::Digest bytes_digest = base::digest_of(fetched->bytes);
  if (refused != nullptr && refused->bytes_digest == bytes_digest)
    return refuse_again(item, attempts);
  std::string words = words_of(item.entry, *fetched, fixed_of(item));
  if (item.known.exists && item.same_recipe && bytes_digest == item.bytes_digest &&
      words == item.words)
    return touch(item, "same bytes", std::move(fetched->version), bytes_digest, attempts);
  Page page{std::move(item), std::move(*fetched), bytes_digest, std::move(words)};
  try {
    to_read_.push(std::move(page));
  } catch (...) {
    item = std::move(page.item);
    throw;
  }
}

void Pipeline::read(Page& page) {
  if (run_.cancel.requested()) return run_.leases.release(page.item.root);
  auto made = make_commit(page);
  if (!made && page.refused)
    return fail(
        page.item, made.error(), false,
        refusal_of(run_, page.item, page.bytes_digest, page.fetched.version, "", made.error()));
  if (!made) return fail(page.item, made.error());
  CommitPtr commit = std::move(*made);
  if (!commit) return;  // it has its outcome already
  page.fetched.bytes.clear();
  page.fetched.bytes.shrink_to_fit();
  attempt(*commit, [&] {
    if (embedders_.empty()) return this->commit(commit);
    CommitPtr next = commit;
    to_embed_.push(std::move(next));
  });
}

// Null: the root has its outcome.
base::Result<CommitPtr> Pipeline::make_commit(Page& page) {
  const std::string& canonical = page.fetched.canonical_uri;
  const bool renamed = !canonical.empty() && canonical != page.item.entry.uri;
  FRESHET_ASSIGN(const bool excluded, renamed ? is_excluded(canonical) : base::Result<bool>(false));
  if (excluded) {
    put_alias(name_alias(page, canonical), Outcome::excluded);
    return CommitPtr();
  }
  // A name that is another shard's is no root here: the page keeps its own.
  const bool alias = renamed && run_.config.shard.has(model::root_id(canonical));
  const std::string& uri = alias ? canonical : page.item.entry.uri;
  FRESHET_ASSIGN(model::Document document, read_document(page, uri));
  complete(document, page.item.entry, page.fetched, fixed_of(page.item));
  const base::Digest content = model::content_digest(document);
  if (alias) {
    // Also where it says so at an address of its own, to which it leads from all that it has not.
    if (sounds_absent(document)) FRESHET_TRY(absences_.check(page.item, document));
    return make_alias_commit(page, std::move(document), content);
  }
  if (page.item.exists && page.item.same_recipe && content == page.item.content_digest) {
    touch(page.item, "same content", std::move(page.fetched.version), page.bytes_digest,
          page.fetched, std::move(page.words));
    return CommitPtr();
  }
  FRESHET_ASSIGN(std::optional<Look> look, this->look(page.item, document));
  if (look && look->unchanged) {
    touch(page.item, "same content but for places that change at each load",
          std::move(page.fetched.version), page.bytes_digest, page.fetched, std::move(page.words),
          std::move(look->places));
    return CommitPtr();
  }
  FRESHET_TRY(absences_.check(page.item, document));
  FRESHET_TRY(suspect(page.item, page.item, document));
  FRESHET_ASSIGN(const bool accepted, accept(page.item, document));
  if (!accepted) {
    decline(page.item, page.fetched);
    return CommitPtr();
  }
  auto commit = std::make_shared<Commit>();
  FRESHET_TRY(take(*commit, page, std::move(document)));
  if (look) commit->places = std::move(look->places);
  commit->item = std::move(page.item);
  commit->attempts = page.fetched;
  commit->version = std::move(page.fetched.version);
  commit->words = std::move(page.words);
  commit->bytes_digest = page.bytes_digest;
  commit->content_digest = content;
  return commit;
}

// Nothing: it is to be stored as it is, whatever differs.
base::Result<std::optional<Look>> Pipeline::look(const Item& item,
                                                 const model::Document& document) const {
  if (!item.exists || !item.same_recipe || !item.source->config->volatile_places)
    return std::nullopt;
  return look_again(run_.repository(), item.root, item.entry.uri, document);
}

base::Result<bool> Pipeline::accept(const Item& item, const model::Document& document) const {
  return accepts(*item.policy(), item.known, document, run_.now());
}

base::Result<bool> Pipeline::is_excluded(const std::string& uri) const {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run_.repository().read());
  FRESHET_ASSIGN(const auto exclusion, snapshot.exclusion(model::root_id(uri)));
  return exclusion.has_value();
}

// What is known of a page whose content is named `target`.
CommitPtr Pipeline::name_alias(Page& page, const std::string& target) {
  auto commit = std::make_shared<Commit>();
  commit->alias = page.item.entry.uri;
  commit->alias_item = page.item;
  commit->item = page.item;
  commit->item.entry.uri = target;
  commit->item.entry.handle.clear();  // of the other name
  commit->item.root = model::root_id(target);
  commit->attempts = page.fetched;
  commit->version = std::move(page.fetched.version);
  commit->words = std::move(page.words);
  commit->bytes_digest = page.bytes_digest;
  return commit;
}

// The page names another root as the one that holds its content. Null: the root has its outcome.
base::Result<CommitPtr> Pipeline::make_alias_commit(Page& page, model::Document document,
                                                    const base::Digest& content) {
  const CommitPtr commit = name_alias(page, document.uri);
  commit->content_digest = content;
  const base::Digest target = commit->item.root;
  FRESHET_ASSIGN(const std::vector<Claim> claims, run_.leases.claim({&target, 1}));
  if (claims.front() != Claim::mine) {  // it is read under its own name
    put_alias(commit);
    return CommitPtr();
  }
  Fate fate = Fate::held;
  const base::Status judged = base::guarded([&]() -> base::Status {
    FRESHET_ASSIGN(fate, judge_target(*commit, document));
    if (fate == Fate::stored) FRESHET_TRY(take(*commit, page, std::move(document)));
    return {};
  });
  if (judged && fate == Fate::stored) return commit;
  run_.leases.release(target);
  if (!judged) return base::fail(judged.error());
  if (fate == Fate::held)
    put_alias(commit);
  else
    decline(commit->alias_item, commit->attempts);
  return CommitPtr();
}

// What becomes of the content under its own name, of which `commit.item` then bears what is known.
base::Result<Pipeline::Fate> Pipeline::judge_target(Commit& commit,
                                                    const model::Document& document) const {
  Item& item = commit.item;
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, run_.repository().read());
    FRESHET_ASSIGN(static_cast<KnownRoot&>(item), know(snapshot, document.uri));
    FRESHET_ASSIGN(const std::optional<repository::RootView> root, snapshot.root(item.root));
    if (root) item.entry.handle = root->handle;
    if (item.exists && !run_.config.force && item.content_digest == commit.content_digest &&
        root->fingerprint == run_.recipe(root->media_type, root->uri))
      return Fate::held;
  }
  FRESHET_TRY(suspect(item, commit.alias_item, document));
  FRESHET_ASSIGN(const bool accepted, accept(item, document));
  return accepted ? Fate::stored : Fate::declined;
}

base::Result<model::Document> Pipeline::read_document(Page& page, const std::string& uri) {
  auto document = run_.readers.read(
      {page.fetched.bytes, uri, page.fetched.media_type, page.fetched.charset, run_.cancel});
  if (!document) page.refused = is_for_good(document.error().code);
  return document;
}

base::Status Pipeline::take(Commit& commit, Page& page, model::Document document) const {
  auto chunks = run_.chunking.cut(document);
  if (!chunks) {
    page.refused = is_for_good(chunks.error().code);
    return base::fail(std::move(chunks).error());
  }
  commit.chunks = *std::move(chunks);
  if (const Json fixed = fixed_of(page.item); !fixed.empty())
    for (model::Chunk& chunk : commit.chunks) chunk.metadata.update(fixed);
  commit.document = std::move(document);
  if (run_.chunking.transforms()) return {};
  base::Status completed = run_.chunking.complete(commit.document.uri, commit.chunks);
  if (!completed) page.refused = is_for_good(completed.error().code);
  return completed;
}

// Law 6 in small: a page that has lost nearly all of its text is kept as it was until it has said
// so three times, over a day at least, or the operator says that it is right.
base::Status Pipeline::suspect(const Item& item, const Item& asked,
                               const model::Document& document) const {
  if (!item.exists || run_.config.accept_shrink || run_.config.force) return {};
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run_.repository().read());
  FRESHET_ASSIGN(const std::optional<repository::Element> root, snapshot.element(item.root.hex()));
  if (!root) return {};
  const std::uint64_t before = root->span.end;
  const std::uint64_t after = document.children.empty() ? 0 : document.children.back().span.end;
  if (before < suspect_least_bytes || after * suspect_share >= before) return {};
  const bool said_before =
      asked.error_code == base::Code::held && asked.failures >= suspect_confirmations;
  if (said_before && run_.now() - asked.known.checked >= suspect_time) return {};
  return base::fail(
      base::Code::held,
      fmt::format(
          "the text shrank from {} to {} bytes; the old content is kept until this is confirmed "
          "over a day, or accepted",
          before, after),
      item.known.uri);
}

// Takes documents as they come; transforms and embeds the chunks of several in one request.
void Pipeline::embed_loop() {
  const std::size_t batch = batch_of(run_);
  std::array<CommitPtr, most_together> commits;
  while (auto first = to_embed_.pop()) {
    std::size_t texts = (*first)->chunks.size();
    std::size_t count = 0;
    commits[count++] = std::move(*first);
    while (texts < batch && count < commits.size()) {
      auto next = to_embed_.try_pop();
      if (!next) break;
      texts += (*next)->chunks.size();
      commits[count++] = std::move(*next);
    }
    embed(enrich(std::span(commits).first(count)));
    commits = {};
  }
}

// Those that did not fail, moved to the front.
std::span<const CommitPtr> Pipeline::enrich(std::span<CommitPtr> commits) noexcept {
  if (!run_.chunking.transforms()) return commits;
  std::vector<chunk::Draft> drafts;
  const base::Status done = base::guarded([&]() -> base::Status {
    for (const CommitPtr& commit : commits) drafts.push_back({&commit->document, &commit->chunks});
    run_.chunking.finish(drafts, run_.cancel);
    return {};
  });
  std::size_t good = 0;
  for (std::size_t i = 0; i < commits.size(); ++i) {
    const base::Status& status = done ? drafts[i].status : done;
    if (status)
      std::swap(commits[good++], commits[i]);
    else
      attempt(*commits[i], [&] { fail(*commits[i], status.error()); });
  }
  return commits.first(good);
}

void Pipeline::embed(std::span<const CommitPtr> commits) noexcept {
  Rejections rejections;
  const base::Status embedded = base::guarded([&] { return embed_texts(commits, rejections); });
  if (!embedded && commits.size() > 1) {  // only the document at fault is to fail
    for (std::size_t i = 0; i < commits.size(); ++i) embed(commits.subspan(i, 1));
    return;
  }
  // In this order on one writer thread: the first commit brings the vectors for all of them.
  for (const CommitPtr& commit : commits)
    attempt(*commit, [&] {
      if (!embedded) return fail(*commit, embedded.error());
      if (const base::Error* why = rejection_of(run_, *commit, rejections)) {
        if (!is_for_good(why->code)) return fail(*commit, *why);
        const Item& asked = commit->alias.empty() ? commit->item : commit->alias_item;
        return fail(*commit, *why,
                    refusal_of(run_, asked, commit->bytes_digest, commit->version,
                               run_.vectors->model(), *why));
      }
      this->commit(commit);
    });
}

base::Status Pipeline::embed_texts(std::span<const CommitPtr> commits, Rejections& rejections) {
  if (run_.vectors == nullptr || commits.empty()) return {};
  std::vector<std::string> texts;
  for (const CommitPtr& commit : commits)
    for (const model::Chunk& chunk : commit->chunks)
      texts.push_back(run_.vectors->text_of(chunk, commit->document.title));
  FRESHET_ASSIGN(commits.front()->vectors,
                 run_.vectors->embed(views_of(texts), run_.cancel, rejections,
                                     [&] { return roots_of(commits); }));
  return {};
}

}  // namespace freshet::sync
