// freshet/freshet.hpp - the C API for C++17 and later: handles that free themselves, std::string,
// and exceptions.
//
// Header-only and nothing but the C API beneath: what the C headers say of threads, blocking and
// errors holds here, too. A failed call throws freshet::Error. "Not found" is no failure where a
// function returns a std::optional. Texts in the structs of the C API (freshet_hit,
// freshet_root_info, …) are borrowed from the object that gave them. Options are JSON texts, empty
// for the defaults.
#pragma once

#include <freshet/freshet.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet {

// What a freshet_error says, copied.
class Error : public std::runtime_error {
 public:
  Error(freshet_status code, std::string message, std::string subject = {})
      : std::runtime_error(subject.empty() ? message : subject + ": " + message),
        code_(code),
        message_(std::move(message)),
        subject_(std::move(subject)) {}
  Error(freshet_status code, const freshet_error* error)
      : std::runtime_error(freshet_error_to_string(error)),
        code_(code),
        message_(freshet_error_message(error)),
        subject_(freshet_error_subject(error)),
        plugin_(freshet_error_plugin(error)),
        retry_after_ms_(freshet_error_retry_after_ms(error)) {}

  freshet_status code() const noexcept { return code_; }
  const std::string& message() const noexcept { return message_; }
  const std::string& subject() const noexcept { return subject_; }
  const std::string& plugin() const noexcept { return plugin_; }
  std::int64_t retry_after_ms() const noexcept { return retry_after_ms_; }
  bool is_transient() const noexcept { return freshet_status_is_transient(code_) != 0; }

 private:
  freshet_status code_;
  std::string message_, subject_, plugin_;
  std::int64_t retry_after_ms_ = -1;
};

namespace detail {

// Takes the error of one call, and throws it.
class Outcome {
 public:
  Outcome() = default;
  ~Outcome() { freshet_error_free(error_); }
  Outcome(const Outcome&) = delete;
  Outcome& operator=(const Outcome&) = delete;
  freshet_error** error() noexcept { return &error_; }
  void check(freshet_status status) const {
    if (status != FRESHET_OK) throw Error(status, error_);
  }
  // The same, but false for "not found".
  bool found(freshet_status status) const {
    if (status == FRESHET_E_NOT_FOUND) return false;
    check(status);
    return true;
  }

 private:
  freshet_error* error_ = nullptr;
};

template <typename T, void (*Free)(T*) noexcept>
struct Deleter {
  void operator()(T* handle) const noexcept { Free(handle); }
};
template <typename T, void (*Free)(T*) noexcept>
using Handle = std::unique_ptr<T, Deleter<T, Free>>;

// C sees a text up to its first NUL: better refused than cut.
inline const char* c_text(const std::string& text) {
  if (text.find('\0') != std::string::npos)
    throw Error(FRESHET_E_INVALID_ARGUMENT, "holds a NUL", "text");
  return text.c_str();
}
inline const char* c_text_or_null(const std::string& text) {
  return text.empty() ? nullptr : c_text(text);
}

// Borrowed from `texts`.
inline std::vector<const char*> c_texts(const std::vector<std::string>& texts) {
  std::vector<const char*> pointers;
  for (const std::string& text : texts) pointers.push_back(c_text(text));
  return pointers;
}

inline std::string take(char* text) {
  const Handle<char, freshet_string_free> owner(text);
  return text != nullptr ? std::string(text) : std::string();
}

// What a container of the C API holds, for range-based for.
template <typename Container, typename Value>
class Iterator {
 public:
  Iterator(const Container* container, std::size_t index) : container_(container), index_(index) {}
  Value operator*() const { return (*container_)[index_]; }
  Iterator& operator++() {
    ++index_;
    return *this;
  }
  bool operator!=(const Iterator& other) const { return index_ != other.index_; }

 private:
  const Container* container_;
  std::size_t index_;
};

}  // namespace detail

// Stops the calls that were given it, from any thread. Copies are one and the same.
class Cancel {
 public:
  Cancel() {
    freshet_cancel* made = nullptr;
    detail::Outcome out;
    out.check(freshet_cancel_new(&made, out.error()));
    handle_.reset(made, freshet_cancel_free);
  }
  void request() const {
    detail::Outcome out;
    out.check(freshet_cancel_request(get(), out.error()));
  }
  freshet_cancel* get() const noexcept { return handle_.get(); }

 private:
  std::shared_ptr<freshet_cancel> handle_;
};

// How a call that may block is stopped, limited and listened to. One that was stopped throws Error
// with FRESHET_E_CANCELLED or FRESHET_E_TIMEOUT.
struct Limits {
  std::optional<Cancel> cancel;
  std::chrono::milliseconds timeout{-1};  // below 0: none
  std::function<void(const freshet_event&)> on_event;
};

namespace detail {

// Lends the limits to C; they outlive the call.
class Call {
 public:
  explicit Call(const Limits& limits) {
    if (limits.cancel) options_.cancel = limits.cancel->get();
    options_.timeout_ms = limits.timeout.count();
    if (!limits.on_event) return;
    options_.on_event = [](void* payload, const freshet_event* event) {
      (*static_cast<const std::function<void(const freshet_event&)>*>(payload))(*event);
    };
    options_.payload = const_cast<void*>(static_cast<const void*>(&limits.on_event));
  }
  const freshet_call_options* get() const noexcept { return &options_; }

