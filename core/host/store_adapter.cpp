#include <algorithm>
#include <unordered_set>

#include "core/host/store_rows.hpp"
#include "core/host/store_sinks.hpp"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;
using StoreTable = freshet_store_table;

constexpr std::uint32_t most_rows = 1'000'000;  // of one answer

constexpr std::size_t most_lines = 100;

// Lines for people, safe to print.
std::vector<std::string> lines_of(TextTaker& taker) {
  std::vector<std::string> lines;
  for (const std::string& text : taker.texts) lines.push_back(base::printable(base::to_utf8(text)));
  if (taker.left_out > 0) lines.push_back(fmt::format("and {} more", taker.left_out));
  return lines;
}

// Damage in a store has a remedy; the error names it.
base::Status advise(base::Status status) {
  if (status || status.error().code != Code::corrupt) return status;
  base::Error error = std::move(status).error();
  error.message += "; run freshet check --repair";
  return fail(std::move(error));
}

static_assert(FRESHET_FILTER_AND == ports::bit(ports::FilterOp::all));
static_assert(FRESHET_FILTER_EQ == ports::bit(ports::FilterOp::eq));
static_assert(FRESHET_FILTER_CONTAINS == ports::bit(ports::FilterOp::contains));
static_assert(FRESHET_FILTER_HAS == ports::bit(ports::FilterOp::has));

base::Result<ports::StoreInfo> ask_info(const Instance<StoreTable>& instance) {
  freshet_store_info raw{};
  raw.struct_size = sizeof raw;
  FRESHET_TRY(instance.call(&StoreTable::info, "info", {}, nullptr, &raw));
  if (raw.max_batch == 0 || raw.concurrent_writes == 0)
    return broken(*instance.caller(), "says that it takes no rows, or no writes");
  if (raw.max_id_bytes < 32)
    return broken(*instance.caller(), "says that ids of 32 bytes are too long for it");
  if (raw.metric < FRESHET_STORE_METRIC_COSINE || raw.metric > FRESHET_STORE_METRIC_DOT)
    return broken(*instance.caller(),
                  fmt::format("says that its metric is {}, not from 0 to 2", raw.metric));
  const auto can = [&](std::uint32_t capability) { return (raw.capabilities & capability) != 0; };
  ports::StoreInfo info;
  info.max_batch = raw.max_batch;
  info.max_id_bytes = raw.max_id_bytes;
  info.max_text_bytes = raw.max_text_bytes;
  info.max_request_bytes = raw.max_request_bytes;
  info.concurrent_writes = raw.concurrent_writes;
  info.needs_vectors = can(FRESHET_STORE_NEEDS_VECTORS);
  info.text_search = can(FRESHET_STORE_TEXT_SEARCH);
  info.vector_search = can(FRESHET_STORE_VECTOR_SEARCH);
  info.hybrid_search = can(FRESHET_STORE_HYBRID_SEARCH);
  info.ordered = can(FRESHET_STORE_ORDERED);
  info.unit_vectors = raw.metric != FRESHET_STORE_METRIC_COSINE;
  info.filter_operators = raw.filter_operators;
  info.claims = instance.has(&StoreTable::claim);
  info.replaces = instance.has(&StoreTable::replace);
  info.plugin = instance.caller()->plugin;
  return info;
}

// One listing, from cursor to cursor. The ids of an ordered one go on rising; of any other, no page
// has an id twice, and what a later page repeats is for the one who collects them all.
class PluginRowListing : public ports::RowListing {
 public:
  PluginRowListing(const Instance<StoreTable>& instance, bool ordered, std::string name,
                   std::uint32_t page)
      : instance_(instance), ordered_(ordered), name_(std::move(name)), page_(page) {}

