#include "core/conformance/bench.hpp"
#include "core/conformance/lent_memory.hpp"
#include "core/host/host_table.hpp"
#include "core/host/table.hpp"
#include "freshet/plugin/loader.h"

namespace freshet::conformance {
namespace {

// A loader by its bare table, each call with arguments of its own.
class BareLoader {
 public:
  BareLoader(Bench& bench, host::Opening opening, const freshet_loader_table& table)
      : bench_(bench), opening_(std::move(opening)), table_(table) {}
  ~BareLoader() {
    if (self_ != nullptr && table_.close != nullptr) table_.close(self_);
  }
  BareLoader(const BareLoader&) = delete;
  BareLoader& operator=(const BareLoader&) = delete;

  bool open() {
    return call("open", [&](freshet_call* call, LentMemory& lent) {
      return table_.open(opening_.provider->payload(), host_.get(), call,
                         lent.text(opening_.options), &self_);
    });
  }
  bool list() {
    return call("list", [&](freshet_call* call, LentMemory& lent) {
      const freshet_listing_request request = {sizeof request, nullptr};
      const freshet_listing_sink sink = {
          sizeof sink,
          this,
          [](void* self, const freshet_entry* entry) {
            return static_cast<BareLoader*>(self)->keep(*entry);
          },
          [](void*, const char*) -> freshet_status { return FRESHET_OK; },
          [](void*, const char*) -> freshet_status { return FRESHET_OK; },
          [](void*, const char*) -> freshet_status { return FRESHET_OK; }};
      std::int32_t kind = FRESHET_LISTING_PART;
      return table_.list(self_, call, lent.value(request), lent.value(sink), &kind);
    });
  }
  bool fetch() {
    return call("fetch", [&](freshet_call* call, LentMemory& lent) {
      freshet_entry entry{};
      entry.struct_size = sizeof entry;
      entry.uri = lent.text(uri_);
      entry.handle = handle_.empty() ? nullptr : lent.text(handle_);
      entry.last_modified_ms = INT64_MIN;
      entry.size = -1;
      const freshet_fetch_sink sink = {
          sizeof sink, this,
          [](void* self, const freshet_content* content) {
            return static_cast<BareLoader*>(self)->keep(*content);
          },
          [](void*) -> freshet_status { return FRESHET_OK; },
          [](void*, std::int32_t) -> freshet_status { return FRESHET_OK; }};
      return table_.fetch(self_, call, lent.value(entry),
                          version_.empty() ? nullptr : lent.text(version_), lent.value(sink));
    });
  }
  bool has_entry() const { return !uri_.empty(); }

 private:
  template <typename Body>
  bool call(const char* what, Body&& body) {
    LentMemory lent;
    const auto status = host::call_plugin(opening_.caller, what, {}, [&](freshet_call* call) {
      return std::forward<Body>(body)(call, lent);
    });
    return bench_.clean(status, what) && status.has_value();
  }
  freshet_status keep(const freshet_entry& entry) {
    if (!uri_.empty() || entry.uri == nullptr) return FRESHET_OK;
    uri_ = entry.uri;
    if (entry.handle != nullptr) handle_ = entry.handle;
    return FRESHET_OK;
  }
  freshet_status keep(const freshet_content& content) {
    if (content.version != nullptr) version_ = content.version;
    return FRESHET_OK;
  }

  Bench& bench_;
  const host::Opening opening_;
  const freshet_loader_table table_;
  const std::unique_ptr<const freshet_host> host_ = host::make_host(*opening_.caller);
  void* self_ = nullptr;
  std::string uri_, handle_, version_;
};

}  // namespace

void keeps_no_arguments(Bench& bench) {
  const LateReads told;
  const host::Opening opening = bench.opening();
  const auto found = host::get_table(opening, FRESHET_PLUGIN_LOADER, opening.name);
  if (!bench.good(found, "ask for a table")) return;
  const auto table =
      host::take_struct(static_cast<const freshet_loader_table*>(*found),
                        FRESHET_LOADER_TABLE_SIZE_1, "the loader table", opening.caller->plugin);
  if (!bench.good(table, "look at its table")) return;
  if (table->open == nullptr || table->list == nullptr || table->fetch == nullptr)
    return bench.skip("its table is not whole");
  BareLoader loader(bench, opening, *table);
  if (!loader.open() || !loader.list()) return;
  for (int i = 0; i < 3 && loader.has_entry(); ++i) loader.fetch();
  loader.list();
}

}  // namespace freshet::conformance