 private:
  freshet_call_options options_ = FRESHET_CALL_OPTIONS_INIT;
};

}  // namespace detail

inline std::string version() { return freshet_version(); }

// `text` with secrets replaced by ***, as people may see it.
inline std::string redact(const std::string& text) {
  char* redacted = nullptr;
  detail::Outcome out;
  out.check(freshet_string_redact(detail::c_text(text), &redacted, out.error()));
  return detail::take(redacted);
}

class Document {
 public:
  explicit Document(freshet_document* handle) : handle_(handle) {}
  Document(const std::string& uri, const std::string& title) {
    freshet_document* made = nullptr;
    detail::Outcome out;
    out.check(freshet_document_new(detail::c_text(uri), detail::c_text(title), &made, out.error()));
    handle_.reset(made);
  }
  static Document from_json(const std::string& json) {
    freshet_document* made = nullptr;
    detail::Outcome out;
    out.check(freshet_document_from_json(detail::c_text(json), &made, out.error()));
    return Document(made);
  }

  // Returns the section's number; 0 as `parent` is the document itself.
  std::uint32_t add_section(std::uint32_t parent, const std::string& title, int level,
                            const std::string& text = {}, const std::string& url = {}) {
    std::uint32_t number = 0;
    detail::Outcome out;
    out.check(freshet_document_add_section(get(), parent, detail::c_text(title),
                                           detail::c_text(url), level, &number, out.error()));
    if (!text.empty()) set_text(number, text);
    return number;
  }
  void set_text(std::uint32_t section, std::string_view text) {
    detail::Outcome out;
    out.check(freshet_document_set_text(get(), section, text.data(), text.size(), out.error()));
  }
  void set_metadata(const std::string& json) {
    detail::Outcome out;
    out.check(freshet_document_set_metadata(get(), detail::c_text(json), out.error()));
  }
  void finish() {
    detail::Outcome out;
    out.check(freshet_document_finish(get(), out.error()));
  }

  std::string uri() const { return freshet_document_uri(get()); }
  std::string title() const { return freshet_document_title(get()); }
  std::uint32_t section_count() const { return freshet_document_section_count(get()); }
  freshet_section section(std::uint32_t number) const {
    freshet_section section = FRESHET_SECTION_INIT;
    detail::Outcome out;
    out.check(freshet_document_section(get(), number, &section, out.error()));
    return section;
  }
  std::string_view text() const {
    const char* text = nullptr;
    std::size_t size = 0;
    detail::Outcome out;
    out.check(freshet_document_text(get(), &text, &size, out.error()));
    return {text, size};
  }
  std::string metadata() const {
    char* json = nullptr;
    detail::Outcome out;
    out.check(freshet_document_metadata(get(), &json, out.error()));
    return detail::take(json);
  }
  std::string to_json() const {
    char* json = nullptr;
    detail::Outcome out;
    out.check(freshet_document_to_json(get(), &json, out.error()));
    return detail::take(json);
  }
  freshet_document* get() const noexcept { return handle_.get(); }

 private:
  detail::Handle<freshet_document, freshet_document_free> handle_;
};

class Root {
 public:
  explicit Root(freshet_root* handle) : handle_(handle) {}
  freshet_root_info info() const {
    freshet_root_info info = FRESHET_ROOT_INFO_INIT;
    detail::Outcome out;
    out.check(freshet_root_get(handle_.get(), &info, out.error()));
    return info;
  }
  std::string uri() const { return info().uri; }

 private:
  detail::Handle<freshet_root, freshet_root_free> handle_;
};

class Chunks {
 public:
  using Iterator = detail::Iterator<Chunks, freshet_chunk_info>;
  explicit Chunks(freshet_chunks* handle) : handle_(handle) {}
  std::size_t size() const { return freshet_chunks_count(handle_.get()); }
  freshet_chunk_info operator[](std::size_t index) const {
    freshet_chunk_info info = FRESHET_CHUNK_INFO_INIT;
    detail::Outcome out;
    out.check(freshet_chunks_get(handle_.get(), index, &info, out.error()));
    return info;
  }
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

 private:
  detail::Handle<freshet_chunks, freshet_chunks_free> handle_;
};

class Element {
 public:
  explicit Element(freshet_element* handle) : handle_(handle) {}
  freshet_element_info info() const {
    freshet_element_info info = FRESHET_ELEMENT_INFO_INIT;
    detail::Outcome out;
    out.check(freshet_element_get(handle_.get(), &info, out.error()));
    return info;
  }

 private:
  detail::Handle<freshet_element, freshet_element_free> handle_;
};

class Hits {
 public:
  using Iterator = detail::Iterator<Hits, freshet_hit>;
  explicit Hits(freshet_hits* handle) : handle_(handle) {}
  std::size_t size() const { return freshet_hits_count(handle_.get()); }
  // 0, or after how many rows the search for more that pass the filter was ended.
  std::uint32_t ended_after() const { return freshet_hits_ended_after(handle_.get()); }
  freshet_hit operator[](std::size_t index) const {
    freshet_hit hit = FRESHET_HIT_INIT;
    detail::Outcome out;
    out.check(freshet_hits_get(handle_.get(), index, &hit, out.error()));
    return hit;
  }
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }
  std::string to_json() const {
    char* json = nullptr;
    detail::Outcome out;
    out.check(freshet_hits_to_json(handle_.get(), &json, out.error()));
    return detail::take(json);
  }

 private:
  detail::Handle<freshet_hits, freshet_hits_free> handle_;
};

