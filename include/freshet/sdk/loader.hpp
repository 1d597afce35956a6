// freshet/sdk/loader.hpp - a class as a loader table.
//
//     class Feed : public sdk::Loader { ... };  // with a constructor from (Call&, const json&)
//     return sdk::loader_table<Feed>();
#pragma once

#include <freshet/plugin/loader.h>

#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include <freshet/sdk/call.hpp>
#include <freshet/sdk/json.hpp>

namespace freshet::sdk {

struct Entry {
  std::string uri{};          // canonical: it names the root
  std::string version{};      // a validator the listing itself bears; or empty
  std::string handle{};       // what is to be handed back to fetch it, at most 1024 bytes; or empty
  std::string title{};        // of a document whose content has none; or empty
  nlohmann::json metadata{};  // an object, at most 16 KiB as text; or null
  std::optional<std::int64_t> last_modified_ms{};
  std::optional<std::int64_t> size{};
};

// Borrowed for the call.
struct ListingRequest {
  std::optional<std::string_view> state{};  // what the last listing gave; nothing: list everything
};

// How a listing ended: a FRESHET_LISTING_... . Only a whole one is evidence that a missing entry is
// gone.
struct Listing {
  std::int32_t kind = FRESHET_LISTING_WHOLE;
  std::string note{};  // why it is a part
};

namespace detail {
inline const char* or_null(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}
// Mended where it is not UTF-8, as any other text of a document.
inline std::string json_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}
// To be kept as long as the pointer.
inline std::string json_text_or_empty(const nlohmann::json& value) {
  return value.is_null() ? std::string() : json_text(value);
}
}  // namespace detail

class ListingSink {
 public:
  explicit ListingSink(const freshet_listing_sink* raw)
      : raw_(detail::take(raw, FRESHET_LISTING_SINK_SIZE_1, "listing_sink")) {}

  // May block. Throws where the host wants the listing to end.
  void operator()(const Entry& entry) const {
    const std::string metadata = detail::json_text_or_empty(entry.metadata);
    freshet_entry out{};
    out.struct_size = sizeof out;
    out.uri = entry.uri.c_str();
    out.version = detail::or_null(entry.version);
    out.handle = detail::or_null(entry.handle);
    out.title = detail::or_null(entry.title);
    out.metadata = detail::or_null(metadata);
    out.last_modified_ms =
        entry.last_modified_ms.value_or(std::numeric_limits<std::int64_t>::min());
    out.size = entry.size.value_or(-1);
    detail::heed(raw_.entry(raw_.payload, &out));
  }
  // Only where the request has a state, and the listing is to be FRESHET_LISTING_CHANGES.
  void gone(const std::string& uri) const { detail::heed(raw_.gone(raw_.payload, uri.c_str())); }
  // What the next listing is to be given, at most 64 KiB.
  void state(const std::string& text) const {
    detail::heed(raw_.state(raw_.payload, text.c_str()));
  }
  // What the source was taken for, and how it was listed, in one line for people. A host of before
  // does not ask for it.
  void way(const std::string& text) const {
    if (raw_.way != nullptr) detail::heed(raw_.way(raw_.payload, text.c_str()));
  }

 private:
  const freshet_listing_sink raw_;
};

struct Content {
  std::string_view bytes{};
  std::string media_type{};     // as declared, without parameters; or empty
  std::string charset{};        // as declared; or empty
  std::string version{};        // to be handed back as the known version; or empty
  std::string canonical_uri{};  // the name the source itself gives it, where it differs; or empty
  std::string title{};          // as an entry's, and before it
  nlohmann::json metadata{};    // as an entry's, and before it
  int attempts = 1;
};

// Call exactly one of these, once. Throws where the host does not want it.
class FetchSink {
 public:
  explicit FetchSink(const freshet_fetch_sink* raw)
      : raw_(detail::take(raw, FRESHET_FETCH_SINK_SIZE_1, "fetch_sink")) {}

  void content(const Content& content) const {
    const std::string metadata = detail::json_text_or_empty(content.metadata);
    freshet_content out{};
    out.struct_size = sizeof out;
    out.bytes = content.bytes.data();
    out.size = content.bytes.size();
    out.media_type = detail::or_null(content.media_type);
    out.charset = detail::or_null(content.charset);
    out.version = detail::or_null(content.version);
    out.canonical_uri = detail::or_null(content.canonical_uri);
    out.title = detail::or_null(content.title);
    out.metadata = detail::or_null(metadata);
    out.attempts = content.attempts;
    detail::heed(raw_.content(raw_.payload, &out));
  }
  void not_modified() const { detail::heed(raw_.not_modified(raw_.payload)); }
  // `confirmed`: the source says so for good (410), not just "not found" (404).
  void gone(bool confirmed) const { detail::heed(raw_.gone(raw_.payload, confirmed ? 1 : 0)); }

