#include <cmath>
#include <mutex>
#include <unordered_set>

#include "core/host/instance.hpp"
#include "freshet/plugin/store.h"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;
using StoreTable = freshet_store_table;

constexpr std::uint32_t most_rows = 1'000'000;  // of one answer

// Texts with a NUL behind each, in one block that does not move: tables take C strings.
class Texts {
 public:
  explicit Texts(std::size_t bytes) { block_.reserve(bytes); }
  const char* add(std::string_view text) {
    const std::size_t at = block_.size();
    block_.append(text);
    std::replace(block_.begin() + static_cast<std::ptrdiff_t>(at), block_.end(), '\0', ' ');
    block_ += '\0';
    return block_.data() + at;
  }
  static std::size_t need(std::initializer_list<std::string_view> texts) {
    std::size_t bytes = 0;
    for (const std::string_view text : texts) bytes += text.size() + 1;
    return bytes;
  }

 private:
  std::string block_;
};

// Passes confirmations on, each id of the request once. An id that nobody asked about is no
// evidence.
class Confirmations {
 public:
  Confirmations(const Caller& caller, const ports::Store::Confirm& confirm)
      : caller_(caller), confirm_(confirm) {}
  void expect(std::string_view id) { open_.insert(id); }

  // A confirmation that there is no memory for is not heard: the row stays pending.
  static freshet_status callback(void* payload, const char* id) noexcept {
    base::Status heard;
    take_safely(heard, [&] { static_cast<Confirmations*>(payload)->take(id); });
    return heard ? FRESHET_OK : FRESHET_E_OUT_OF_MEMORY;
  }

  void report_foreign() const {
    if (foreign_ > 0)
      log(caller_.services, FRESHET_LOG_WARNING, caller_.plugin,
          fmt::format("confirmed {} ids that are not of the request", foreign_));
  }

 private:
  void take(const char* id) {
    const std::lock_guard lock(mutex_);
    const auto found = id == nullptr ? open_.end() : open_.find(id);
    if (found == open_.end()) {
      if (id == nullptr || !done_.contains(id)) ++foreign_;
      return;
    }
    const std::string_view ours = *found;
    done_.insert(ours);
    open_.erase(found);
    confirm_(ours);
  }

  const Caller& caller_;
  const ports::Store::Confirm& confirm_;
  std::mutex mutex_;
  std::unordered_set<std::string_view> open_;
  std::unordered_set<std::string_view> done_;
  std::size_t foreign_ = 0;
};

// Takes lines of text that a plugin says, up to a number.
class Lines {
 public:
  static std::int32_t callback(void* payload, const char* line) noexcept {
    auto& lines = *static_cast<Lines*>(payload);
    std::int32_t end = 1;
    take_safely(lines.status_, [&] { end = lines.take(line); });
    return end;
  }
  base::Result<std::vector<std::string>> take_all() {
    FRESHET_TRY(std::move(status_));
    return std::move(lines_);
  }

 private:
  static constexpr std::size_t most = 100;
  std::int32_t take(const char* line) {
    const std::lock_guard lock(mutex_);
    if (line != nullptr && lines_.size() < most)
      lines_.push_back(base::printable(base::to_utf8(line)));
    return lines_.size() < most ? 0 : 1;
  }
  std::mutex mutex_;
  base::Status status_;
  std::vector<std::string> lines_;
};

// Damage in a store has a remedy; the error names it.
base::Status advise(base::Status status) {
  if (status || status.error().code != Code::corrupt) return status;
  base::Error error = std::move(status).error();
  error.message += "; run freshet check --repair";
  return fail(std::move(error));
}

// Takes the rows that a plugin finds, up to a number; `Row` copies and checks one.
template <typename Row>
struct Finder {
  const Caller& caller;
  std::size_t most;
  base::Result<Row> (*copy)(const freshet_found&, const Caller&);
  std::function<bool(const Row&)> wanted;  // empty: all
  std::vector<Row> rows;
  base::Status status;
  std::mutex mutex;

  static std::int32_t callback(void* payload, const freshet_found* found) noexcept {
    auto& finder = *static_cast<Finder*>(payload);
    std::int32_t end = 1;
    take_safely(finder.status, [&] { end = finder.take(found); });
    return end;
  }