// What freshet_embed() made of texts, in their order.
class Vectors {
 public:
  explicit Vectors(freshet_vectors* handle) : handle_(handle) {}
  std::size_t size() const { return freshet_vectors_count(handle_.get()); }
  std::size_t dimension() const { return freshet_vectors_dimension(handle_.get()); }
  std::string model() const { return freshet_vectors_model(handle_.get()); }
  std::vector<float> operator[](std::size_t index) const {
    const float* vector = nullptr;
    detail::Outcome out;
    out.check(freshet_vectors_get(handle_.get(), index, &vector, out.error()));
    return {vector, vector + dimension()};
  }

 private:
  detail::Handle<freshet_vectors, freshet_vectors_free> handle_;
};

class Policy;

// Copies share one repository.
class Repository {
 public:
  explicit Repository(const std::string& directory, const std::string& options = {}) {
    freshet_repository* opened = nullptr;
    detail::Outcome out;
    out.check(freshet_repository_open(detail::c_text(directory), detail::c_text_or_null(options),
                                      &opened, out.error()));
    handle_.reset(opened, freshet_repository_close);
  }

  freshet_repository_info info() const {
    freshet_repository_info info = FRESHET_REPOSITORY_INFO_INIT;
    detail::Outcome out;
    out.check(freshet_repository_info_get(get(), &info, out.error()));
    return info;
  }
  std::string status() const { return text_of(freshet_repository_status); }

  std::optional<Root> find_root(const std::string& uri) const {
    freshet_root* root = nullptr;
    detail::Outcome out;
    if (!out.found(freshet_repository_find_root(get(), detail::c_text(uri), &root, out.error())))
      return std::nullopt;
    return Root(root);
  }
  bool exists_root(const std::string& uri) const {
    std::int32_t exists = 0;
    detail::Outcome out;
    out.check(freshet_repository_exists_root(get(), detail::c_text(uri), &exists, out.error()));
    return exists != 0;
  }
  // Calls `each` with every root, until it returns false.
  void each_root(const std::function<bool(const Root&)>& each) const {
    freshet_roots* listing = nullptr;
    detail::Outcome out;
    out.check(freshet_repository_list_roots(get(), &listing, out.error()));
    const detail::Handle<freshet_roots, freshet_roots_free> owner(listing);
    for (;;) {
      freshet_root* root = nullptr;
      detail::Outcome next;
      next.check(freshet_roots_next(listing, &root, next.error()));
      if (root == nullptr || !each(Root(root))) return;
    }
  }
  // Elements and chunks removed; nothing where the root is not known.
  std::optional<std::uint64_t> delete_root_and_descendants(const std::string& uri) {
    std::uint64_t count = 0;
    detail::Outcome out;
    const freshet_status status = freshet_repository_delete_root_and_descendants(
        get(), detail::c_text(uri), &count, out.error());
    return out.found(status) ? std::optional(count) : std::nullopt;
  }
  // `reason` may be null.
  void trigger_root(const std::string& uri, const char* reason = nullptr) {
    detail::Outcome out;
    out.check(freshet_trigger_root(get(), detail::c_text(uri), reason, out.error()));
  }
  std::uint64_t trigger_prefix(const std::string& prefix, const char* reason = nullptr) {
    std::uint64_t count = 0;
    detail::Outcome out;
    out.check(freshet_trigger_prefix(get(), detail::c_text(prefix), reason, &count, out.error()));
    return count;
  }
  // The accounts of past runs; see freshet/runs.h.
  std::string runs(std::size_t limit, std::uint64_t before = 0) const {
    char* json = nullptr;
    detail::Outcome out;
    out.check(freshet_runs_list(get(), before, limit, &json, out.error()));
    return detail::take(json);
  }
  std::string run(std::uint64_t id) const {
    char* json = nullptr;
    detail::Outcome out;
    out.check(freshet_runs_get(get(), id, &json, out.error()));
    return detail::take(json);
  }
  std::string triggers(std::size_t limit) const {
    char* json = nullptr;
    detail::Outcome out;
    out.check(freshet_trigger_list(get(), limit, &json, out.error()));
    return detail::take(json);
  }
  // All that is known of a root, as JSON; with a configuration also what a run with it would decide.
  std::string explain_root(const std::string& uri, const std::string& config = {},
                           const Limits& limits = {}) {
    char* json = nullptr;
    detail::Outcome out;
    out.check(freshet_explain_root(get(), detail::c_text(uri), detail::c_text_or_null(config),
                                   detail::Call(limits).get(), &json, out.error()));
    return detail::take(json);
  }
  // Elements and chunks removed. The URIs stay out, also of later runs, until they are included.
  std::uint64_t exclude(const std::vector<std::string>& uris, const std::string& why = {}) {
    const std::vector<const char*> texts = detail::c_texts(uris);
    std::uint64_t removed = 0;
    detail::Outcome out;
    out.check(freshet_repository_exclude(get(), texts.data(), texts.size(), detail::c_text(why),
                                         &removed, out.error()));
    return removed;
  }
  // False where one of them is not excluded.
  bool include(const std::vector<std::string>& uris) {
    const std::vector<const char*> texts = detail::c_texts(uris);
    detail::Outcome out;
    return out.found(
        freshet_repository_include(get(), texts.data(), texts.size(), out.error()));
  }
  // As JSON.
  std::string excluded() const { return text_of(freshet_repository_list_excluded); }
  void set_flags(const std::string& uri, const std::string& flags) {
    detail::Outcome out;
    out.check(freshet_repository_set_flags(get(), detail::c_text(uri), detail::c_text(flags),
                                           out.error()));
  }