  base::Result<std::vector<ports::StoredRow>> next(const base::Cancel& cancel) override {
    if (done_) return std::vector<ports::StoredRow>();
    PageTaker taker(instance_.caller(), cancel, page_);
    const Lent lent(taker);
    const freshet_list_sink sink = lent.sink();
    base::Status status = advise(instance_.call(&StoreTable::list, "list", cancel, nullptr,
                                                name_.c_str(), cursor_.c_str(), page_, &sink));
    FRESHET_TRY(taker.take_status());
    FRESHET_TRY(std::move(status));
    FRESHET_TRY(ordered_ ? check_order(taker.rows) : check_once(taker.rows));
    FRESHET_TRY(move_on(taker));
    return std::move(taker.rows);
  }

 private:
  base::Status check_order(const std::vector<ports::StoredRow>& rows) {
    for (const ports::StoredRow& row : rows) {
      if (row.id <= last_)
        return broken(*instance_.caller(), "says that it lists in order, and listed " +
                                               base::in_quotes(row.id) + " after " +
                                               base::in_quotes(last_));
      last_ = row.id;
    }
    return {};
  }
  base::Status check_once(const std::vector<ports::StoredRow>& rows) const {
    std::unordered_set<std::string_view> ids;
    for (const ports::StoredRow& row : rows)
      if (!ids.insert(row.id).second)
        return broken(*instance_.caller(), "listed " + base::in_quotes(row.id) + " twice");
    return {};
  }

  // A cursor that comes again would be followed without end.
  base::Status move_on(const PageTaker& taker) {
    done_ = taker.cursor.empty();
    if (done_) return {};
    if (taker.rows.empty()) return broken(*instance_.caller(), "gave a cursor after no rows");
    if (!followed_.insert(base::digest_of(taker.cursor)).second)
      return broken(*instance_.caller(), "gave the same cursor twice in one listing");
    cursor_ = taker.cursor;
    return {};
  }

  const Instance<StoreTable>& instance_;
  const bool ordered_;
  const std::string name_;
  const std::uint32_t page_;
  std::string cursor_, last_;
  std::unordered_set<base::Digest> followed_;
  bool done_ = false;
};

class PluginStore : public ports::Store {
 public:
  PluginStore(Instance<StoreTable> instance, const ports::StoreInfo& info)
      : instance_(std::move(instance)), info_(info) {}

  const ports::StoreInfo& info() const override { return info_; }

  base::Status ensure(const ports::StoreNamespace& wanted, const base::Cancel& cancel) override {
    const freshet_store_namespace raw = {sizeof raw, wanted.name.c_str(), wanted.dimension,
                                         wanted.model.c_str()};
    return ask(&StoreTable::ensure, "ensure", cancel, nullptr, &raw);
  }

  base::Status upsert(const std::string& name, std::span<const ports::StoreRecord> records,
                      const Confirm& confirm, const base::Cancel& cancel) override {
    FRESHET_TRY(check_batch(records.size()));
    while (!records.empty()) {
      const std::size_t count = first_rows(records, info_.max_request_bytes);
      FRESHET_TRY(upsert_request(name, records.first(count), confirm, cancel));
      records = records.subspan(count);
    }
    return {};
  }

  base::Status remove(const std::string& name, std::span<const std::string> ids,
                      const Confirm& confirm, const base::Cancel& cancel) override {
    if (ids.empty()) return {};
    FRESHET_TRY(check_batch(ids.size()));
    Confirmations confirmations(instance_.caller(), confirm, cancel);
    const Lent lent(confirmations);
    std::vector<const char*> raw;
    for (const std::string& id : ids) {
      raw.push_back(id.c_str());
      confirmations.expect(id);
    }
    const freshet_confirm_sink sink = lent.sink();
    base::Status status = ask(&StoreTable::remove, "remove", cancel, nullptr, name.c_str(),
                              raw.data(), raw.size(), &sink);
    confirmations.report_foreign();
    return status;
  }

