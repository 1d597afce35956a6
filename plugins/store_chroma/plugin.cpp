// store_chroma/plugin.cpp - a store in a Chroma server.
//
// It has no claims and does not replace one namespace by another: Chroma compares nothing in the
// transaction of a write, and refuses to rename a collection to a name that is taken.
#include <optional>

#include <freshet/sdk/freshet_sdk.hpp>
#include "filter.hpp"
#include "search.hpp"

namespace store_chroma {
namespace {

constexpr std::uint32_t most_cloud_batch = 300, most_cloud_text = 16'384;
constexpr std::uint32_t most_body = 16u << 20;  // of 40 MiB: base64 and escapes take more

std::int32_t metric_number(const std::string& metric) {
  return metric == "l2"   ? FRESHET_STORE_METRIC_L2
         : metric == "ip" ? FRESHET_STORE_METRIC_DOT
                          : FRESHET_STORE_METRIC_COSINE;
}

class Store : public sdk::Store {
 public:
  Store(sdk::Call& call, const Json& options)
      : client_(options_of(options)),
        preflight_(client_.get(call, "/pre-flight-checks")),
        collections_(client_),
        rows_(collections_, preflight_.value("supports_base64_encoding", false)) {}

  sdk::StoreInfo info(sdk::Call&) override {
    const Options& options = client_.options();
    sdk::StoreInfo info;
    info.capabilities = FRESHET_STORE_NEEDS_VECTORS | FRESHET_STORE_TEXT_SEARCH |
                        FRESHET_STORE_VECTOR_SEARCH | FRESHET_STORE_HYBRID_SEARCH;
    info.filter_operators = tested_operators;
    info.max_batch = std::min(options.max_batch, preflight_.value("max_batch_size", 1000u));
    info.max_id_bytes = 128;
    info.max_request_bytes = most_body;
    info.concurrent_writes = options.concurrent_writes;
    info.metric = metric_number(options.metric);
    if (options.is_cloud) {
      info.max_batch = std::min(info.max_batch, most_cloud_batch);
      info.max_text_bytes = most_cloud_text;
    }
    return info;
  }

  void ensure(sdk::Call& call, const sdk::Namespace& wanted) override {
    collections_.ensure(call, wanted);
  }

  // Chroma answers for a whole request, when it is in its log.
  void upsert(sdk::Call& call, const std::string& ns, std::span<const sdk::Record> records,
              sdk::ConfirmSink& confirm) override {
    rows_.upsert(call, ns, records);
    for (const sdk::Record& record : records) confirm(std::string(record.id));
  }

  void remove(sdk::Call& call, const std::string& ns, std::span<const std::string_view> ids,
              sdk::ConfirmSink& confirm) override {
    rows_.remove(call, ns, ids);
    for (const std::string_view id : ids) confirm(std::string(id));
  }

  void search(sdk::Call& call, const std::string& ns, const sdk::Search& search,
              sdk::FoundSink& found) override {
    Searcher searcher(collections_, call, ns, search);
    const std::size_t limit = search.limit;
    const auto rows = search.mode == FRESHET_SEARCH_TEXT     ? searcher.by_text(limit)
                      : search.mode == FRESHET_SEARCH_VECTOR ? searcher.by_vector(limit)
                                                             : searcher.by_both(limit);
    for (const sdk::Found& row : rows) found(row);
  }

  void get(sdk::Call& call, const std::string& ns, std::span<const std::string_view> ids,
           sdk::FoundSink& found) override {
    rows_.get(call, ns, ids, found);
  }

  void list(sdk::Call& call, const std::string& ns, const std::string& cursor, std::uint32_t limit,
            sdk::ListSink& page) override {
    rows_.list(call, ns, cursor, limit, page);
  }

  std::uint64_t count(sdk::Call& call, const std::string& ns) override {
    return collections_.count(call, ns);
  }

  void reset(sdk::Call& call, const std::string& ns) override { collections_.drop(call, ns); }

  std::uint64_t foreign(sdk::Call& call, const std::string& ns, bool remove) override {
    return collections_.foreign(call, ns, remove);
  }

  void namespaces(sdk::Call& call, sdk::TextSink& name) override { collections_.names(call, name); }

 private:
  const Client client_;
  const Json preflight_;
  Collections collections_;
  Rows rows_;
};

const void* get(std::string_view kind, std::string_view name) {
  return kind == FRESHET_PLUGIN_STORE && name == "chroma" ? sdk::store_table<Store>() : nullptr;
}

}  // namespace
}  // namespace store_chroma

FRESHET_SDK_PLUGIN("store_chroma", FRESHET_PLUGIN_VERSION, store_chroma::get)