  freshet_write_result write_document(const Document& document, const std::string& options = {}) {
    freshet_write_result result = FRESHET_WRITE_RESULT_INIT;
    detail::Outcome out;
    out.check(freshet_repository_write_document(
        get(), document.get(), detail::c_text_or_null(options), &result, nullptr, out.error()));
    return result;
  }
  std::optional<Document> read_document(const std::string& uri) const {
    freshet_document* document = nullptr;
    detail::Outcome out;
    if (!out.found(
            freshet_repository_read_document(get(), detail::c_text(uri), &document, out.error())))
      return std::nullopt;
    return Document(document);
  }

  Chunks find_chunks(const std::vector<std::string>& ids) const {
    const std::vector<const char*> texts = detail::c_texts(ids);
    freshet_chunks* chunks = nullptr;
    detail::Outcome out;
    out.check(
        freshet_repository_find_chunks(get(), texts.data(), texts.size(), &chunks, out.error()));
    return Chunks(chunks);
  }
  std::optional<Chunks> root_chunks(const std::string& uri) const {
    freshet_chunks* chunks = nullptr;
    detail::Outcome out;
    if (!out.found(
            freshet_repository_root_chunks(get(), detail::c_text(uri), &chunks, out.error())))
      return std::nullopt;
    return Chunks(chunks);
  }
  Chunks expand(const std::string& chunk_id, std::uint32_t before, std::uint32_t after) const {
    freshet_chunks* chunks = nullptr;
    detail::Outcome out;
    out.check(freshet_repository_expand(get(), detail::c_text(chunk_id), before, after, &chunks,
                                        out.error()));
    return Chunks(chunks);
  }
  std::optional<Element> find_element(const std::string& id) const {
    freshet_element* element = nullptr;
    detail::Outcome out;
    if (!out.found(
            freshet_repository_find_element(get(), detail::c_text(id), &element, out.error())))
      return std::nullopt;
    return Element(element);
  }
  // A JSON array of ids; nothing where there is no way.
  std::optional<std::string> path_from_root(const std::string& id) const {
    char* json = nullptr;
    detail::Outcome out;
    if (!out.found(
            freshet_repository_path_from_root(get(), detail::c_text(id), &json, out.error())))
      return std::nullopt;
    return detail::take(json);
  }

  Hits query(const std::string& text, const std::string& options = {}, const Limits& limits = {}) {
    freshet_hits* hits = nullptr;
    detail::Outcome out;
    out.check(freshet_query_run(get(), detail::c_text(text), detail::c_text_or_null(options),
                                detail::Call(limits).get(), &hits, out.error()));
    return Hits(hits);
  }

  // The nearest rows to a vector, such as embed() gives.
  Hits query_vector(const std::vector<float>& vector, const std::string& options = {},
                    const Limits& limits = {}) {
    freshet_hits* hits = nullptr;
    detail::Outcome out;
    out.check(freshet_query_vector(get(), vector.data(), vector.size(),
                                   detail::c_text_or_null(options), detail::Call(limits).get(),
                                   &hits, out.error()));
    return Hits(hits);
  }
  // One vector a text. `purpose` is FRESHET_PURPOSE_…; without a configuration the embedder is the
  // one that the last refresh delivered with.
  Vectors embed(const std::vector<std::string>& texts,
                std::int32_t purpose = FRESHET_PURPOSE_DOCUMENT, const std::string& config = {},
                const Limits& limits = {}) {
    const std::vector<const char*> pointers = detail::c_texts(texts);
    freshet_vectors* vectors = nullptr;
    detail::Outcome out;
    out.check(freshet_embed(get(), detail::c_text_or_null(config), pointers.data(), pointers.size(),
                            purpose, detail::Call(limits).get(), &vectors, out.error()));
    return Vectors(vectors);
  }

  // Of the whole directory, as JSON.
  std::string namespaces() const { return text_of(freshet_namespaces_list); }
  // Takes a namespace away, from the store and from the repository.
  void drop_namespace(const std::string& name, const std::string& options = {},
                      const Limits& limits = {}) {
    detail::Outcome out;
    out.check(freshet_namespaces_drop(get(), detail::c_text(name), detail::c_text_or_null(options),
                                      detail::Call(limits).get(), out.error()));
  }

  // {"custom":"name"} in the configurations of runs means `policy`; null takes the name away.
  void name_policy(const std::string& name, const Policy* policy);

