// core/repository/check.cpp - reads all of a namespace and says what does not fit together.
//
// First every page and every checksum, without LMDB (pages.hpp): when that fails, nothing else is
// read. Then the records against each other, both ways along every reference.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "core/lmdb/registry.hpp"
#include "core/repository/repository.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

constexpr std::size_t most_listed = 100;

class Checker {
 public:
  Checker(const Snapshot& snapshot, Transaction& transaction, CheckReport& report,
          const base::Cancel& cancel)
      : snapshot_(snapshot), transaction_(transaction), report_(report), cancel_(cancel) {}

  Status run() {
    FRESHET_ASSIGN(targets_, snapshot_.targets());
    for (const KnownTarget& target : targets_)
      FRESHET_TRY(snapshot_.has_stranded(target.number).map([](auto&&) {}));
    FRESHET_TRY(each(Db::roots, RootKey(), RootView(), [&](auto&... row) { return root(row...); }));
    FRESHET_TRY(each(Db::due, DueKey(), Nothing(), [&](auto&... row) { return due(row...); }));
    FRESHET_TRY(
        each(Db::elements, ElementKey(), Element(), [&](auto&... row) { return element(row...); }));
    FRESHET_TRY(each(Db::element_order, PlaceKey(), Digest(),
                     [&](auto&... row) { return placed(Db::element_order, row...); }));
    FRESHET_TRY(
        each(Db::chunks, ChunkKey(), StoredChunk(), [&](auto&... row) { return chunk(row...); }));
    FRESHET_TRY(each(Db::order, PlaceKey(), Digest(),
                     [&](auto&... row) { return placed(Db::order, row...); }));
    FRESHET_TRY(each(Db::deliveries, DeliveryKey(), DeliveryRow(),
                     [&](auto&... row) { return delivery(row...); }));
    FRESHET_TRY(each(Db::pending, RowKey(), std::uint64_t(),
                     [&](auto&... row) { return pending(row...); }));
    FRESHET_TRY(
        each(Db::delivered, RowKey(), Digest(), [&](auto&... row) { return delivered(row...); }));
    FRESHET_TRY(
        each(Db::sources, SourceKey(), Source(), [&](auto&... row) { return source(row...); }));
    FRESHET_TRY(each(Db::seen, SeenKey(), Sight(), [&](auto&... row) { return member(row...); }));
    FRESHET_TRY(each(Db::sources_of, SourcesOfKey(), Nothing(),
                     [&](auto&... row) { return membership(row...); }));
    FRESHET_TRY(each(Db::due_by_source, DueBySourceKey(), Nothing(),
                     [&](auto&... row) { return due_of(row...); }));
    FRESHET_TRY(each(Db::excluded, ExcludedKey(), Exclusion(),
                     [&](auto&... row) { return excluded(row...); }));
    FRESHET_TRY(each(Db::triggers, TriggerKey(), Trigger(),
                     [&](auto&... row) { return triggered(row...); }));
    FRESHET_TRY(
        each(Db::refusals, RefusalKey(), Refusal(), [&](auto&... row) { return refused(row...); }));
    FRESHET_TRY(
        each(Db::lessons, LessonKey(), Lesson(), [&](auto&... row) { return taught(row...); }));
    FRESHET_TRY(
        each(Db::habits, HabitKey(), std::string_view(), [](auto&...) { return Status{}; }));
    FRESHET_TRY(each(Db::leases, RootKey(), LeaseRow(), [](auto&...) { return Status{}; }));
    FRESHET_TRY(each(Db::runs, RunKey(), std::string_view(), [](auto&...) { return Status{}; }));
    return totals();
  }

 private:
  // Calls `visit` with the parts of each key of the namespace and its record; what has another form
  // is a problem.
  template <typename Form, typename Record, typename Visit>
  Status each(Db db, Form, Record record, const Visit& visit) {
    Cursor cursor(transaction_, db, transaction_.key());
    for (; cursor.valid(); cursor.next()) {
      if (cancel_.requested()) return base::fail(base::Code::cancelled, "the check was cancelled");
      const auto parts = Form::parse(cursor.key());
      if (!parts)
        problem("{}: a key of {} bytes, not {}", db_name(db), cursor.key().size(), Form::size);
      else if (!decode(cursor.body(), record))
        FRESHET_TRY(said(transaction_.malformed(db, cursor.key()).value()));
      else
        FRESHET_TRY(std::apply([&](auto&... part) { return visit(part..., record); }, *parts));
    }
    return cursor.status();
  }

