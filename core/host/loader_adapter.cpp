#include <limits>

#include "core/base/json.hpp"
#include "core/host/instance.hpp"
#include "core/host/taker.hpp"
#include "core/model/limits.hpp"
#include "freshet/plugin/loader.h"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;

constexpr std::size_t longest_uri = model::most_url;
constexpr std::size_t longest_version = 4 * 1024;
constexpr std::size_t longest_handle = 1024;
constexpr std::size_t longest_state = 4 * 1024 * 1024;
constexpr std::size_t longest_way = 512;
constexpr std::size_t most_content = std::size_t{1} << 30;

// What names or compares content is not mended: a replaced byte would be another name.
base::Status check_exact(const char* text, std::size_t most, const char* what,
                         const Caller& caller) {
  const std::string_view view = text == nullptr ? std::string_view() : std::string_view(text);
  if (view.size() > most)
    return broken(caller, fmt::format("{} has {} bytes, at most {}", what, view.size(), most));
  if (!base::is_utf8(view)) return broken(caller, fmt::format("{} is not UTF-8", what));
  return {};
}

// A JSON object in its shortest form; empty: it says nothing.
base::Result<std::string> object_text(const char* text, const char* what, const Caller& caller) {
  FRESHET_TRY(check_exact(text, model::most_loader_metadata, what, caller));
  if (text == nullptr) return std::string();
  const auto value = base::parse_json(text, what);
  if (!value) return broken(caller, fmt::format("{} is {}", what, value.error().message));
  if (!value->is_object()) return broken(caller, fmt::format("{} is no JSON object", what));
  return value->empty() ? std::string() : base::dump_json(*value);
}

base::Status check_root_uri(const char* uri, const char* what, const char* of_what,
                            const Caller& caller) {
  if (uri == nullptr || *uri == '\0') return broken(caller, fmt::format("{} has no URI", what));
  return check_exact(uri, longest_uri, of_what, caller);
}

base::Result<ports::Entry> entry_of(const freshet_entry* raw, const Caller& caller) {
  FRESHET_ASSIGN(const auto from, take_struct(raw, FRESHET_ENTRY_SIZE_1, "entry", caller.plugin));
  FRESHET_TRY(check_root_uri(from.uri, "an entry", "the URI of an entry", caller));
  FRESHET_TRY(check_exact(from.version, longest_version, "the version of an entry", caller));
  FRESHET_TRY(check_exact(from.handle, longest_handle, "the handle of an entry", caller));
  ports::Entry entry;
  FRESHET_ASSIGN(entry.metadata, object_text(from.metadata, "the metadata of an entry", caller));
  entry.uri = from.uri;
  if (from.version != nullptr) entry.version = from.version;
  if (from.handle != nullptr) entry.handle = from.handle;
  entry.title = model::shortened(clean_text(from.title), model::most_title);
  if (from.last_modified_ms != std::numeric_limits<std::int64_t>::min())
    entry.last_modified = base::Instant{from.last_modified_ms};
  if (from.size >= 0) entry.size = static_cast<std::uint64_t>(from.size);
  return entry;
}

// ports::ListingKind has the numbers of the contract.
static_assert(static_cast<int>(ports::ListingKind::part) == FRESHET_LISTING_PART &&
              static_cast<int>(ports::ListingKind::whole) == FRESHET_LISTING_WHOLE &&
              static_cast<int>(ports::ListingKind::unchanged) == FRESHET_LISTING_UNCHANGED &&
              static_cast<int>(ports::ListingKind::changes) == FRESHET_LISTING_CHANGES);

// The host's end of a freshet_listing_sink. The first failure ends the listing, whatever the plugin
// does.
class ListingTaker : public Taker {
 public:
  ListingTaker(const std::shared_ptr<const Caller>& caller, const base::Cancel& cancel,
               const ports::ListingSink& sink, bool has_state)
      : Taker(caller, cancel), sink_(sink), has_state_(has_state) {}
  static freshet_listing_sink sink(void* end) {
    return {sizeof(freshet_listing_sink),
            end,
            [](void* payload, const freshet_entry* entry) {
              return reach<ListingTaker>(payload,
                                         [&](auto& taker) { return taker.hand_on(entry); });
            },
            [](void* payload, const char* uri) {
              return reach<ListingTaker>(payload, [&](auto& taker) { return taker.let_go(uri); });
            },
            [](void* payload, const char* text) {
              return reach<ListingTaker>(payload, [&](auto& taker) { return taker.keep(text); });
            },
            [](void* payload, const char* text) {
              return reach<ListingTaker>(payload, [&](auto& taker) { return taker.tell(text); });
            }};
  }