  std::string check(const Limits& limits = {}) const {
    return text_of(freshet_repository_check, detail::Call(limits).get());
  }
  std::string verify_store(const std::string& options = {}, const Limits& limits = {}) {
    char* json = nullptr;
    detail::Outcome out;
    out.check(freshet_store_verify(get(), detail::c_text_or_null(options),
                                   detail::Call(limits).get(), &json, out.error()));
    return detail::take(json);
  }
  std::string repair_store(const Limits& limits = {}) {
    return text_of(freshet_store_repair, detail::Call(limits).get());
  }
  // What is pending, now.
  std::string deliver(const Limits& limits = {}) {
    return text_of(freshet_store_deliver, detail::Call(limits).get());
  }
  void reset_store(const Limits& limits = {}) {
    detail::Outcome out;
    out.check(freshet_store_reset(get(), detail::Call(limits).get(), out.error()));
  }
  void backup(const std::string& directory, const Limits& limits = {}) const {
    detail::Outcome out;
    out.check(freshet_repository_backup(get(), detail::c_text(directory),
                                        detail::Call(limits).get(), out.error()));
  }
  // A snapshot in a directory or a bucket that has earlier ones; JSON, as freshet_backup_take() has it.
  std::string take_backup(const std::string& target, const std::string& options = {},
                          const Limits& limits = {}) const {
    return text_of(freshet_backup_take, detail::c_text(target), detail::c_text_or_null(options),
                   detail::Call(limits).get());
  }
  freshet_repository* get() const noexcept { return handle_.get(); }

 private:
  template <typename Function, typename... More>
  std::string text_of(Function function, More... more) const {
    char* json = nullptr;
    detail::Outcome out;
    out.check(function(get(), more..., &json, out.error()));
    return detail::take(json);
  }

  std::shared_ptr<freshet_repository> handle_;
};

class Reader {
 public:
  explicit Reader(const std::string& options = {}) {
    freshet_reader* made = nullptr;
    detail::Outcome out;
    out.check(freshet_reader_new(detail::c_text_or_null(options), &made, out.error()));
    handle_.reset(made);
  }
  Document read(std::string_view bytes, const std::string& uri, const std::string& media_type = {},
                const std::string& charset = {}) const {
    freshet_document* document = nullptr;
    detail::Outcome out;
    out.check(freshet_reader_read(get(), bytes.data(), bytes.size(), detail::c_text(uri),
                                  detail::c_text_or_null(media_type),
                                  detail::c_text_or_null(charset), &document, out.error()));
    return Document(document);
  }
  Document read_file(const std::string& path, const std::string& uri = {}) const {
    freshet_document* document = nullptr;
    detail::Outcome out;
    out.check(freshet_reader_read_file(get(), detail::c_text(path), detail::c_text_or_null(uri),
                                       &document, out.error()));
    return Document(document);
  }
  Document read_url(Repository& repository, const std::string& url,
                    const Limits& limits = {}) const {
    freshet_document* document = nullptr;
    detail::Outcome out;
    out.check(freshet_reader_read_url(get(), repository.get(), detail::c_text(url),
                                      detail::Call(limits).get(), &document, out.error()));
    return Document(document);
  }
  freshet_reader* get() const noexcept { return handle_.get(); }

 private:
  detail::Handle<freshet_reader, freshet_reader_free> handle_;
};

// Copies share one policy.
class Policy {
 public:
  using Decide = std::function<freshet_decision(const freshet_known&, std::int64_t now_ms)>;
  using Accept = std::function<bool(const freshet_known&, const freshet_document*)>;
  // The policy is the caller's, and outlives the one that selects it. Null: read what is not known yet.
  using Select = std::function<const Policy*(const std::string& uri)>;
  using Matches = std::function<bool(const std::string& uri)>;

  static Policy always() {
    freshet_policy* policy = nullptr;
    detail::Outcome out;
    out.check(freshet_policy_always(&policy, out.error()));
    return Policy(policy);
  }
  static Policy never_existing() {
    freshet_policy* policy = nullptr;
    detail::Outcome out;
    out.check(freshet_policy_never_existing(&policy, out.error()));
    return Policy(policy);
  }
  static Policy ttl(std::chrono::milliseconds ttl) {
    freshet_policy* policy = nullptr;
    detail::Outcome out;
    out.check(freshet_policy_ttl(ttl.count(), &policy, out.error()));
    return Policy(policy);
  }
  static Policy from_json(const std::string& json) {
    freshet_policy* policy = nullptr;
    detail::Outcome out;
    out.check(freshet_policy_from_json(detail::c_text(json), &policy, out.error()));
    return Policy(policy);
  }
  static Policy triggered() {
    freshet_policy* policy = nullptr;
    detail::Outcome out;
    out.check(freshet_policy_triggered(&policy, out.error()));
    return Policy(policy);
  }
  static Policy any(const std::vector<Policy>& policies) {
    return combined(freshet_policy_any, policies);
  }
  static Policy all(const std::vector<Policy>& policies) {
    return combined(freshet_policy_all, policies);
  }
  static Policy business_hours(const freshet_business_hours& hours) {
    freshet_policy* policy = nullptr;
    detail::Outcome out;
    out.check(freshet_policy_business_hours(&hours, &policy, out.error()));
    return Policy(policy);
  }
  // Start from FRESHET_ADAPTIVE_INIT.
  static Policy adaptive(const freshet_adaptive& terms) {
    detail::Outcome out;
    freshet_policy* policy = nullptr;
    out.check(freshet_policy_adaptive(&terms, &policy, out.error()));
    return Policy(policy);
  }
  static Policy metadata(const freshet_priorities& priorities = FRESHET_PRIORITIES_INIT) {
    freshet_policy* policy = nullptr;
    detail::Outcome out;
    out.check(freshet_policy_metadata(&priorities, &policy, out.error()));
    return Policy(policy);
  }
  // Called on any thread. One that throws fails: a no that is reported, and asked again soon.
  static Policy by_url(Select select) {
    freshet_url_functions functions = FRESHET_URL_FUNCTIONS_INIT;
    functions.select = &UrlFunctions::select;
    functions.release = &UrlFunctions::release;
    functions.payload = new UrlFunctions{std::move(select), nullptr};
    freshet_policy* policy = nullptr;
    detail::Outcome out;
    out.check(freshet_policy_by_url(&functions, &policy, out.error()));
    return Policy(policy);
  }
  static Policy matching(Matches matches) {
    freshet_url_functions functions = FRESHET_URL_FUNCTIONS_INIT;
    functions.matches = &UrlFunctions::matches;
    functions.release = &UrlFunctions::release;
    functions.payload = new UrlFunctions{nullptr, std::move(matches)};
    freshet_policy* policy = nullptr;
    detail::Outcome out;
    out.check(freshet_policy_matching(&functions, &policy, out.error()));
    return Policy(policy);
  }
  static Policy custom(Decide decide, Accept accept = nullptr) {
    freshet_custom_policy functions = FRESHET_CUSTOM_POLICY_INIT;
    functions.decide = &Functions::decide;
    functions.accept = accept ? &Functions::accept : nullptr;
    functions.release = &Functions::release;
    functions.payload = new Functions{std::move(decide), std::move(accept)};
    freshet_policy* policy = nullptr;
    detail::Outcome out;
    out.check(
        freshet_policy_custom(&functions, &policy, out.error()));  // releases them if it fails
    return Policy(policy);
  }

