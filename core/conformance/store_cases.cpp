#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "core/conformance/bench.hpp"
#include "core/model/record.hpp"

namespace freshet::conformance {
namespace {

using base::Code;

constexpr std::uint32_t dimension = 8;

struct Row {
  std::string id, text, metadata;
  std::vector<float> vector;
};

std::string id_of(std::string_view name) { return base::digest_of(name).hex(); }

Row make_row(const std::string& name, const std::string& text) {
  std::vector<float> vector(dimension, 0.1f);
  vector[text.size() % dimension] = 1.0f;
  return {id_of(name), text, R"({"kept":"no"})", std::move(vector)};
}

// A store with an empty namespace of its own, which goes with it.
class Table {
 public:
  Table(Bench& bench, const std::string& suffix = "a")
      : bench_(bench), name_(fmt::format("freshet-check-{}-{}", ::getpid(), suffix)) {
    auto opened = bench.open_store();
    if (!bench.good(opened, "open")) return;
    store_ = *std::move(opened);
    with_vectors_ = store_->info().needs_vectors || store_->info().vector_search;
    ready_ = bench.good(store_->reset(name_, {}), "reset what is not there") &&
             bench.good(store_->ensure(space(), {}), "ensure");
  }
  ~Table() {
    if (ready_) static_cast<void>(store_->reset(name_, {}));
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  explicit operator bool() const { return ready_; }
  ports::Store& store() { return *store_; }
  const std::string& name() const { return name_; }
  bool with_vectors() const { return with_vectors_; }
  ports::StoreNamespace space() const {
    return with_vectors_ ? ports::StoreNamespace{name_, dimension, "check"}
                         : ports::StoreNamespace{name_, 0, ""};
  }

  // `behind`: what follows each text in memory, and is none of it.
  bool put(const std::vector<Row>& rows, std::string_view behind = "") {
    std::vector<ports::StoreRecord> records;
    std::vector<std::string> texts;
    for (const Row& each : rows) texts.push_back(each.text + std::string(behind));
    for (const Row& each : rows) {
      ports::StoreRecord record;
      record.id = each.id;
      record.digest = base::digest_of(each.text).hex();
      record.text = std::string_view(texts[records.size()]).substr(0, each.text.size());
      record.uri = "freshet-check:/root";
      record.title = "Title";
      record.url = "freshet-check:/root#a";
      record.path = "One > Two";
      record.metadata = each.metadata;
      if (with_vectors_) record.vector = each.vector;
      records.push_back(record);
    }
    std::set<std::string> confirmed;
    const auto status =
        store_->upsert(name_, records, [&](std::string_view id) { confirmed.emplace(id); }, {});
    return bench_.good(status, "upsert") &&
           bench_.that(confirmed.size() == rows.size(),
                       fmt::format("it confirmed {} of {} rows", confirmed.size(), rows.size()));
  }
  bool remove(const std::vector<std::string>& ids) {
    std::set<std::string> confirmed;
    const auto status =
        store_->remove(name_, ids, [&](std::string_view id) { confirmed.emplace(id); }, {});
    return bench_.good(status, "remove") &&
           bench_.that(confirmed.size() == ids.size(),
                       fmt::format("it confirmed the removal of {} of {} rows", confirmed.size(),
                                   ids.size()));
  }
  bool counts(std::uint64_t wanted) {
    const auto count = store_->count(name_, {});
    return bench_.good(count, "count") &&
           bench_.that(*count == wanted, fmt::format("it counts {} rows of {}", *count, wanted));
  }
  // The row's text; nothing where it is not there.
  std::optional<std::string> text(const std::string& id) {
    const std::vector<std::string> wanted = {id};
    const auto rows = store_->get(name_, wanted, {});
    if (!bench_.good(rows, "get") || rows->empty()) return std::nullopt;
    return rows->front().text;
  }
  base::Result<std::vector<ports::Hit>> search(ports::SearchMode mode, const Row& like,
                                               const std::string& filter = "") {
    ports::Search search;
    search.mode = mode;
    search.text = like.text;
    search.vector = like.vector;
    search.limit = 2;
    search.filter = filter;
    return store_->search(name_, search, {});
  }

 private:
  Bench& bench_;
  std::string name_;
  std::unique_ptr<ports::Store> store_;
  bool with_vectors_ = false;
  bool ready_ = false;
};

void opens(Bench& bench) { bench.good(bench.open_store(), "open"); }

void writes(Bench& bench) {
  Table table(bench);
  const std::vector<Row> rows = {make_row("plain", "a plain text"),
                                 make_row("odd", "'; DROP TABLE x; -- \"%_\\ naïve 東京 🦀\n"),
                                 make_row("large", std::string(4000, 'l'))};
  if (!table || !table.put(rows) || !table.counts(rows.size())) return;
  for (const Row& each : rows)
    if (!bench.that(table.text(each.id) == each.text, "a row did not come back as it was written"))
      return;
}

void heeds_sizes(Bench& bench) {
  Table table(bench);
  const Row row = make_row("a", "a text of its size");
  if (table && table.put({row}, " and no more"))
    bench.that(table.text(row.id) == row.text, "a text was read beyond its size");
}

void is_idempotent(Bench& bench) {
  Table table(bench);
  const std::vector<Row> rows = {make_row("a", "first"), make_row("b", "second")};
  if (table && table.put(rows) && table.put(rows)) table.counts(2);
}

void replaces(Bench& bench) {
  Table table(bench);
  if (!table || !table.put({make_row("a", "before")}) || !table.put({make_row("a", "afterwards")}))
    return;
  if (table.counts(1))
    bench.that(table.text(id_of("a")) == "afterwards", "a row kept its old text");
}

void removes(Bench& bench) {
  Table table(bench);
  if (!table || !table.put({make_row("a", "first"), make_row("b", "second")})) return;
  if (!table.remove({id_of("a"), id_of("never there")}) || !table.counts(1)) return;
  bench.that(!table.text(id_of("a")), "a removed row is still there");
  bench.that(table.text(id_of("b")).has_value(), "a row went that was not to be removed");
}

void lists(Bench& bench) {
  Table table(bench);
  std::vector<Row> rows;
  for (int i = 0; i < 25; ++i)
    rows.push_back(make_row(std::to_string(i), fmt::format("text {}", i)));
  if (!table || !table.put(rows)) return;
  std::vector<ports::StoredRow> listed;
  std::set<std::string> ids;
  for (const auto listing = table.store().list(table.name(), 10);;) {
    const auto page = listing->next({});
    if (!bench.good(page, "list")) return;
    if (page->empty()) break;
    listed.insert(listed.end(), page->begin(), page->end());
    for (const ports::StoredRow& row : *page) ids.insert(row.id);
    if (!bench.that(ids.size() == listed.size(), "it listed a row twice")) return;
  }
  bench.that(listed.size() == rows.size(),
             fmt::format("it listed {} of {} rows", listed.size(), rows.size()));
  for (const Row& each : rows)
    bench.that(std::any_of(listed.begin(), listed.end(),
                           [&](const ports::StoredRow& row) {
                             return row.id == each.id &&
                                    row.digest == base::digest_of(each.text).hex();
                           }),
               "a row was listed not at all, or with another digest");
}

void keeps_apart(Bench& bench) {
  Table one(bench, "a");
  Table two(bench, "b");
  if (!one || !two || !one.put({make_row("a", "mine")})) return;
  if (two.counts(0)) bench.that(!two.text(id_of("a")), "a row is in two namespaces");
}

void refuses_others(Bench& bench) {
  Table table(bench);
  if (!table) return;
  ports::StoreNamespace other = table.space();
  bench.good(table.store().ensure(other, {}), "ensure what is there");
  if (!table.with_vectors()) {
    other.model = "another";
    other.dimension = 3;
  } else {
    other.dimension += 1;
  }
  bench.fails(table.store().ensure(other, {}), Code::invalid_argument,
              "ensuring it with another dimension");
}

void misses_namespaces(Bench& bench) {
  Table table(bench);
  if (table)
    bench.fails(table.store().count("freshet-check-never-there", {}), Code::not_found,
                "counting a namespace that is not there");
}

void resets(Bench& bench) {
  Table table(bench);
  if (!table || !table.put({make_row("a", "first")})) return;
  if (!bench.good(table.store().reset(table.name(), {}), "reset")) return;
  if (bench.good(table.store().ensure(table.space(), {}), "ensure after reset")) table.counts(0);
}

void takes_full_batches(Bench& bench) {
  Table table(bench);
  if (!table) return;
  std::vector<Row> rows;
  for (std::uint32_t i = 0; i < std::min(table.store().info().max_batch, 2000u); ++i)
    rows.push_back(make_row(std::to_string(i), fmt::format("text {}", i)));
  if (table.put(rows)) table.counts(rows.size());
}

void finds(Bench& bench, ports::SearchMode mode) {
  Table table(bench);
  const Row wanted = make_row("wanted", "zebra");
  if (!table || !table.put({make_row("other", "a stone"), wanted, make_row("more", "some sand")}))
    return;
  const auto found = table.search(mode, wanted);
  if (!bench.good(found, "search")) return;
  bench.that(!found->empty() && found->front().text == "zebra",
             "the row that fits best is not the first");
  bench.that(std::is_sorted(found->begin(), found->end(),
                            [](const auto& a, const auto& b) { return a.score > b.score; }),
             "the best is not first by its score");
}

void finds_text(Bench& bench) {
  const auto store = bench.open_store();
  if (!bench.good(store, "open")) return;
  if (!(*store)->info().text_search) return bench.skip("it does not search texts");
  finds(bench, ports::SearchMode::text);
}

void finds_vectors(Bench& bench) {
  const auto store = bench.open_store();
  if (!bench.good(store, "open")) return;
  if (!(*store)->info().vector_search) return bench.skip("it does not search vectors");
  finds(bench, ports::SearchMode::vector);
}

void finds_both(Bench& bench) {
  const auto store = bench.open_store();
  if (!bench.good(store, "open")) return;
  if (!(*store)->info().hybrid_search) return bench.skip("it does not search for both");
  finds(bench, ports::SearchMode::hybrid);
}

// A filter that the one row passes and not the other.
struct FilterTry {
  ports::FilterOp op;
  const char* text;
};

constexpr const char* passing =
    R"({"kept":"yes","year":2024,"size":"10","tags":["x",7],"name":"Async IO"})";
constexpr const char* failing =
    R"({"kept":"no","year":1999.5,"size":"9","tags":[],"name":"Strasse"})";

constexpr FilterTry filter_tries[] = {
    {ports::FilterOp::eq, R"(["eq","kept","yes"])"},
    {ports::FilterOp::eq, R"(["eq","year","2024"])"},
    {ports::FilterOp::ne, R"(["ne","kept","no"])"},
    {ports::FilterOp::gt, R"(["gt","size",9])"},
    {ports::FilterOp::gte, R"(["gte","year",2024])"},
    {ports::FilterOp::lt, R"(["lt","name","B"])"},
    {ports::FilterOp::lte, R"(["lte","name","Async IO"])"},
    {ports::FilterOp::in, R"(["in","year",["a",2024]])"},
    {ports::FilterOp::nin, R"(["nin","kept",["no","never"]])"},
    {ports::FilterOp::contains, R"(["contains","name","sync"])"},
    {ports::FilterOp::icontains, R"(["icontains","name","SYNC"])"},
    {ports::FilterOp::ieq, R"(["ieq","name","async io"])"},
    {ports::FilterOp::starts_with, R"(["starts_with","year","20"])"},
    {ports::FilterOp::ends_with, R"(["ends_with","name","IO"])"},
    {ports::FilterOp::like, R"(["like","name","^A.*O$"])"},
    {ports::FilterOp::has, R"(["has","tags",7])"},
};
constexpr FilterTry joining_tries[] = {
    {ports::FilterOp::all, R"(["and",["eq","kept","yes"],["eq","year",2024]])"},
    {ports::FilterOp::any, R"(["or",["eq","kept","never"],["eq","year",2024]])"},
    {ports::FilterOp::none, R"(["not",["eq","kept","no"]])"},
};

void filters(Bench& bench) {
  Table table(bench);
  if (!table) return;
  const ports::StoreInfo& info = table.store().info();
  if (info.filter_operators == 0) return bench.skip("it leaves filters to the host");
  if (!info.text_search && !info.vector_search) return bench.skip("it does not search");
  const auto mode = info.text_search ? ports::SearchMode::text : ports::SearchMode::vector;
  Row wanted = make_row("a", "zebra crossing");
  wanted.metadata = passing;
  Row other = make_row("b", "zebra stripes");
  other.metadata = failing;
  if (!table.put({wanted, other})) return;
  const auto tests = [&](ports::FilterOp op) {
    return (info.filter_operators & ports::bit(op)) != 0;
  };
  const auto attempt = [&](const FilterTry& each) {
    const auto found = table.search(mode, make_row("q", "zebra"), each.text);
    if (bench.good(found, fmt::format("search with {}", each.text)))
      bench.that(found->size() == 1 && found->front().text == wanted.text,
                 fmt::format("{} does not find the one row that it should", each.text));
  };
  for (const FilterTry& each : filter_tries)
    if (tests(each.op)) attempt(each);
  for (const FilterTry& each : joining_tries)
    if (tests(each.op) && tests(ports::FilterOp::eq)) attempt(each);
}

void names_its_namespaces(Bench& bench) {
  Table table(bench);
  if (!table) return;
  auto names = table.store().namespaces({});
  if (!names && names.error().code == Code::unsupported)
    return bench.skip("it does not list its namespaces");
  if (!bench.good(names, "namespaces")) return;
  bench.that(std::count(names->begin(), names->end(), table.name()) == 1,
             "it does not name a namespace that it has");
  if (!bench.good(table.store().reset(table.name(), {}), "reset")) return;
  names = table.store().namespaces({});
  if (bench.good(names, "namespaces"))
    bench.that(std::count(names->begin(), names->end(), table.name()) == 0,
               "it names a namespace that was reset");
}

void survives_reopening(Bench& bench) {
  Table table(bench);
  if (!table || !table.put({make_row("a", "kept")})) return;
  const auto again = bench.open_store();
  if (!bench.good(again, "open a second time")) return;
  const auto count = (*again)->count(table.name(), {});
  if (bench.good(count, "count")) bench.that(*count == 1, "another instance does not see the row");
}

void heeds_claims(Bench& bench) {
  Table table(bench);
  if (!table) return;
  if (!table.store().info().claims) return bench.skip("it has no claims");
  const auto other = bench.open_store();
  if (!bench.good(other, "open a second time")) return;
  const auto first = table.store().claim(table.name(), 1, {});
  if (!bench.good(first, "claim")) return;
  const std::uint64_t fence = *first + 1;  // the name may have been used before
  if (!bench.good(table.store().claim(table.name(), fence, {}), "claim") ||
      !table.put({make_row("a", "before")}) ||
      !bench.good((*other)->claim(table.name(), fence + 1, {}), "claim") ||
      !bench.good((*other)->ensure(table.space(), {}), "ensure"))
    return;
  const std::vector<std::string> ids = {id_of("a")};
  bench.fails(table.store().remove(table.name(), ids, [](auto) {}, {}), Code::busy,
              "removing under a claim that was lost");
  bench.fails(table.store().reset(table.name(), {}), Code::busy,
              "a reset under a claim that was lost");
  const auto newest = table.store().claim(table.name(), fence + 2, {});
  if (bench.good(newest, "claim"))
    bench.that(*newest == fence + 1, "it does not know the newest claim that wrote");
}

void replaces_namespaces(Bench& bench) {
  Table table(bench);
  if (!table) return;
  ports::Store& store = table.store();
  if (!store.info().replaces) return bench.skip("it does not put one namespace in another's place");
  Table aside(bench, "a~1");  // a name that only such a store is given
  if (!aside) return;
  if (!table.put({make_row("a", "before"), make_row("b", "both")}) ||
      !aside.put({make_row("a", "afterwards")}))
    return;
  for (const char* what : {"replace", "replace again"})
    if (!bench.good(store.replace(table.name(), aside.name(), {}), what)) return;
  if (table.counts(1))
    bench.that(table.text(id_of("a")) == "afterwards", "the rows are not those of the other");
  bench.fails(store.count(aside.name(), {}), Code::not_found, "counting what took a place");
  bench.fails(store.replace(table.name(), table.name() + "~2", {}), Code::not_found,
              "replacing it by what is not there");
}

void keeps_vectors(Bench& bench) {
  Table table(bench);
  const Row row = make_row("a", "kept");
  if (!table || !table.put({row})) return;
  const std::vector<std::string> wanted = {row.id};
  const auto rows = table.store().get(table.name(), wanted, {});
  if (!bench.good(rows, "get")) return;
  if (rows->empty() || rows->front().vector.empty()) return bench.skip("it gives no vectors back");
  bench.that(model::same_direction(rows->front().vector, row.vector),
             "a vector came back that points another way");
}

void finds_no_damage(Bench& bench) {
  Table table(bench);
  if (!table || !table.put({make_row("a", "first"), make_row("b", "second")})) return;
  for (const bool deep : {false, true}) {
    const auto found = table.store().check(table.space(), deep, {});
    if (!found && found.error().code == Code::unsupported)
      return bench.skip("it does not look for damage");
    if (!bench.good(found, "check")) return;
    bench.that(found->empty(), "it finds damage in a sound namespace: " +
                                   (found->empty() ? std::string() : found->front()));
  }
}

constexpr Check checks[] = {
    {"opens", "an instance opens with its options, and closes", opens},
    {"writes", "rows are confirmed, and come back as they were", writes},
    {"heeds_sizes", "a text ends where its size says, and not at a NUL", heeds_sizes},
    {"is_idempotent", "writing rows again changes nothing", is_idempotent},
    {"replaces", "a row written again is replaced", replaces},
    {"removes", "removed rows are gone, and confirmed even where they were not there", removes},
    {"lists", "ids and digests are listed page by page, each once", lists},
    {"keeps_apart", "namespaces do not see each other", keeps_apart},
    {"refuses_others", "a namespace of another dimension is refused", refuses_others},
    {"misses_namespaces", "a namespace that is not there is not_found", misses_namespaces},
    {"resets", "a reset namespace is empty", resets},
    {"takes_full_batches", "as many rows as it says it takes are taken", takes_full_batches},
    {"finds_text", "a search for words finds them first", finds_text},
    {"finds_vectors", "a search for a vector finds it first", finds_vectors},
    {"finds_both", "a search for both finds them first", finds_both},
    {"filters", "every operator that it says it tests holds", filters},
    {"heeds_claims", "a writer that lost its claim is refused", heeds_claims},
    {"replaces_namespaces", "a namespace takes another's place, once", replaces_namespaces},
    {"names_its_namespaces", "the namespaces that it lists are those that it has",
     names_its_namespaces},
    {"survives_reopening", "another instance sees what was written", survives_reopening},
    {"keeps_vectors", "vectors that come back point the same way", keeps_vectors},
    {"finds_no_damage", "a sound namespace has no damage", finds_no_damage},
};

}  // namespace

std::span<const Check> store_checks() { return checks; }

}  // namespace freshet::conformance