 private:
  std::int32_t take(const freshet_found* raw) {
    const std::lock_guard lock(mutex);
    if (!status || rows.size() >= most) return 1;
    status = keep(raw);
    return status && rows.size() < most ? 0 : 1;
  }
  base::Status keep(const freshet_found* raw) {
    FRESHET_ASSIGN(const auto from, take_struct(raw, FRESHET_FOUND_SIZE_1, "found", caller.plugin));
    FRESHET_ASSIGN(Row row, copy(from, caller));
    if (!wanted || wanted(row)) rows.push_back(std::move(row));
    return {};
  }
};

base::Result<ports::Hit> hit_of(const freshet_found& from, const Caller& caller) {
  if (from.id == nullptr || !base::is_utf8(from.id)) return broken(caller, "a row has no id");
  if (!std::isfinite(from.score))
    return broken(caller, fmt::format("the score of {} is not finite", from.id));
  ports::Hit hit{from.score,
                 from.id,
                 clean_text(from.text),
                 clean_text(from.uri),
                 clean_text(from.title),
                 clean_text(from.url),
                 clean_text(from.path),
                 clean_text(from.metadata)};
  hit.digest = clean_text(from.digest);
  if (from.vector != nullptr) hit.vector.assign(from.vector, from.vector + from.dimension);
  return hit;
}

base::Result<ports::StoredRow> row_of(const freshet_found& from, const Caller& caller) {
  if (from.id == nullptr || !base::is_utf8(from.id)) return broken(caller, "a row has no id");
  return ports::StoredRow{from.id, clean_text(from.digest)};
}

base::Result<ports::StoreInfo> ask_info(const Instance<StoreTable>& instance) {
  freshet_store_info raw{};
  raw.struct_size = sizeof raw;
  FRESHET_TRY(instance.call(&StoreTable::info, "info", {}, nullptr, &raw));
  if (raw.max_batch == 0 || raw.concurrent_writes == 0)
    return broken(*instance.caller(), "says that it takes no rows, or no writes");
  if (raw.max_id_bytes < 32)
    return broken(*instance.caller(), "says that ids of 32 bytes are too long for it");
  const auto can = [&](std::uint32_t capability) { return (raw.capabilities & capability) != 0; };
  return ports::StoreInfo{raw.max_batch,
                          raw.max_id_bytes,
                          raw.max_text_bytes,
                          raw.concurrent_writes,
                          can(FRESHET_STORE_NEEDS_VECTORS),
                          can(FRESHET_STORE_TEXT_SEARCH),
                          can(FRESHET_STORE_VECTOR_SEARCH),
                          can(FRESHET_STORE_HYBRID_SEARCH),
                          can(FRESHET_STORE_FILTERS),
                          instance.has(&StoreTable::claim),
                          instance.has(&StoreTable::replace)};
}