  std::string to_json() const {
    char* json = nullptr;
    detail::Outcome out;
    out.check(freshet_policy_to_json(get(), &json, out.error()));
    return detail::take(json);
  }
  freshet_decision decide(const Repository& repository, const std::string& uri) const {
    freshet_decision decision = FRESHET_DECISION_INIT;
    detail::Outcome out;
    out.check(freshet_policy_decide(get(), repository.get(), detail::c_text(uri), &decision,
                                    out.error()));
    return decision;
  }
  bool should_reread(const Repository& repository, const std::string& uri) const {
    return decide(repository, uri).refresh != 0;
  }
  bool should_refresh_document(const Repository& repository, const Document& document) const {
    std::int32_t refresh = 0;
    detail::Outcome out;
    out.check(freshet_policy_should_refresh_document(get(), repository.get(), document.get(),
                                                     &refresh, out.error()));
    return refresh != 0;
  }
  // What was stored; nothing where the policy said no.
  std::optional<Document> ingest_if_needed(Repository& repository, const Reader& reader,
                                           const std::string& uri,
                                           const Limits& limits = {}) const {
    freshet_document* document = nullptr;
    detail::Outcome out;
    out.check(freshet_policy_ingest_if_needed(get(), repository.get(), reader.get(),
                                              detail::c_text(uri), detail::Call(limits).get(),
                                              &document, out.error()));
    if (document == nullptr) return std::nullopt;
    return Document(document);
  }
  freshet_policy* get() const noexcept { return handle_.get(); }

 private:
  static Policy combined(freshet_status (*combine)(const freshet_policy* const*, std::size_t,
                                                   freshet_policy**, freshet_error**) noexcept,
                         const std::vector<Policy>& policies) {
    std::vector<const freshet_policy*> handles;
    for (const Policy& each : policies) handles.push_back(each.get());
    freshet_policy* policy = nullptr;
    detail::Outcome out;
    out.check(combine(handles.data(), handles.size(), &policy, out.error()));
    return Policy(policy);
  }

  struct UrlFunctions {
    Select select_function;
    Matches matches_function;

    static freshet_status select(void* payload, const char* uri,
                                 const freshet_policy** out_policy) noexcept {
      try {
        const Policy* selected = static_cast<UrlFunctions*>(payload)->select_function(uri);
        if (selected != nullptr) *out_policy = selected->get();
        return FRESHET_OK;
      } catch (...) {
        return FRESHET_E_POLICY_FAILED;
      }
    }
    static freshet_status matches(void* payload, const char* uri, std::int32_t* out) noexcept {
      try {
        *out = static_cast<UrlFunctions*>(payload)->matches_function(uri) ? 1 : 0;
        return FRESHET_OK;
      } catch (...) {
        return FRESHET_E_POLICY_FAILED;
      }
    }
    static void release(void* payload) noexcept { delete static_cast<UrlFunctions*>(payload); }
  };

  struct Functions {
    Decide decide_function;
    Accept accept_function;

    static freshet_status decide(void* payload, const freshet_known* known, std::int64_t now_ms,
                                 freshet_decision* out) noexcept {
      const std::size_t size = out->struct_size;
      try {
        *out = static_cast<Functions*>(payload)->decide_function(*known, now_ms);
      } catch (const std::exception& thrown) {
        std::snprintf(out->reason, sizeof out->reason, "%s", thrown.what());
        return FRESHET_E_POLICY_FAILED;
      } catch (...) {
        return FRESHET_E_POLICY_FAILED;
      }
      out->struct_size = size;
      return FRESHET_OK;
    }
    static freshet_status accept(void* payload, const freshet_known* known,
                                 const freshet_document* document,
                                 std::int32_t* out_accept) noexcept {
      try {
        *out_accept = static_cast<Functions*>(payload)->accept_function(*known, document) ? 1 : 0;
        return FRESHET_OK;
      } catch (...) {
        return FRESHET_E_POLICY_FAILED;
      }
    }
    static void release(void* payload) noexcept { delete static_cast<Functions*>(payload); }
  };