 private:
  const freshet_fetch_sink raw_;
};

// What is about to be fetched, with what fetch() will be given.
struct Wanted {
  Entry entry;
  std::optional<std::string> known_version;
};

// Every function may run on many threads at once. What is thrown fails the call.
class Loader {
 public:
  virtual ~Loader() = default;
  virtual Listing list(Call& call, const ListingRequest& request, ListingSink& sink) = 0;
  // `known_version`: what an earlier fetch returned; nothing: fetch it whatever happens.
  virtual void fetch(Call& call, const Entry& entry,
                     const std::optional<std::string>& known_version, FetchSink& sink) = 0;
  // These are about to be fetched: what they need may come in one request. Also called from within a sink
  // of list(). What fails is for the fetches to tell.
  virtual void prepare(Call&, std::span<const Wanted>) {}
};

namespace detail {

// Makes a T from the options.
template <typename Base, typename T>
freshet_status open(void*, const freshet_host* given, freshet_call* raw, const char* options,
                    void** out) {
  if (given == nullptr || given->struct_size < FRESHET_HOST_SIZE_1) return FRESHET_E_VERSION;
  const freshet_host host = take(given, FRESHET_HOST_SIZE_1, "host");
  return guarded(host, raw, [&] {
    Call call(host, raw);
    auto object = std::make_unique<T>(call, nlohmann::json::parse(options));
    *out = new Held<Base>{host, std::move(object)};
  });
}

template <typename Base>
void close(void* instance) {
  try {
    delete static_cast<Held<Base>*>(instance);
  } catch (...) {  // a destructor that throws has nobody left to tell
  }
}

inline Entry entry_of(const freshet_entry* given) {
  const auto from = take(given, FRESHET_ENTRY_SIZE_1, "entry");
  Entry entry;
  entry.uri = text_or_empty(from.uri);
  entry.version = text_or_empty(from.version);
  entry.handle = text_or_empty(from.handle);
  entry.title = text_or_empty(from.title);
  if (from.metadata != nullptr) entry.metadata = nlohmann::json::parse(from.metadata);
  if (from.last_modified_ms != std::numeric_limits<std::int64_t>::min())
    entry.last_modified_ms = from.last_modified_ms;
  if (from.size >= 0) entry.size = from.size;
  return entry;
}

inline freshet_status loader_list(void* loader, freshet_call* raw,
                                  const freshet_listing_request* given,
                                  const freshet_listing_sink* sink, std::int32_t* out_kind) {
  return serve<Loader>(loader, raw, [&](Loader& object, Call& call) {
    const auto from = take(given, FRESHET_LISTING_REQUEST_SIZE_1, "listing_request");
    ListingRequest request;
    if (from.state != nullptr) request.state = from.state;
    ListingSink entries(sink);
    const Listing listing = object.list(call, request, entries);
    *out_kind = listing.kind;
    if (listing.kind == FRESHET_LISTING_PART)
      call.fail(Failure(FRESHET_E_HELD,
                        listing.note.empty() ? "the listing is not complete" : listing.note));
  });
}

inline freshet_status loader_fetch(void* loader, freshet_call* raw, const freshet_entry* entry,
                                   const char* known_version, const freshet_fetch_sink* sink) {
  return serve<Loader>(loader, raw, [&](Loader& object, Call& call) {
    FetchSink outcome(sink);
    std::optional<std::string> known;
    if (known_version != nullptr) known = known_version;
    object.fetch(call, entry_of(entry), known, outcome);
  });
}

inline freshet_status loader_prepare(void* loader, freshet_call* raw,
                                     const freshet_entry* const* entries,
                                     const char* const* known_versions, std::size_t count) {
  return serve<Loader>(loader, raw, [&](Loader& object, Call& call) {
    std::vector<Wanted> all;
    for (std::size_t i = 0; i < count; ++i) {
      Wanted& wanted = all.emplace_back(Wanted{entry_of(entries[i]), {}});
      if (known_versions[i] != nullptr) wanted.known_version = known_versions[i];
    }
    object.prepare(call, all);
  });
}

template <typename T>
constexpr bool prepares =
    !std::is_same_v<decltype(&T::prepare), void (Loader::*)(Call&, std::span<const Wanted>)>;

}  // namespace detail

template <typename T>
const freshet_loader_table* loader_table() {
  static constexpr freshet_loader_table table = {
      .struct_size = sizeof(freshet_loader_table),
      .open = detail::open<Loader, T>,
      .list = detail::loader_list,
      .fetch = detail::loader_fetch,
      .close = detail::close<Loader>,
      .prepare = detail::prepares<T> ? detail::loader_prepare : nullptr,
  };
  return &table;
}

}  // namespace freshet::sdk