freshet_row raw_row(const ports::StoreRecord& from, Texts& texts) {
  freshet_row to{};
  to.struct_size = sizeof to;
  to.id = texts.add(from.id);
  to.digest = texts.add(from.digest);
  to.text = from.text.empty() ? "" : from.text.data();
  to.text_size = from.text.size();
  to.uri = texts.add(from.uri);
  to.title = texts.add(from.title);
  to.url = texts.add(from.url);
  to.path = texts.add(from.path);
  to.metadata = texts.add(from.metadata.empty() ? "{}" : from.metadata);
  to.vector = from.vector.empty() ? nullptr : from.vector.data();
  to.dimension = from.vector.size();
  return to;
}

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
    if (records.empty()) return {};
    FRESHET_TRY(check_batch(records.size()));
    std::size_t bytes = 0;
    for (const auto& each : records)
      bytes += Texts::need({each.id, each.digest, each.uri, each.title, each.url, each.path,
                            each.metadata}) +
               2;
    Texts texts(bytes);
    Confirmations confirmations(*instance_.caller(), confirm);
    std::vector<freshet_row> rows;
    std::vector<const freshet_row*> raw;
    rows.reserve(records.size());  // so that no row moves
    for (const auto& each : records) {
      raw.push_back(&rows.emplace_back(raw_row(each, texts)));
      confirmations.expect(each.id);
    }
    base::Status status =
        ask(&StoreTable::upsert, "upsert", cancel, nullptr, name.c_str(), raw.data(), raw.size(),
            Confirmations::callback, static_cast<void*>(&confirmations));
    confirmations.report_foreign();
    return status;
  }

  base::Status remove(const std::string& name, std::span<const std::string> ids,
                      const Confirm& confirm, const base::Cancel& cancel) override {
    if (ids.empty()) return {};
    FRESHET_TRY(check_batch(ids.size()));
    Confirmations confirmations(*instance_.caller(), confirm);
    std::vector<const char*> raw;
    for (const std::string& id : ids) {
      raw.push_back(id.c_str());
      confirmations.expect(id);
    }
    base::Status status =
        ask(&StoreTable::remove, "remove", cancel, nullptr, name.c_str(), raw.data(), raw.size(),
            Confirmations::callback, static_cast<void*>(&confirmations));
    confirmations.report_foreign();
    return status;
  }

  base::Result<std::vector<ports::Hit>> search(const std::string& name, const ports::Search& search,
                                               const base::Cancel& cancel) override {
    if (search.limit == 0) return std::vector<ports::Hit>();
    freshet_search raw{};
    raw.struct_size = sizeof raw;
    raw.mode = static_cast<std::int32_t>(search.mode);
    raw.limit = std::min(search.limit, most_rows);
    raw.text = search.text.c_str();
    raw.vector = search.vector.empty() ? nullptr : search.vector.data();
    raw.dimension = search.vector.size();
    raw.filter = search.filter.empty() ? nullptr : search.filter.c_str();
    Finder<ports::Hit> finder{*instance_.caller(), raw.limit, hit_of, {}, {}, {}, {}};
    FRESHET_TRY(ask(&StoreTable::search, "search", cancel, nullptr, name.c_str(), &raw,
                    Finder<ports::Hit>::callback, static_cast<void*>(&finder)));
    FRESHET_TRY(std::move(finder.status));
    return std::move(finder.rows);
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
    const auto asked = [&](const ports::Hit& hit) { return open.erase(hit.id) > 0; };
    Finder<ports::Hit> finder{*instance_.caller(), ids.size(), hit_of, asked, {}, {}, {}};
    FRESHET_TRY(ask(&StoreTable::get, "get", cancel, nullptr, name.c_str(), raw.data(), raw.size(),
                    Finder<ports::Hit>::callback, static_cast<void*>(&finder)));
    FRESHET_TRY(std::move(finder.status));
    return std::move(finder.rows);
  }

  base::Result<std::vector<ports::StoredRow>> list(const std::string& name,
                                                   const std::string& cursor, std::uint32_t limit,
                                                   const base::Cancel& cancel) override {
    if (limit == 0) return std::vector<ports::StoredRow>();
    limit = std::min(limit, most_rows);
    Finder<ports::StoredRow> finder{*instance_.caller(), limit, row_of, {}, {}, {}, {}};
    FRESHET_TRY(ask(&StoreTable::list, "list", cancel, nullptr, name.c_str(), cursor.c_str(), limit,
                    Finder<ports::StoredRow>::callback, static_cast<void*>(&finder)));
    FRESHET_TRY(std::move(finder.status));
    // A page that does not move on would be asked for without end.
    const std::string* before = &cursor;
    for (const ports::StoredRow& row : finder.rows) {
      if (row.id <= *before)
        return broken(*instance_.caller(), "listed ids that are not in order after the cursor");
      before = &row.id;
    }
    return std::move(finder.rows);
  }

  base::Result<std::uint64_t> count(const std::string& name, const base::Cancel& cancel) override {
    std::uint64_t count = 0;
    FRESHET_TRY(ask(&StoreTable::count, "count", cancel, nullptr, name.c_str(), &count));
    return count;
  }

  base::Status reset(const std::string& name, const base::Cancel& cancel) override {
    return ask(&StoreTable::reset, "reset", cancel, nullptr, name.c_str());
  }

  base::Result<std::vector<std::string>> check(const ports::StoreNamespace& name, bool deep,
                                               const base::Cancel& cancel) override {
    const freshet_store_namespace raw = {sizeof raw, name.name.c_str(), name.dimension,
                                         name.model.c_str()};
    Lines findings;
    FRESHET_TRY(ask(&StoreTable::check, "check", cancel, nullptr, &raw, deep ? 1 : 0,
                    Lines::callback, static_cast<void*>(&findings)));
    return findings.take_all();
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
  Lines lines;
  FRESHET_TRY(call_plugin(opening.caller, "recover", {}, [&](freshet_call* call) {
    return table.recover(nullptr, host.get(), call, opening.options.c_str(), Lines::callback,
                         &lines);
  }));
  FRESHET_ASSIGN(const std::vector<std::string> said_lines, lines.take_all());
  std::string said;
  for (const std::string& line : said_lines) said += (said.empty() ? "" : "; ") + line;
  return said;
}

}  // namespace freshet::host
