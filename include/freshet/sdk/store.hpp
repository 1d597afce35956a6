// freshet/sdk/store.hpp - a class as a store table.
#pragma once

#include <freshet/plugin/store.h>

#include <type_traits>

#include <freshet/sdk/filter.hpp>
#include <freshet/sdk/loader.hpp>

namespace freshet::sdk {

struct StoreInfo {
  std::uint32_t capabilities = 0;      // FRESHET_STORE_…, or'ed
  std::uint32_t filter_operators = 0;  // FRESHET_FILTER_…, or'ed: what search tests
  std::uint32_t max_batch = 100;       // rows a write
  std::uint32_t max_id_bytes = 64;
  std::uint32_t max_text_bytes = 0;     // 0: no limit
  std::uint32_t max_request_bytes = 0;  // of the rows of an upsert together; 0: no limit
  std::uint32_t concurrent_writes = 1;
  std::int32_t metric = FRESHET_STORE_METRIC_COSINE;
};

struct Namespace {
  std::string name;
  std::uint32_t dimension = 0;  // 0: rows come without vectors
  std::string model;
};

// Borrowed for the call.
struct Record {
  std::string_view id, digest, text, uri, title, url, path, metadata;
  std::span<const float> vector;  // empty: none
};

struct Search {
  std::int32_t mode = FRESHET_SEARCH_TEXT;
  std::uint32_t limit = 1;
  std::string_view text;
  std::span<const float> vector;
  std::optional<Filter> filter;  // of operators in StoreInfo::filter_operators alone
};

struct Found {
  double score = 0;  // higher is better
  std::string id, digest, text, uri, title, url, path, metadata;
  std::vector<float> vector = {};  // from get: as written, up to a positive factor
};

// The sinks of the host. One that wants no more ends the call by an exception.

// Confirms a row that is stored, or gone, for good.
class ConfirmSink {
 public:
  explicit ConfirmSink(const freshet_confirm_sink& sink) : sink_(sink) {}
  void operator()(const std::string& id) const {
    detail::heed(sink_.confirmed(sink_.payload, id.c_str()));
  }

 private:
  freshet_confirm_sink sink_;
};

class FoundSink {
 public:
  explicit FoundSink(const freshet_found_sink& sink) : sink_(sink) {}
  void operator()(const Found& found) const {
    freshet_found out{};
    out.struct_size = sizeof out;
    out.score = found.score;
    out.id = found.id.c_str();
    out.digest = found.digest.c_str();
    out.text = found.text.c_str();
    out.uri = found.uri.c_str();
    out.title = found.title.c_str();
    out.url = found.url.c_str();
    out.path = found.path.c_str();
    out.metadata = found.metadata.c_str();
    out.vector = found.vector.empty() ? nullptr : found.vector.data();
    out.dimension = found.vector.size();
    detail::heed(sink_.row(sink_.payload, &out));
  }

 private:
  freshet_found_sink sink_;
};

// Takes a page: its rows, and where the next one begins. Without that the listing ends.
class ListSink {
 public:
  explicit ListSink(const freshet_list_sink& sink) : sink_(sink) {}
  void row(const std::string& id, const std::string& digest) const {
    detail::heed(sink_.row(sink_.payload, id.c_str(), digest.c_str()));
  }
  void next(const std::string& cursor) const {
    detail::heed(sink_.next(sink_.payload, cursor.c_str()));
  }

 private:
  freshet_list_sink sink_;
};

class TextSink {
 public:
  explicit TextSink(const freshet_text_sink& sink) : sink_(sink) {}
  void operator()(const std::string& text) const {
    detail::heed(sink_.text(sink_.payload, text.c_str()));
  }