  base::Result<std::vector<ports::Hit>> search(const std::string& name, const ports::Search& search,
                                               const base::Cancel& cancel) override {
    if (search.limit == 0) return std::vector<ports::Hit>();
    const Direction direction(search.vector, info_.unit_vectors);
    freshet_search raw{};
    raw.struct_size = sizeof raw;
    raw.mode = static_cast<std::int32_t>(search.mode);
    raw.limit = std::min(search.limit, most_rows);
    raw.text = search.text.c_str();
    raw.vector = search.vector.empty() ? nullptr : direction.vector().data();
    raw.dimension = search.vector.size();
    raw.filter = search.filter.empty() ? nullptr : search.filter.c_str();
    RowTaker taker(instance_.caller(), cancel, raw.limit);
    const Lent lent(taker);
    const freshet_found_sink sink = lent.sink();
    FRESHET_TRY(heard(
        taker, ask(&StoreTable::search, "search", cancel, nullptr, name.c_str(), &raw, &sink)));
    return std::move(taker.rows);
  }

  base::Result<std::vector<ports::Hit>> get(const std::string& name,
                                            std::span<const std::string> ids,
                                            const base::Cancel& cancel) override {
    if (ids.empty()) return std::vector<ports::Hit>();
    std::vector<const char*> raw;
    std::unordered_set<std::string_view> open;
    for (const std::string& id : ids) {
      raw.push_back(id.c_str());
      open.insert(id);
    }
    RowTaker taker(instance_.caller(), cancel, ids.size());
    const Lent lent(taker);
    const freshet_found_sink sink = lent.sink();
    FRESHET_TRY(heard(taker, ask(&StoreTable::get, "get", cancel, nullptr, name.c_str(), raw.data(),
                                 raw.size(), &sink)));
    for (const ports::Hit& hit : taker.rows)
      if (open.erase(hit.id) == 0)
        return broken(*instance_.caller(),
                      "gave " + base::in_quotes(hit.id) + ", which was not asked for, or twice");
    return std::move(taker.rows);
  }

  std::unique_ptr<ports::RowListing> list(const std::string& name, std::uint32_t page) override {
    return std::make_unique<PluginRowListing>(instance_, info_.ordered, name,
                                              std::clamp(page, 1u, most_rows));
  }

  base::Result<std::vector<std::string>> namespaces(const base::Cancel& cancel) override {
    TextTaker taker(instance_.caller(), cancel, most_rows);
    const Lent lent(taker);
    const freshet_text_sink sink = lent.sink();
    FRESHET_TRY(heard(taker, ask(&StoreTable::namespaces, "namespaces", cancel, nullptr, &sink)));
    std::vector<std::string>& names = taker.texts;
    std::sort(names.begin(), names.end());
    for (const std::string& name : names)
      if (!base::is_utf8(name))
        return broken(*instance_.caller(), "a namespace's name is not UTF-8");
    if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
      return broken(*instance_.caller(),
                    "named the namespace " + base::in_quotes(*twice) + " twice");
    return std::move(names);
  }

  base::Result<std::uint64_t> count(const std::string& name, const base::Cancel& cancel) override {
    std::uint64_t count = 0;
    FRESHET_TRY(ask(&StoreTable::count, "count", cancel, nullptr, name.c_str(), &count));
    return count;
  }

  base::Result<std::uint64_t> foreign(const std::string& name, ports::Foreign what,
                                      const base::Cancel& cancel) override {
    std::uint64_t count = 0;
    const std::int32_t remove = what == ports::Foreign::remove ? 1 : 0;
    FRESHET_TRY(
        ask(&StoreTable::foreign, "foreign", cancel, nullptr, name.c_str(), remove, &count));
    return count;
  }

  base::Status reset(const std::string& name, const base::Cancel& cancel) override {
    return ask(&StoreTable::reset, "reset", cancel, nullptr, name.c_str());
  }

  base::Result<std::vector<std::string>> check(const ports::StoreNamespace& name, bool deep,
                                               const base::Cancel& cancel) override {
    const freshet_store_namespace raw = {sizeof raw, name.name.c_str(), name.dimension,
                                         name.model.c_str()};
    TextTaker taker(instance_.caller(), cancel, most_lines);
    const Lent lent(taker);
    const freshet_text_sink sink = lent.sink();
    FRESHET_TRY(
        heard(taker, ask(&StoreTable::check, "check", cancel, nullptr, &raw, deep ? 1 : 0, &sink)));
    return lines_of(taker);
  }