  template <typename Body>
  freshet_status take(Body&& body) noexcept {
    if (!status_) went_on = true;
    return Taker::take([&]() -> base::Status {
      if (cancel_.requested()) return fail(Code::cancelled, "cancelled", caller_.plugin);
      return body();
    });
  }
  // What was taken fits the kind that the listing is said to be.
  base::Status check_kind(std::int32_t kind) const {
    if (kind < FRESHET_LISTING_PART || kind > FRESHET_LISTING_CHANGES)
      return broken(caller_, fmt::format("its listing is of the kind {}, which is none", kind));
    if (kind == FRESHET_LISTING_UNCHANGED && !has_state_)
      return broken(
          caller_, fmt::format("its listing is of the kind {} where no state was handed in", kind));
    if (kind == FRESHET_LISTING_UNCHANGED && entries_ + goings_ > 0)
      return broken(caller_, fmt::format("its listing is unchanged, and brought {} entries",
                                         entries_ + goings_));
    if (kind == FRESHET_LISTING_WHOLE && goings_ > 0)
      return broken(caller_, "said what is gone in a listing that is whole");
    return {};
  }
  bool went_on = false;
  std::string new_state, way;

 private:
  base::Status hand_on(const freshet_entry* raw) {
    FRESHET_ASSIGN(ports::Entry entry, entry_of(raw, caller_));
    ++entries_;
    return sink_.entry(std::move(entry));
  }
  base::Status let_go(const char* uri) {
    if (!has_state_) return broken(caller_, "said what is gone where no state was handed in");
    FRESHET_TRY(check_root_uri(uri, "what is gone", "the URI of what is gone", caller_));
    ++goings_;
    return sink_.gone(uri);
  }
  base::Status keep(const char* text) {
    FRESHET_TRY(check_exact(text, longest_state, "the state of the listing", caller_));
    new_state = text == nullptr ? "" : text;
    return {};
  }

  base::Status tell(const char* text) {
    way = model::shortened(clean_text(text), longest_way);
    return {};
  }

  const ports::ListingSink& sink_;
  const bool has_state_;  // one was handed in
  std::uint64_t entries_ = 0, goings_ = 0;
};

// The host's end of a freshet_fetch_sink.
class FetchTaker : public Taker {
 public:
  FetchTaker(const std::shared_ptr<const Caller>& caller, const base::Cancel& cancel,
             bool version_known)
      : Taker(caller, cancel), version_known_(version_known) {}
  static freshet_fetch_sink sink(void* end) {
    return {sizeof(freshet_fetch_sink), end,
            [](void* payload, const freshet_content* content) {
              return reach<FetchTaker>(payload, [&](auto& taker) { return taker.copy(content); });
            },
            [](void* payload) {
              return reach<FetchTaker>(payload, [](auto& taker) {
                return taker.end(ports::FetchOutcome::not_modified, false);
              });
            },
            [](void* payload, std::int32_t confirmed) {
              return reach<FetchTaker>(payload, [&](auto& taker) {
                return taker.end(ports::FetchOutcome::gone, confirmed == 1);
              });
            }};
  }

  // A second outcome is misuse, and fails the call when it has ended.
  template <typename Body>
  freshet_status take(Body&& body) noexcept {
    return ++outcomes > 1 ? FRESHET_E_MISUSE : Taker::take(std::forward<Body>(body));
  }
  int outcomes = 0;
  ports::Fetched fetched;

 private:
  base::Status end(ports::FetchOutcome outcome, bool confirmed) {
    fetched.outcome = outcome;
    fetched.confirmed = confirmed;
    if (outcome == ports::FetchOutcome::not_modified && !version_known_)
      return broken(caller_, "said \"not modified\" where no version was known");
    return {};
  }
  base::Status copy(const freshet_content* raw) {
    FRESHET_ASSIGN(const auto from,
                   take_struct(raw, FRESHET_CONTENT_SIZE_1, "content", caller_.plugin));
    if (from.bytes == nullptr && from.size > 0)
      return broken(caller_, "the content has a size and no bytes");
    if (from.size > most_content)
      return fail(Code::limit,
                  fmt::format("the content has {} bytes, at most {}", from.size, most_content),
                  caller_.plugin);
    FRESHET_TRY(check_exact(from.version, longest_version, "the version of the content", caller_));
    FRESHET_TRY(check_exact(from.canonical_uri, longest_uri, "the canonical URI", caller_));
    FRESHET_ASSIGN(fetched.metadata,
                   object_text(from.metadata, "the metadata of the content", caller_));
    fetched.title = model::shortened(clean_text(from.title), model::most_title);
    fetched.outcome = ports::FetchOutcome::content;
    if (from.size > 0) fetched.bytes.assign(static_cast<const char*>(from.bytes), from.size);
    fetched.media_type = base::to_lower(base::trim(clean_text(from.media_type)));
    fetched.charset = clean_text(from.charset);
    if (from.version != nullptr) fetched.version = from.version;
    if (from.canonical_uri != nullptr) fetched.canonical_uri = from.canonical_uri;
    fetched.attempts = std::max<std::int32_t>(from.attempts, 1);
    return {};
  }

