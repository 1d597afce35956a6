// old_store.cpp - as small a store as the sdk allows: in memory, without anything that is optional. Built
// against headers of other sizes it is a plugin of an earlier or of a later version.
#include <map>
#include <mutex>
#include <string>

#include <freshet/sdk/freshet_sdk.hpp>

namespace {

namespace sdk = freshet::sdk;

struct Space {
  std::uint32_t dimension = 0;
  std::string model;
  std::map<std::string, sdk::Found> rows;
};

// The rows outlive the instance, as they would on a disk.
std::map<std::string, Space>& spaces() {
  static std::map<std::string, Space> all;
  return all;
}

std::mutex& mutex() {
  static std::mutex one;
  return one;
}

std::map<std::string, sdk::Found>& rows_of(const std::string& ns) {
  if (const auto at = spaces().find(ns); at != spaces().end()) return at->second.rows;
  throw sdk::Failure(FRESHET_E_NOT_FOUND, "no such namespace", ns);
}

sdk::Found found_of(const sdk::Record& row) {
  sdk::Found found;
  found.id = row.id;
  found.digest = row.digest;
  found.text = row.text;
  found.uri = row.uri;
  found.title = row.title;
  found.url = row.url;
  found.path = row.path;
  found.metadata = row.metadata;
  found.vector.assign(row.vector.begin(), row.vector.end());
  return found;
}

class OldStore : public sdk::Store {
 public:
  OldStore(sdk::Call&, const nlohmann::json&) {}
  sdk::StoreInfo info(sdk::Call&) override { return {}; }

  void ensure(sdk::Call&, const sdk::Namespace& wanted) override {
    const std::lock_guard lock(mutex());
    const auto [at, made] =
        spaces().try_emplace(wanted.name, Space{wanted.dimension, wanted.model, {}});
    if (!made && (at->second.dimension != wanted.dimension || at->second.model != wanted.model))
      throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, "has another dimension or model", wanted.name);
  }
  void upsert(sdk::Call&, const std::string& ns, std::span<const sdk::Record> records,
              sdk::ConfirmSink& confirm) override {
    const std::lock_guard lock(mutex());
    for (const sdk::Record& each : records) {
      rows_of(ns)[std::string(each.id)] = found_of(each);
      confirm(std::string(each.id));
    }
  }
  void remove(sdk::Call&, const std::string& ns, std::span<const std::string_view> ids,
              sdk::ConfirmSink& confirm) override {
    const std::lock_guard lock(mutex());
    for (const std::string_view id : ids) {
      rows_of(ns).erase(std::string(id));
      confirm(std::string(id));
    }
  }
  void get(sdk::Call&, const std::string& ns, std::span<const std::string_view> ids,
           sdk::FoundSink& found) override {
    const std::lock_guard lock(mutex());
    const auto& rows = rows_of(ns);
    for (const std::string_view id : ids)
      if (const auto at = rows.find(std::string(id)); at != rows.end()) found(at->second);
  }
  void list(sdk::Call&, const std::string& ns, const std::string& cursor, std::uint32_t limit,
            sdk::ListSink& page) override {
    const std::lock_guard lock(mutex());
    const auto& rows = rows_of(ns);
    auto at = rows.upper_bound(cursor);
    for (; at != rows.end() && limit > 0; ++at, --limit) page.row(at->first, at->second.digest);
    if (at != rows.end()) page.next(std::prev(at)->first);
  }
  std::uint64_t count(sdk::Call&, const std::string& ns) override {
    const std::lock_guard lock(mutex());
    return rows_of(ns).size();
  }
  void reset(sdk::Call&, const std::string& ns) override {
    const std::lock_guard lock(mutex());
    spaces().erase(ns);
  }
};

const void* get(std::string_view kind, std::string_view name) {
  return kind == FRESHET_PLUGIN_STORE && name == "old" ? sdk::store_table<OldStore>() : nullptr;
}

}  // namespace

FRESHET_SDK_PLUGIN("old_store", "1.0.0", get)