  explicit Policy(freshet_policy* handle) : handle_(handle, freshet_policy_free) {}
  std::shared_ptr<freshet_policy> handle_;
};

inline void Repository::name_policy(const std::string& name, const Policy* policy) {
  detail::Outcome out;
  out.check(freshet_repository_name_policy(get(), detail::c_text(name),
                                           policy != nullptr ? policy->get() : nullptr,
                                           out.error()));
}

// A run. Destroying it cancels it and waits.
class Refresh {
 public:
  // Starts and returns at once. `policy` may be null. The limits are the run's; with an on_event
  // there are no events to poll, and the run may not be destroyed by it.
  static Refresh start(Repository& repository, const std::string& config,
                       const Policy* policy = nullptr, const Limits& limits = {}) {
    auto kept = std::make_unique<Limits>(limits);
    freshet_refresh* refresh = nullptr;
    detail::Outcome out;
    out.check(freshet_refresh_start(repository.get(), detail::c_text(config),
                                    policy ? policy->get() : nullptr, detail::Call(*kept).get(),
                                    &refresh, out.error()));
    return Refresh(refresh, std::move(kept));
  }
  // Runs to the end.
  static Refresh run(Repository& repository, const std::string& config,
                     const Policy* policy = nullptr, const Limits& limits = {}) {
    freshet_refresh* refresh = nullptr;
    detail::Outcome out;
    out.check(freshet_refresh_run(repository.get(), detail::c_text(config),
                                  policy ? policy->get() : nullptr, detail::Call(limits).get(),
                                  &refresh, out.error()));
    return Refresh(refresh, nullptr);
  }
  Refresh(Refresh&&) noexcept = default;
  // The run that was held ends before what it calls goes.
  Refresh& operator=(Refresh&& other) noexcept {
    handle_ = std::move(other.handle_);
    limits_ = std::move(other.limits_);
    return *this;
  }

  // The next event; nothing after the last. `timeout` below 0 waits without limit; Error with
  // FRESHET_E_TIMEOUT when it has passed. Texts are borrowed until the next event.
  std::optional<freshet_event> next_event(
      std::chrono::milliseconds timeout = std::chrono::milliseconds(-1)) {
    freshet_event event = FRESHET_EVENT_INIT;
    detail::Outcome out;
    out.check(freshet_refresh_next_event(get(), timeout.count(), &event, out.error()));
    if (event.kind == FRESHET_EVENT_NONE) return std::nullopt;
    return event;
  }
  // Readable while an event waits, and after the last one; borrowed.
  int event_descriptor() const {
    std::int32_t descriptor = -1;
    detail::Outcome out;
    out.check(freshet_refresh_event_fd(get(), &descriptor, out.error()));
    return descriptor;
  }
  void wait() const {
    detail::Outcome out;
    out.check(freshet_refresh_wait(get(), -1, out.error()));
  }
  // False: it goes on.
  bool wait_for(std::chrono::milliseconds timeout) const {
    detail::Outcome out;
    const freshet_status status =
        freshet_refresh_wait(get(), timeout.count() < 0 ? 0 : timeout.count(), out.error());
    if (status == FRESHET_E_TIMEOUT) return false;
    out.check(status);
    return true;
  }
  void cancel() {
    detail::Outcome out;
    out.check(freshet_refresh_cancel(get(), out.error()));
  }
  freshet_refresh_counts counts() const {
    freshet_refresh_counts counts = FRESHET_REFRESH_COUNTS_INIT;
    detail::Outcome out;
    out.check(freshet_refresh_counts_get(get(), &counts, out.error()));
    return counts;
  }
  int exit_code() const {
    std::int32_t code = 0;
    detail::Outcome out;
    out.check(freshet_refresh_exit_code(get(), &code, out.error()));
    return code;
  }
  // Borrowed from the run, which has to have ended.
  std::string_view report() const {
    const char* json = nullptr;
    std::size_t size = 0;
    detail::Outcome out;
    out.check(freshet_refresh_report(get(), &json, &size, out.error()));
    return {json, size};
  }
  // The next root of the report; nothing after the last. Texts are borrowed until the next one.
  std::optional<freshet_root_result> next_root() {
    freshet_root_result root = FRESHET_ROOT_RESULT_INIT;
    detail::Outcome out;
    out.check(freshet_refresh_next_root(get(), &root, out.error()));
    if (root.outcome == 0) return std::nullopt;
    return root;
  }
  freshet_refresh* get() const noexcept { return handle_.get(); }

 private:
  Refresh(freshet_refresh* handle, std::unique_ptr<Limits> limits)
      : limits_(std::move(limits)), handle_(handle) {}
  std::unique_ptr<Limits> limits_;  // what the run calls, until it is freed
  detail::Handle<freshet_refresh, freshet_refresh_free> handle_;
};

