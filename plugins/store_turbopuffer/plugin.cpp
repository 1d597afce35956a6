// store_turbopuffer/plugin.cpp - a store in turbopuffer.
//
// It has no claims and does not replace one namespace by another: a condition of a write is asked of the
// document that is written and not of the namespace, and no namespace takes another's name.
#include <freshet/sdk/freshet_sdk.hpp>
#include "namespaces.hpp"
#include "schema.hpp"
#include "search.hpp"
#include "terms.hpp"

namespace store_turbopuffer {
namespace {

class Store : public sdk::Store {
 public:
  Store(sdk::Call& call, const Json& options) : client_(options_of(options)) {
    call.secret(client_.options().key);  // one that is not there is told before anything is done
  }

  sdk::StoreInfo info(sdk::Call&) override {
    const Options& options = client_.options();
    sdk::StoreInfo info;
    info.capabilities = FRESHET_STORE_NEEDS_VECTORS | FRESHET_STORE_TEXT_SEARCH |
                        FRESHET_STORE_VECTOR_SEARCH | FRESHET_STORE_HYBRID_SEARCH;
    info.filter_operators = tested_operators;
    info.max_batch = options.max_batch;
    info.max_id_bytes = 32;
    info.max_text_bytes = most_value;
    info.max_request_bytes = options.max_request;
    info.concurrent_writes = options.concurrent_writes;
    info.metric = options.metric == "euclidean_squared" ? FRESHET_STORE_METRIC_L2
                                                        : FRESHET_STORE_METRIC_COSINE;
    return info;
  }

  void ensure(sdk::Call& call, const sdk::Namespace& wanted) override {
    namespaces_.ensure(call, wanted);
  }

  void upsert(sdk::Call& call, const std::string& ns, std::span<const sdk::Record> records,
              sdk::ConfirmSink& confirm) override {
    rows_.upsert(call, ns, namespaces_.model_of(call, ns), records, confirm);
  }

  void remove(sdk::Call& call, const std::string& ns, std::span<const std::string_view> ids,
              sdk::ConfirmSink& confirm) override {
    rows_.remove(call, ns, ids, confirm);
  }

  void search(sdk::Call& call, const std::string& ns, const sdk::Search& search,
              sdk::FoundSink& found) override {
    for (const sdk::Found& row : Searcher(client_, call, ns, search).rows()) found(row);
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
    return namespaces_.count(call, ns);
  }

  std::uint64_t foreign(sdk::Call& call, const std::string& ns, bool remove) override {
    return namespaces_.foreign(call, ns, remove);
  }

  void reset(sdk::Call& call, const std::string& ns) override { namespaces_.drop(call, ns); }

  void check(sdk::Call& call, const sdk::Namespace& ns, bool, sdk::TextSink& finding) override {
    namespaces_.check(call, ns, finding);
  }

  void namespaces(sdk::Call& call, sdk::TextSink& name) override { namespaces_.names(call, name); }

 private:
  const Client client_;
  Namespaces namespaces_{client_};
  const Rows rows_{client_};
};

const void* get(std::string_view kind, std::string_view name) {
  return kind == FRESHET_PLUGIN_STORE && name == "turbopuffer" ? sdk::store_table<Store>()
                                                               : nullptr;
}

}  // namespace
}  // namespace store_turbopuffer

FRESHET_SDK_PLUGIN("store_turbopuffer", FRESHET_PLUGIN_VERSION, store_turbopuffer::get)
