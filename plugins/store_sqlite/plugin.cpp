// store_sqlite/plugin.cpp - an embedded vector store in one SQLite file.
#include <freshet/sdk/options.hpp>

#include "check.hpp"
#include "claim.hpp"
#include "file.hpp"
#include "recover.hpp"
#include "rows.hpp"
#include "search.hpp"

namespace store_sqlite {
namespace {

Options options_of(const nlohmann::json& json) {
  Options options;
  options.path = json.at("path").get<std::string>();
  options.allow_shared = json.at("allow_shared").get<bool>();
  options.busy_ms = sdk::duration_ms(json.at("busy_timeout"));
  options.cache_bytes = sdk::size_bytes(json.at("cache"));
  return options;
}

class Store : public sdk::Store {
 public:
  Store(sdk::Call&, const nlohmann::json& options) : file_(options_of(options)) {}

  sdk::StoreInfo info(sdk::Call&) override {
    sdk::StoreInfo info;
    info.capabilities = FRESHET_STORE_TEXT_SEARCH | FRESHET_STORE_VECTOR_SEARCH |
                        FRESHET_STORE_HYBRID_SEARCH | FRESHET_STORE_ORDERED;
    info.filter_operators = sdk::all_filter_operators;
    info.max_batch = 500;
    info.concurrent_writes = 1;
    return info;
  }

  void ensure(sdk::Call& call, const sdk::Namespace& wanted) override {
    write(call, [&](Connection& connection) { ensure_namespace(connection, wanted); });
  }

  void upsert(sdk::Call& call, const std::string& ns, std::span<const sdk::Record> records,
              sdk::ConfirmSink& confirm) override {
    write(call, [&](Connection& connection) {
      upsert_rows(connection, find_namespace(connection, ns), records);
    });
    for (const sdk::Record& record : records) confirm(std::string(record.id));
  }

  void remove(sdk::Call& call, const std::string& ns, std::span<const std::string_view> ids,
              sdk::ConfirmSink& confirm) override {
    write(call, [&](Connection& connection) {
      remove_rows(connection, find_namespace(connection, ns), ids);
    });
    for (const std::string_view id : ids) confirm(std::string(id));
  }

  void search(sdk::Call& call, const std::string& ns, const sdk::Search& search,
              sdk::FoundSink& found) override {
    read(call, ns, [&](Connection& connection, const Known& known) {
      search_rows(file_, call, connection, known, search, found);
    });
  }

  void get(sdk::Call& call, const std::string& ns, std::span<const std::string_view> ids,
           sdk::FoundSink& found) override {
    read(call, ns, [&](Connection& connection, const Known& known) {
      get_rows(connection, known, ids, found);
    });
  }

  void list(sdk::Call& call, const std::string& ns, const std::string& cursor, std::uint32_t limit,
            sdk::ListSink& page) override {
    read(call, ns, [&](Connection& connection, const Known& known) {
      list_rows(connection, known, cursor, limit, page);
    });
  }

  std::uint64_t count(sdk::Call& call, const std::string& ns) override {
    std::int64_t rows = 0;
    read(call, ns, [&](Connection& connection, const Known& known) {
      rows = connection.number("SELECT count(*) FROM " + known.rows());
    });
    return static_cast<std::uint64_t>(rows);
  }

  void reset(sdk::Call& call, const std::string& ns) override {
    write(call, [&](Connection& connection) { drop_namespace(connection, ns); });
  }

  std::uint64_t claim(sdk::Call& call, const std::string& ns, std::uint64_t fence) override {
    {
      const std::lock_guard lock(claiming_);
      claim_ = {ns, fence};
    }
    const auto connection = file_.read(call);
    return newest_fence(*connection, ns);
  }

  void replace(sdk::Call& call, const std::string& ns, const std::string& by) override {
    write(call, [&](Connection& connection) { replace_namespace(connection, ns, by); });
  }

  void namespaces(sdk::Call& call, sdk::TextSink& name) override {
    const auto connection = file_.read(call);
    for (const std::string& each : namespace_names(*connection)) name(each);
  }

  void check(sdk::Call& call, const sdk::Namespace& ns, bool deep,
             sdk::TextSink& finding) override {
    {
      const auto file = file_.read(call);
      check_file(*file, deep);
      if (!lookup_namespace(*file, ns.name)) return;
    }
    // The index is asked by a statement that writes, though it changes nothing. Where there is no
    // room, or no right, to write, it is not asked.
    try {
      file_.write(call,
                  [&](Connection& connection) { check_namespace(connection, ns, deep, finding); });
    } catch (const sdk::Failure& failure) {
      if (failure.status != FRESHET_E_FULL && failure.status != FRESHET_E_DENIED) throw;
    }
  }

  static void recover(sdk::Call&, const nlohmann::json& options, sdk::TextSink& done) {
    recover_file(options_of(options), done);
  }

 private:
  // Every write is made under the claim, and compared with it in its own transaction.
  template <typename Write>
  void write(const sdk::Call& call, Write&& body) {
    file_.write(call, [&](Connection& connection) {
      enforce(connection, claimed());
      body(connection);
    });
  }

  Claim claimed() {
    const std::lock_guard lock(claiming_);
    return claim_;
  }

  // One state of the file for the whole call, whatever is written meanwhile.
  template <typename Body>
  void read(const sdk::Call& call, const std::string& ns, Body&& body) {
    const auto connection = file_.read(call);
    Transaction transaction(*connection, "BEGIN");
    body(*connection, find_namespace(*connection, ns));
  }

  File file_;
  std::mutex claiming_;
  Claim claim_;
};

const void* get(std::string_view kind, std::string_view name) {
  return kind == FRESHET_PLUGIN_STORE && name == "sqlite" ? sdk::store_table<Store>() : nullptr;
}

}  // namespace
}  // namespace store_sqlite

FRESHET_SDK_PLUGIN("store_sqlite", FRESHET_PLUGIN_VERSION, store_sqlite::get)