  base::Result<std::uint64_t> claim(const std::string& name, std::uint64_t fence,
                                    const base::Cancel& cancel) override {
    std::uint64_t newest = 0;
    FRESHET_TRY(ask(&StoreTable::claim, "claim", cancel, nullptr, name.c_str(), fence, &newest));
    return newest;
  }

  base::Status replace(const std::string& name, const std::string& by,
                       const base::Cancel& cancel) override {
    return ask(&StoreTable::replace, "replace", cancel, nullptr, name.c_str(), by.c_str());
  }

 private:
  template <typename... Arguments>
  base::Status ask(Arguments&&... arguments) const {
    return advise(instance_.call(std::forward<Arguments>(arguments)...));
  }

  // What the host found wrong comes first.
  static base::Status heard(Taker& taker, base::Status status) {
    FRESHET_TRY(taker.take_status());
    return status;
  }

  base::Status upsert_request(const std::string& name, std::span<const ports::StoreRecord> records,
                              const Confirm& confirm, const base::Cancel& cancel) {
    std::size_t bytes = 0;
    for (const auto& each : records)
      bytes += Texts::need(
          {each.id, each.digest, each.uri, each.title, each.url, each.path, metadata_of(each)});
    Texts texts(bytes);
    Confirmations confirmations(instance_.caller(), confirm, cancel);
    const Lent lent(confirmations);
    std::vector<Direction> directions;
    std::vector<freshet_row> rows;
    std::vector<const freshet_row*> raw;
    rows.reserve(records.size());  // so that no row moves
    directions.reserve(records.size());
    for (const auto& each : records) {
      const Direction& direction = directions.emplace_back(each.vector, info_.unit_vectors);
      raw.push_back(&rows.emplace_back(raw_row(each, direction.vector(), texts)));
      confirmations.expect(each.id);
    }
    const freshet_confirm_sink sink = lent.sink();
    base::Status status = ask(&StoreTable::upsert, "upsert", cancel, nullptr, name.c_str(),
                              raw.data(), raw.size(), &sink);
    confirmations.report_foreign();
    return status;
  }

  base::Status check_batch(std::size_t rows) const {
    if (rows <= info_.max_batch) return {};
    return fail(Code::misuse, fmt::format("{} rows in a write, at most {}", rows, info_.max_batch),
                instance_.caller()->plugin);
  }

  Instance<StoreTable> instance_;
  const ports::StoreInfo info_;
};

}  // namespace

base::Result<std::unique_ptr<ports::Store>> adapt_store(const Opening& opening) {
  auto instance =
      Instance<StoreTable>::open(opening, FRESHET_PLUGIN_STORE, FRESHET_STORE_TABLE_SIZE_1);
  if (!instance) return fail(advise(fail(std::move(instance).error())).error());
  FRESHET_ASSIGN(auto info, ask_info(*instance));
  return std::make_unique<PluginStore>(*std::move(instance), info);
}

base::Result<std::string> recover_store(const Opening& opening) {
  FRESHET_ASSIGN(const void* found, get_table(opening, FRESHET_PLUGIN_STORE, opening.name));
  FRESHET_ASSIGN(const StoreTable table,
                 take_struct(static_cast<const StoreTable*>(found), FRESHET_STORE_TABLE_SIZE_1,
                             "freshet.store/1 table", opening.caller->plugin));
  if (table.recover == nullptr)
    return fail(Code::unsupported, "this plugin has no recover", opening.caller->plugin);
  const auto host = make_host(*opening.caller);
  const base::Cancel never;
  TextTaker taker(opening.caller, never, most_lines);
  const Lent lent(taker);
  const freshet_text_sink sink = lent.sink();
  base::Status status = call_plugin(opening.caller, "recover", {}, [&](freshet_call* call) {
    return table.recover(opening.provider->payload(), host.get(), call, opening.options.c_str(),
                         &sink);
  });
  FRESHET_TRY(taker.take_status());
  FRESHET_TRY(std::move(status));
  std::string said;
  for (const std::string& line : lines_of(taker)) said += (said.empty() ? "" : "; ") + line;
  return said;
}

}  // namespace freshet::host