  template <typename... Args>
  void problem(fmt::format_string<Args...> format, Args&&... args) {
    if (++report_.problem_count <= most_listed)
      report_.problems.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  Key key() const { return transaction_.key(); }
  Result<bool> has(Db db, std::string_view at) const { return transaction_.has(db, at); }

  Status root(const Digest& id, RootView& view) {
    view.id = id;
    ++found_.roots;
    found_.documents += view.exists() ? 1 : 0;
    found_.failing += view.failures > 0 ? 1 : 0;
    found_.elements += view.elements;
    found_.chunks += view.chunks;
    if (model::root_id(view.uri) != view.id) problem("root {}: stored under another id", view.uri);
    if (!view.exists() && (view.elements != 0 || view.chunks != 0))
      problem("root {}: has no document and {} elements", view.uri, view.elements);
    if (view.exists() && !view.alias_of.empty())
      problem("root {}: is an alias and has a document", view.uri);
    if (view.ask_again != base::never) {
      FRESHET_ASSIGN(const bool listed,
                     has(Db::due, transaction_.key<DueKey>(view.ask_again, view.id)));
      if (!listed) problem("root {}: not in the due index", view.uri);
    }
    return view.exists() ? document(owned(view)) : Status{};
  }

  // What belongs to the root, counted and compared with its text.
  Status document(const Root& root) {
    const auto document = snapshot_.document(root.uri);
    if (!document) return said(document.error());
    const auto elements = snapshot_.elements_of(root.id);
    if (!elements) return said(elements.error());
    if (elements->size() != root.elements)
      problem("root {}: {} elements, {} expected", root.uri, elements->size(), root.elements);
    std::uint64_t length = 0;
    for (std::size_t i = 1; i < elements->size(); ++i) {
      length = std::max(length, (*elements)[i].span.end);
      if ((*elements)[i].ordinal != i - 1)
        problem("root {}: element {} is out of its place", root.uri, (*elements)[i].id);
    }
    if (length != root.length)
      problem("root {}: a text of {} bytes, {} expected", root.uri, length, root.length);
    const auto chunks = snapshot_.chunks_of(root.id);
    if (!chunks) return said(chunks.error());
    if (chunks->size() != root.chunks)
      problem("root {}: {} chunks, {} expected", root.uri, chunks->size(), root.chunks);
    const std::string text = model::text_of(**document);
    std::int32_t place = 0;
    for (const StoredChunk& stored : *chunks) chunk_in(root, stored, text, place++);
    return {};
  }

  void chunk_in(const Root& root, const StoredChunk& stored, const std::string& text,
                std::int32_t place) {
    const model::Chunk& chunk = stored.chunk;
    if (chunk.structure.sequence_number != place)
      problem("chunk {}: sequence number {}, not {}", chunk.id.hex(),
              chunk.structure.sequence_number, place);
    if (stored.record_digest != model::record_digest(chunk, root.uri, root.title))
      problem("chunk {}: its record digest is of another record", chunk.id.hex());
    if (chunk.span.begin > chunk.span.end || chunk.span.end > text.size())
      return problem("chunk {}: its span ends at {} in a text of {} bytes", chunk.id.hex(),
                     chunk.span.end, text.size());
    const std::string_view slice =
        std::string_view(text).substr(chunk.span.begin, chunk.span.end - chunk.span.begin);
    const std::string& urtext = chunk.urtext.empty() ? chunk.text : chunk.urtext;
    // Not equal where a table's header was repeated before it, or the fence of code around it.
    if (urtext.find(slice) == std::string::npos)
      problem("chunk {}: its text is not what its span covers", chunk.id.hex());
  }

  Status due(Instant at, const Digest& id, Nothing) {
    FRESHET_ASSIGN(const auto view, transaction_.record<RootView>(Db::roots, key().add(id)));
    if (!view)
      problem("due: root {} does not exist", id.hex());
    else if (view->ask_again != at)
      problem("due: root {} is to be asked at another time", view->uri);
    return {};
  }

  Status due_of(const Digest& source, Instant at, const Digest& id, Nothing) {
    FRESHET_TRY(due(at, id, {}));
    FRESHET_ASSIGN(const bool member, has(Db::seen, transaction_.key<SeenKey>(source, id)));
    if (!member) problem("due: root {} is none of source {}", id.hex(), source.hex());
    return {};
  }

  Status element(const Digest& id, const Element& element) {
    ++sections_;
    if (model::section_key(element.id) != id)
      problem("element {}: stored under another id", element.id);
    const auto place = transaction_.record<Digest>(
        Db::element_order, transaction_.key<PlaceKey>(element.root, element.ordinal));
    if (!place) return said(place.error());
    if (*place != id) problem("element {}: its root does not list it", element.id);
    if (element.parent_id == element.root.hex()) return {};
    FRESHET_ASSIGN(const bool parent,
                   has(Db::elements, key().add(model::section_key(element.parent_id))));
    if (!parent) problem("element {}: its parent {} is missing", element.id, element.parent_id);
    return {};
  }

  Status chunk(const Digest& id, const StoredChunk& stored) {
    ++report_.chunks;
    const auto number = static_cast<std::uint32_t>(stored.chunk.structure.sequence_number);
    const auto place =
        transaction_.record<Digest>(Db::order, transaction_.key<PlaceKey>(stored.root, number));
    if (!place) return said(place.error());
    if (*place != id) problem("chunk {}: its root does not list it", id.hex());
    if (model::of_root(stored.root, id) != id)
      problem("chunk {}: its id is of another root", id.hex());
    const std::string& parent = stored.chunk.parent_id;
    if (!parent.empty() && parent != stored.root.hex()) {
      FRESHET_ASSIGN(const bool there, has(Db::elements, key().add(model::section_key(parent))));
      if (!there) problem("chunk {}: its parent {} is missing", id.hex(), parent);
    }
    for (const KnownTarget& target : targets_)
      if (!target.is_retired()) FRESHET_TRY(on_its_way(target.number, id, stored.record_digest));
    return {};
  }

  // Law 5: what the store does not hold is waiting to be delivered.
  Status on_its_way(TargetNumber target, const Digest& id, const Digest& record) {
    FRESHET_ASSIGN(const auto held, snapshot_.delivered(id, target));
    if (held == record) return {};
    FRESHET_ASSIGN(const bool waiting, has(Db::pending, transaction_.key<RowKey>(target, id)));
    if (!waiting)
      problem("chunk {}: neither delivered to target {} nor waiting to be", id.hex(), target);
    return {};
  }

  Status placed(Db db, const Digest& root_id, std::uint32_t, const Digest& id) {
    FRESHET_ASSIGN(const bool there,
                   has(db == Db::order ? Db::chunks : Db::elements, key().add(id)));
    if (!there) problem("{}: names {}, which is missing", db_name(db), id.hex());
    FRESHET_ASSIGN(const bool root, has(Db::roots, key().add(root_id)));
    if (!root) problem("{}: root {} does not exist", db_name(db), root_id.hex());
    return {};
  }

  Status delivery(std::uint32_t target, std::uint64_t sequence, const DeliveryRow& row) {
    ++report_.deliveries;
    check_known(target);
    const auto place = transaction_.record<std::uint64_t>(
        Db::pending, transaction_.key<RowKey>(target, row.chunk));
    if (!place) return said(place.error());
    if (*place != sequence)
      problem("delivery {}: chunk {} waits for another", sequence, row.chunk.hex());
    return {};
  }

  // What is retired, or was never there, has no rows.
  void check_known(TargetNumber target) {
    const bool known = std::any_of(targets_.begin(), targets_.end(), [&](const KnownTarget& each) {
      return each.number == target && !each.is_retired();
    });
    if (!known && !targets_.empty()) problem("target {}: has rows and is not delivered to", target);
  }

  Status pending(std::uint32_t target, const Digest& chunk, std::uint64_t sequence) {
    FRESHET_ASSIGN(const bool there,
                   has(Db::deliveries, transaction_.key<DeliveryKey>(target, sequence)));
    if (!there) problem("pending: the delivery of chunk {} is missing", chunk.hex());
    return {};
  }

  // A store that holds what is no more must be told so.
  Status delivered(std::uint32_t target, const Digest& chunk, const Digest&) {
    check_known(target);
    if (targets_.empty()) return {};
    FRESHET_ASSIGN(const bool there, has(Db::chunks, key().add(chunk)));
    FRESHET_ASSIGN(const bool waiting, has(Db::pending, transaction_.key<RowKey>(target, chunk)));
    if (!there && !waiting)
      problem("delivered: chunk {} is gone, and no removal is waiting", chunk.hex());
    return {};
  }

  Status source(const Digest& id, const Source& source) {
    if (source.id != id) problem("source {}: stored under another id", source.name);
    std::uint64_t members = 0;
    Cursor cursor(transaction_, Db::seen, key().add(source.id));
    for (; cursor.valid(); cursor.next()) ++members;
    FRESHET_TRY(cursor.status());
    if (members != source.members)
      problem("source {}: {} members, {} counted", source.name, source.members, members);
    return {};
  }

  Status member(const Digest& source, const Digest& root, const Sight&) {
    FRESHET_ASSIGN(const bool known, has(Db::sources, key().add(source)));
    if (!known) problem("seen: source {} does not exist", source.hex());
    FRESHET_ASSIGN(const bool back,
                   has(Db::sources_of, transaction_.key<SourcesOfKey>(root, source)));
    if (!back) problem("seen: root {} does not name its source {}", root.hex(), source.hex());
    return {};
  }

  Status membership(const Digest& root, const Digest& source, Nothing) {
    FRESHET_ASSIGN(const bool there, has(Db::seen, transaction_.key<SeenKey>(source, root)));
    if (!there)
      problem("sources_of: source {} does not name its root {}", source.hex(), root.hex());
    FRESHET_ASSIGN(const auto view, transaction_.record<RootView>(Db::roots, key().add(root)));
    if (!view || view->ask_again == base::never) return {};
    FRESHET_ASSIGN(const bool due, has(Db::due_by_source, transaction_.key<DueBySourceKey>(
                                                              source, view->ask_again, root)));
    if (!due) problem("root {}: not in the due index of source {}", view->uri, source.hex());
    return {};
  }

  Status excluded(const Digest& id, const Exclusion& exclusion) {
    if (model::root_id(exclusion.uri) != id)
      problem("excluded {}: stored under another id", exclusion.uri);
    FRESHET_ASSIGN(const bool known, has(Db::roots, key().add(id)));
    FRESHET_ASSIGN(const bool member, snapshot_.has_source(id));
    if (known || member) problem("excluded {}: is a root all the same", exclusion.uri);
    return {};
  }

  Status triggered(const Digest& id, const Trigger& trigger) {
    if (model::root_id(trigger.uri) != id)
      problem("trigger of {}: stored under another id", trigger.uri);
    return {};
  }

  Status refused(const Digest& id, const Refusal& refusal) {
    if (model::root_id(refusal.uri) != id)
      problem("refusal of {}: stored under another id", refusal.uri);
    FRESHET_ASSIGN(const bool known, has(Db::roots, key().add(id)));
    if (!known) problem("refusal of {}: is of no root", refusal.uri);
    return {};
  }

  Status taught(const Digest& owner, const Digest& about, const Lesson& lesson) {
    if (lesson.owner != owner || base::digest_of(lesson.about) != about)
      problem("lesson {}: stored under another key", lesson.about);
    FRESHET_ASSIGN(const bool root, has(Db::roots, key().add(owner)));
    FRESHET_ASSIGN(const bool source, has(Db::sources, key().add(owner)));
    if (!root && !source) problem("lesson {}: is of no root and no source", lesson.about);
    return {};
  }

  Status totals() {
    FRESHET_ASSIGN(const Counters* const counted, transaction_.counters());
    const auto compare = [&](const char* what, std::uint64_t claimed, std::uint64_t found) {
      if (claimed != found) problem("counters: {} {}, {} found", claimed, what, found);
    };
    compare("roots", counted->roots, found_.roots);
    compare("documents", counted->documents, found_.documents);
    compare("elements", counted->elements, found_.elements);
    compare("chunks", counted->chunks, found_.chunks);
    compare("failing", counted->failing, found_.failing);
    compare("deliveries", counted->deliveries, report_.deliveries);
    compare("chunks", report_.chunks, found_.chunks);
    compare("elements", sections_ + found_.documents, found_.elements);
    report_.roots = found_.roots;
    report_.elements = found_.elements;
    FRESHET_ASSIGN(report_.vectors, transaction_.count(Db::vectors));
    return {};
  }

  // Damage is what this is here to report; anything else ends it.
  Status said(const base::Error& error) {
    if (error.code != base::Code::corrupt) return base::fail(error);
    problem("{}", error.message);
    return {};
  }

  const Snapshot& snapshot_;
  Transaction& transaction_;
  CheckReport& report_;
  const base::Cancel& cancel_;
  Counters found_;
  std::uint64_t sections_ = 0;
  std::vector<KnownTarget> targets_;
};

void add_problem(CheckReport& report, const base::Error& error) {
  ++report.problem_count;
  report.problems.push_back(base::to_string(error));
}

}  // namespace

Result<CheckReport> Repository::check(const base::Cancel& cancel) const {
  CheckReport report;
  if (const Status pages = environment_->verify(cancel); !pages) {
    if (pages.error().code != base::Code::corrupt) return base::fail(pages.error());
    add_problem(report, pages.error());
    return report;
  }
  FRESHET_ASSIGN(const Snapshot snapshot, read());
  const Status status = Checker(snapshot, *snapshot.owned_, report, cancel).run();
  if (!status && status.error().code != base::Code::corrupt) return base::fail(status.error());
  if (!status) add_problem(report, status.error());
  return report;
}

}  // namespace freshet::repository