 private:
  freshet_text_sink sink_;
};

// Every function may run on many threads at once; writes up to concurrent_writes. Writes are
// idempotent. What is thrown fails the call; what was confirmed before stays confirmed.
class Store {
 public:
  virtual ~Store() = default;
  virtual StoreInfo info(Call& call) = 0;
  virtual void ensure(Call& call, const Namespace& wanted) = 0;
  virtual void upsert(Call& call, const std::string& ns, std::span<const Record> records,
                      ConfirmSink& confirm) = 0;
  virtual void remove(Call& call, const std::string& ns, std::span<const std::string_view> ids,
                      ConfirmSink& confirm) = 0;
  virtual void search(Call&, const std::string&, const Search&, FoundSink&) {
    throw Failure(FRESHET_E_UNSUPPORTED, "this store cannot search");
  }
  virtual void get(Call& call, const std::string& ns, std::span<const std::string_view> ids,
                   FoundSink& found) = 0;
  // A page of ids and digests; `cursor` is what the page before gave as its next, "" for the first.
  virtual void list(Call& call, const std::string& ns, const std::string& cursor,
                    std::uint32_t limit, ListSink& page) = 0;
  virtual std::uint64_t count(Call& call, const std::string& ns) = 0;
  virtual void reset(Call& call, const std::string& ns) = 0;

  // The rest is optional: a class that does not override one has it not in its table.
  virtual std::uint64_t claim(Call&, const std::string&, std::uint64_t) {
    throw Failure(FRESHET_E_UNSUPPORTED, "this store has no claims");
  }
  virtual void replace(Call&, const std::string&, const std::string&) {
    throw Failure(FRESHET_E_UNSUPPORTED, "this store cannot put one namespace in another's place");
  }

  // A line for each damage that a reset mends; throws FRESHET_E_CORRUPT where it takes more.
  virtual void check(Call&, const Namespace&, bool /*deep*/, TextSink&) {
    throw Failure(FRESHET_E_UNSUPPORTED, "this store cannot look for damage");
  }

  // How many rows others have put in the place of the namespace; `remove` takes them away.
  virtual std::uint64_t foreign(Call&, const std::string&, bool /*remove*/) {
    throw Failure(FRESHET_E_UNSUPPORTED, "this store tells no foreign rows");
  }