// Keeps sources fresh by their schedules; see freshet/service.h. Destroying it stops it and waits.
class Service {
 public:
  Service(Repository& repository, const std::string& config) {
    freshet_service* service = nullptr;
    detail::Outcome out;
    out.check(freshet_service_open(repository.get(), detail::c_text(config), &service,
                                   out.error()));
    handle_.reset(service);
  }
  void start() {
    detail::Outcome out;
    out.check(freshet_service_start(get(), out.error()));
  }
  // Below 0 waits without limit; Error with FRESHET_E_TIMEOUT where a run goes on.
  void stop(std::chrono::milliseconds timeout = std::chrono::milliseconds(-1)) {
    detail::Outcome out;
    out.check(freshet_service_stop(get(), timeout.count(), out.error()));
  }
  void trigger(const std::string& source) {
    detail::Outcome out;
    out.check(freshet_service_trigger(get(), detail::c_text(source), out.error()));
  }
  void trigger_all() {
    detail::Outcome out;
    out.check(freshet_service_trigger(get(), nullptr, out.error()));
  }
  void reload(const std::string& config) {
    detail::Outcome out;
    out.check(freshet_service_reload(get(), detail::c_text(config), out.error()));
  }
  std::string statistics() const {
    char* json = nullptr;
    detail::Outcome out;
    out.check(freshet_service_statistics(get(), &json, out.error()));
    return detail::take(json);
  }
  // The next event of any of its runs; nothing after the last. Texts are borrowed until the next one.
  std::optional<freshet_event> next_event(
      std::chrono::milliseconds timeout = std::chrono::milliseconds(-1)) {
    freshet_event event = FRESHET_EVENT_INIT;
    detail::Outcome out;
    out.check(freshet_service_next_event(get(), timeout.count(), &event, out.error()));
    if (event.kind == FRESHET_EVENT_NONE) return std::nullopt;
    return event;
  }
  freshet_service* get() const noexcept { return handle_.get(); }

 private:
  detail::Handle<freshet_service, freshet_service_free> handle_;
};

// All that a run would refuse of a configuration, as JSON; see freshet/config.h. `repository` may be
// null.
inline std::string check_config(Repository* repository, const std::string& config,
                                const std::string& options = {}) {
  char* json = nullptr;
  detail::Outcome out;
  out.check(freshet_config_check(repository != nullptr ? repository->get() : nullptr,
                                 detail::c_text(config), detail::c_text_or_null(options), &json,
                                 out.error()));
  return detail::take(json);
}

// The snapshots of a backup, and a repository made of one; JSON, as freshet/backup.h has it.
inline std::string list_backup(const std::string& target, const std::string& options = {},
                               const Limits& limits = {}) {
  char* json = nullptr;
  detail::Outcome out;
  out.check(freshet_backup_list(detail::c_text(target), detail::c_text_or_null(options),
                                detail::Call(limits).get(), &json, out.error()));
  return detail::take(json);
}
inline std::string restore_backup(const std::string& target, const std::string& directory,
                                  const std::string& options = {}, const Limits& limits = {}) {
  char* json = nullptr;
  detail::Outcome out;
  out.check(freshet_backup_restore(detail::c_text(target), detail::c_text(directory),
                                   detail::c_text_or_null(options), detail::Call(limits).get(),
                                   &json, out.error()));
  return detail::take(json);
}

// What the shards in "from" have goes to the new ones in "to"; what these have then, as JSON.
inline std::string move_shards(const std::string& options, const Limits& limits = {}) {
  char* json = nullptr;
  detail::Outcome out;
  out.check(freshet_shards_move(detail::c_text(options), detail::Call(limits).get(), &json,
                                out.error()));
  return detail::take(json);
}

// The log of the process; see freshet/log.h. Null: none.
inline void set_log(freshet_log_callback callback, void* payload = nullptr) {
  detail::Outcome out;
  out.check(freshet_log_set(callback, payload, out.error()));
}

// A plugin of this program; see freshet/plugins.h.
inline void register_plugin(const std::string& manifest, const freshet_provider& provider) {
  detail::Outcome out;
  out.check(freshet_plugins_register(detail::c_text(manifest), &provider, out.error()));
}
inline void unregister_plugin(const std::string& plugin) {
  detail::Outcome out;
  out.check(freshet_plugins_unregister(detail::c_text(plugin), out.error()));
}

class Plugins {
 public:
  using Iterator = detail::Iterator<Plugins, freshet_plugin_info>;
  explicit Plugins(const std::string& options = {}) {
    freshet_plugins* opened = nullptr;
    detail::Outcome out;
    out.check(freshet_plugins_open(detail::c_text_or_null(options), &opened, out.error()));
    handle_.reset(opened);
  }
  std::size_t size() const { return freshet_plugins_count(handle_.get()); }
  freshet_plugin_info operator[](std::size_t index) const {
    freshet_plugin_info info = FRESHET_PLUGIN_INFO_INIT;
    detail::Outcome out;
    out.check(freshet_plugins_get(handle_.get(), index, &info, out.error()));
    return info;
  }
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }
  std::string list() const {
    char* json = nullptr;
    detail::Outcome out;
    out.check(freshet_plugins_list(handle_.get(), &json, out.error()));
    return detail::take(json);
  }
  static std::string check(const std::string& manifest, const std::string& options = {},
                           const Limits& limits = {}) {
    char* json = nullptr;
    detail::Outcome out;
    out.check(freshet_plugins_check(detail::c_text(manifest), detail::c_text_or_null(options),
                                    detail::Call(limits).get(), &json, out.error()));
    return detail::take(json);
  }

 private:
  detail::Handle<freshet_plugins, freshet_plugins_free> handle_;
};

}  // namespace freshet