  const bool version_known_;
};

class PluginLoader : public ports::Loader {
 public:
  explicit PluginLoader(Instance<freshet_loader_table> instance) : instance_(std::move(instance)) {}

  base::Result<ports::Listing> list(const std::string& state, const ports::ListingSink& sink,
                                    const base::Cancel& cancel) override {
    ListingTaker taker(instance_.caller(), cancel, sink, !state.empty());
    const Lent lent(taker);
    const freshet_listing_request request = {sizeof request, text_or_null(state)};
    const freshet_listing_sink raw = lent.sink();
    std::int32_t kind = FRESHET_LISTING_PART;
    CallNotes notes;
    base::Status status =
        instance_.call(&freshet_loader_table::list, "list", cancel, &notes, &request, &raw, &kind);
    if (taker.went_on)
      log(instance_.caller()->services, FRESHET_LOG_WARNING, instance_.caller()->plugin,
          "went on after its listing was ended");
    FRESHET_TRY(taker.take_status());  // ours comes first: the plugin's is what it made of it
    FRESHET_TRY(std::move(status));
    FRESHET_TRY(taker.check_kind(kind));
    ports::Listing listing{static_cast<ports::ListingKind>(kind),
                           {},
                           std::move(taker.new_state),
                           std::move(taker.way)};
    if (!listing.complete()) listing.note = notes.said.empty() ? std::string(unsaid) : notes.said;
    listing.earlier = std::move(notes.earlier);
    return listing;
  }

  base::Result<ports::Fetched> fetch(const ports::Entry& entry, const std::string& known_version,
                                     const base::Cancel& cancel) override {
    FetchTaker taker(instance_.caller(), cancel, !known_version.empty());
    const Lent lent(taker);
    const freshet_fetch_sink sink = lent.sink();
    const freshet_entry raw = make_entry(entry);
    const char* known = text_or_null(known_version);
    CallNotes notes;
    base::Status status =
        instance_.call(&freshet_loader_table::fetch, "fetch", cancel, &notes, &raw, known, &sink);
    FRESHET_TRY(taker.take_status());
    if (taker.outcomes <= 1) FRESHET_TRY(std::move(status));
    if (taker.outcomes != 1)
      return broken(*instance_.caller(),
                    fmt::format("fetch gave {} outcomes, not one", taker.outcomes));
    taker.fetched.earlier = std::move(notes.earlier);
    return std::move(taker.fetched);
  }

  bool prepares() const override { return instance_.has(&freshet_loader_table::prepare); }
  void prepare(std::span<const ports::Wanted> wanted, const base::Cancel& cancel) override {
    std::vector<freshet_entry> raw;
    std::vector<const freshet_entry*> entries;
    std::vector<const char*> versions;
    for (const ports::Wanted& one : wanted) {
      raw.push_back(make_entry(one.entry));
      versions.push_back(text_or_null(one.known_version));
    }
    for (const freshet_entry& entry : raw) entries.push_back(&entry);
    const base::Status untold =
        instance_.call(&freshet_loader_table::prepare, "prepare", cancel, nullptr, entries.data(),
                       versions.data(), entries.size());
    (void)untold;  // their fetches tell it
  }

 private:
  static const char* text_or_null(const std::string& text) {
    return text.empty() ? nullptr : text.c_str();
  }

  static freshet_entry make_entry(const ports::Entry& entry) {
    freshet_entry raw{};
    raw.struct_size = sizeof raw;
    raw.uri = entry.uri.c_str();
    raw.version = text_or_null(entry.version);
    raw.handle = text_or_null(entry.handle);
    raw.title = text_or_null(entry.title);
    raw.metadata = text_or_null(entry.metadata);
    raw.last_modified_ms =
        entry.last_modified ? entry.last_modified->ms : std::numeric_limits<std::int64_t>::min();
    raw.size = entry.size
                   ? static_cast<std::int64_t>(std::min<std::uint64_t>(*entry.size, INT64_MAX))
                   : -1;
    return raw;
  }

  Instance<freshet_loader_table> instance_;
};

}  // namespace

base::Result<std::unique_ptr<ports::Loader>> adapt_loader(const Opening& opening) {
  FRESHET_ASSIGN(auto instance, Instance<freshet_loader_table>::open(opening, FRESHET_PLUGIN_LOADER,
                                                                     FRESHET_LOADER_TABLE_SIZE_1));
  return std::make_unique<PluginLoader>(std::move(instance));
}

}  // namespace freshet::host