  // The names of all namespaces in the place.
  virtual void namespaces(Call&, TextSink&) {
    throw Failure(FRESHET_E_UNSUPPORTED, "this store cannot list its namespaces");
  }
};

// A store whose place can be emptied when it is damaged has, besides:
//     static void recover(Call& call, const nlohmann::json& options, TextSink& done);
template <typename T>
concept Recoverable = requires(Call& call, const nlohmann::json& options, TextSink& done) {
  T::recover(call, options, done);
};

namespace detail {

inline std::string_view view_or_empty(const char* text) {
  return text == nullptr ? std::string_view() : std::string_view(text);
}

inline std::vector<std::string_view> ids_of(const char* const* ids, std::size_t count) {
  return {ids, ids + count};
}

inline Record record_of(const freshet_row* given) {
  const auto from = take(given, FRESHET_ROW_SIZE_1, "row");
  Record record;
  record.id = view_or_empty(from.id);
  record.digest = view_or_empty(from.digest);
  record.text =
      from.text == nullptr ? std::string_view() : std::string_view(from.text, from.text_size);
  record.uri = view_or_empty(from.uri);
  record.title = view_or_empty(from.title);
  record.url = view_or_empty(from.url);
  record.path = view_or_empty(from.path);
  record.metadata = view_or_empty(from.metadata);
  if (from.vector != nullptr) record.vector = {from.vector, from.dimension};
  return record;
}

inline freshet_status store_info(void* store, freshet_call* raw, freshet_store_info* out) {
  return serve<Store>(store, raw, [&](Store& object, Call& call) {
    const StoreInfo info = object.info(call);
    freshet_store_info filled{};
    filled.capabilities = info.capabilities;
    filled.filter_operators = info.filter_operators;
    filled.max_batch = info.max_batch;
    filled.max_id_bytes = info.max_id_bytes;
    filled.max_text_bytes = info.max_text_bytes;
    filled.max_request_bytes = info.max_request_bytes;
    filled.concurrent_writes = info.concurrent_writes;
    filled.metric = info.metric;
    give(out, filled);
  });
}

inline freshet_status store_ensure(void* store, freshet_call* raw,
                                   const freshet_store_namespace* ns) {
  return serve<Store>(store, raw, [&](Store& object, Call& call) {
    const auto from = take(ns, FRESHET_STORE_NAMESPACE_SIZE_1, "store_namespace");
    object.ensure(call, {text_or_empty(from.name), from.dimension, text_or_empty(from.model)});
  });
}

inline freshet_status store_upsert(void* store, freshet_call* raw, const char* ns,
                                   const freshet_row* const* rows, std::size_t count,
                                   const freshet_confirm_sink* sink) {
  return serve<Store>(store, raw, [&](Store& object, Call& call) {
    ConfirmSink confirm(take(sink, FRESHET_CONFIRM_SINK_SIZE_1, "confirm_sink"));
    std::vector<Record> batch;
    batch.reserve(count);
    for (std::size_t i = 0; i < count; ++i) batch.push_back(record_of(rows[i]));
    object.upsert(call, ns, batch, confirm);
  });
}

inline freshet_status store_remove(void* store, freshet_call* raw, const char* ns,
                                   const char* const* ids, std::size_t count,
                                   const freshet_confirm_sink* sink) {
  return serve<Store>(store, raw, [&](Store& object, Call& call) {
    ConfirmSink confirm(take(sink, FRESHET_CONFIRM_SINK_SIZE_1, "confirm_sink"));
    object.remove(call, ns, ids_of(ids, count), confirm);
  });
}

inline freshet_status store_search(void* store, freshet_call* raw, const char* ns,
                                   const freshet_search* search, const freshet_found_sink* sink) {
  return serve<Store>(store, raw, [&](Store& object, Call& call) {
    FoundSink found(take(sink, FRESHET_FOUND_SINK_SIZE_1, "found_sink"));
    const auto from = take(search, FRESHET_SEARCH_SIZE_1, "search");
    Search wanted{from.mode, from.limit, view_or_empty(from.text), {}, {}};
    if (from.filter != nullptr) wanted.filter = Filter::parse(from.filter);
    if (from.vector != nullptr) wanted.vector = {from.vector, from.dimension};
    object.search(call, ns, wanted, found);
  });
}

inline freshet_status store_get(void* store, freshet_call* raw, const char* ns,
                                const char* const* ids, std::size_t count,
                                const freshet_found_sink* sink) {
  return serve<Store>(store, raw, [&](Store& object, Call& call) {
    FoundSink found(take(sink, FRESHET_FOUND_SINK_SIZE_1, "found_sink"));
    object.get(call, ns, ids_of(ids, count), found);
  });
}

inline freshet_status store_list(void* store, freshet_call* raw, const char* ns, const char* cursor,
                                 std::uint32_t limit, const freshet_list_sink* sink) {
  return serve<Store>(store, raw, [&](Store& object, Call& call) {
    ListSink page(take(sink, FRESHET_LIST_SINK_SIZE_1, "list_sink"));
    object.list(call, ns, text_or_empty(cursor), limit, page);
  });
}

inline freshet_status store_count(void* store, freshet_call* raw, const char* ns,
                                  std::uint64_t* out) {
  return serve<Store>(store, raw,
                      [&](Store& object, Call& call) { *out = object.count(call, ns); });
}

inline freshet_status store_reset(void* store, freshet_call* raw, const char* ns) {
  return serve<Store>(store, raw, [&](Store& object, Call& call) { object.reset(call, ns); });
}

inline freshet_status store_claim(void* store, freshet_call* raw, const char* ns,
                                  std::uint64_t fence, std::uint64_t* out_newest) {
  return serve<Store>(
      store, raw, [&](Store& object, Call& call) { *out_newest = object.claim(call, ns, fence); });
}

inline freshet_status store_replace(void* store, freshet_call* raw, const char* ns,
                                    const char* by) {
  return serve<Store>(store, raw, [&](Store& object, Call& call) { object.replace(call, ns, by); });
}

// A member that T inherits is a member of Store.
template <typename T>
constexpr bool claims = !std::is_same_v<decltype(&T::claim), decltype(&Store::claim)>;
template <typename T>
constexpr bool replaces = !std::is_same_v<decltype(&T::replace), decltype(&Store::replace)>;
template <typename T>
constexpr bool checks = !std::is_same_v<decltype(&T::check), decltype(&Store::check)>;

inline freshet_status store_check(void* store, freshet_call* raw, const freshet_store_namespace* ns,
                                  std::int32_t deep, const freshet_text_sink* sink) {
  return serve<Store>(store, raw, [&](Store& object, Call& call) {
    TextSink findings(take(sink, FRESHET_TEXT_SINK_SIZE_1, "text_sink"));
    const auto from = take(ns, FRESHET_STORE_NAMESPACE_SIZE_1, "store_namespace");
    object.check(call, {text_or_empty(from.name), from.dimension, text_or_empty(from.model)},
                 deep != 0, findings);
  });
}

template <typename T>
constexpr bool tells_foreign = !std::is_same_v<decltype(&T::foreign), decltype(&Store::foreign)>;

inline freshet_status store_foreign(void* store, freshet_call* raw, const char* ns,
                                    std::int32_t remove, std::uint64_t* out_count) {
  return serve<Store>(store, raw, [&](Store& object, Call& call) {
    *out_count = object.foreign(call, ns, remove != 0);
  });
}

template <typename T>
constexpr bool lists_namespaces =
    !std::is_same_v<decltype(&T::namespaces), decltype(&Store::namespaces)>;

inline freshet_status store_namespaces(void* store, freshet_call* raw,
                                       const freshet_text_sink* sink) {
  return serve<Store>(store, raw, [&](Store& object, Call& call) {
    TextSink names(take(sink, FRESHET_TEXT_SINK_SIZE_1, "text_sink"));
    object.namespaces(call, names);
  });
}

template <typename T>
freshet_status store_recover(void*, const freshet_host* given, freshet_call* raw,
                             const char* options, const freshet_text_sink* sink) {
  if (given == nullptr || given->struct_size < FRESHET_HOST_SIZE_1) return FRESHET_E_VERSION;
  const freshet_host host = take(given, FRESHET_HOST_SIZE_1, "host");
  return guarded(host, raw, [&] {
    Call call(host, raw);
    TextSink done(take(sink, FRESHET_TEXT_SINK_SIZE_1, "text_sink"));
    if constexpr (Recoverable<T>)
      T::recover(call, nlohmann::json::parse(options), done);
    else
      throw Failure(FRESHET_E_UNSUPPORTED, "this store cannot empty a place that is damaged");
  });
}

}  // namespace detail

template <typename T>
const freshet_store_table* store_table() {
  static constexpr freshet_store_table table = {
      .struct_size = sizeof(freshet_store_table),
      .open = detail::open<Store, T>,
      .info = detail::store_info,
      .ensure = detail::store_ensure,
      .upsert = detail::store_upsert,
      .remove = detail::store_remove,
      .search = detail::store_search,
      .get = detail::store_get,
      .list = detail::store_list,
      .count = detail::store_count,
      .reset = detail::store_reset,
      .close = detail::close<Store>,
      .claim = detail::claims<T> ? detail::store_claim : nullptr,
      .replace = detail::replaces<T> ? detail::store_replace : nullptr,
      .check = detail::checks<T> ? detail::store_check : nullptr,
      .recover = Recoverable<T> ? detail::store_recover<T> : nullptr,
      .namespaces = detail::lists_namespaces<T> ? detail::store_namespaces : nullptr,
      .foreign = detail::tells_foreign<T> ? detail::store_foreign : nullptr,
  };
  return &table;
}

}  // namespace freshet::sdk
