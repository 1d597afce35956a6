// A plugin of every kind, as small as it can be, to be compiled against headers
// of another version: see grown_headers.py.
#include <map>
#include <mutex>

#include "sdk/freshet_sdk.hpp"

namespace {

namespace sdk = freshet::sdk;
using Options = nlohmann::json;

class Loader : public sdk::Loader {
 public:
  Loader(sdk::Call&, const Options&) {}
  sdk::Listing list(sdk::Call&, const sdk::ListingRequest&, sdk::ListingSink& sink) override {
    for (const char* uri : {"grown:/a", "grown:/b", "grown:/c"}) sink({.uri = uri, .version = "1"});
    return {};
  }
  void fetch(sdk::Call&, const sdk::Entry& entry, const std::optional<std::string>& known,
             sdk::FetchSink& sink) override {
    if (!entry.uri.starts_with("grown:/")) return sink.gone(false);
    if (known == "1") return sink.not_modified();
    sink.content({.bytes = entry.uri, .media_type = "text/plain", .version = "1"});
  }
};

class Reader : public sdk::Reader {
 public:
  Reader(sdk::Call&, const Options&) {}
  void read(sdk::Call&, const sdk::ReadRequest& request, sdk::DocumentBuilder& document) override {
    if (request.bytes.find('\0') != std::string_view::npos)
      throw sdk::Failure(FRESHET_E_PARSE, "is no text");
    document.title(request.media_type + request.charset);
    document.metadata("uri", request.uri);
    document.section(1, "Whole");
    document.text(request.bytes);
  }
};

class Embedder : public sdk::Embedder {
 public:
  Embedder(sdk::Call&, const Options&) : info_{"grown", 2, 16, 0} {}
  const sdk::EmbedderInfo& info(sdk::Call&) override { return info_; }
  void embed(sdk::Call&, const sdk::EmbedRequest& request, sdk::VectorSink& sink) override {
    for (std::size_t i = 0; i < request.texts.size(); ++i) {
      const float vector[] = {1, static_cast<float>(request.texts[i].size() % 100)};
      sink(i, vector);
    }
  }

 private:
  sdk::EmbedderInfo info_;
};

class Transformer : public sdk::Transformer {
 public:
  Transformer(sdk::Call&, const Options&) {}
  const sdk::TransformerInfo& info(sdk::Call&) override { return info_; }
  void transform(sdk::Call&, const sdk::TransformRequest& request,
                 sdk::TransformSink& sink) override {
    for (std::size_t i = 0; i < request.chunks.size(); ++i) {
      const sdk::TransformChunk& chunk = request.chunks[i];
      sink.text(i, chunk.document->title + ": " + std::string(chunk.text));
      sink.metadata(i, {{"section", chunk.section}, {"at", chunk.span_begin}});
    }
  }

 private:
  const sdk::TransformerInfo info_{.max_chunks = 16};
};

class Tokenizer : public sdk::Tokenizer {
 public:
  Tokenizer(sdk::Call&, const Options&) {}
  const sdk::TokenizerInfo& info(sdk::Call&) override { return info_; }
  std::vector<std::size_t> split(sdk::Call&, std::string_view text) override {
    std::vector<std::size_t> ends(text.size());
    for (std::size_t i = 0; i < ends.size(); ++i) ends[i] = i + 1;
    return ends;
  }

 private:
  const sdk::TokenizerInfo info_{.name = "bytes"};
};

class Store : public sdk::Store {
 public:
  Store(sdk::Call&, const Options&) {}
  sdk::StoreInfo info(sdk::Call&) override { return {.max_batch = 50}; }
  void ensure(sdk::Call&, const sdk::Namespace& wanted) override {
    const std::lock_guard lock(mutex());
    const auto [at, made] =
        all().try_emplace(wanted.name, Rows{wanted.dimension, wanted.model, {}});
    if (!made && (at->second.dimension != wanted.dimension || at->second.model != wanted.model))
      throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, "was made otherwise", wanted.name);
  }
  void upsert(sdk::Call&, const std::string& ns, std::span<const sdk::Record> records,
              sdk::ConfirmSink& confirm) override {
    const std::lock_guard lock(mutex());
    for (const sdk::Record& each : records) {
      const std::string id(each.id);
      of(ns).rows[id] = {0,
                         id,
                         std::string(each.digest),
                         std::string(each.text),
                         std::string(each.uri),
                         std::string(each.title),
                         std::string(each.url),
                         std::string(each.path),
                         std::string(each.metadata)};
      confirm(id);
    }
  }
  void remove(sdk::Call&, const std::string& ns, std::span<const std::string_view> ids,
              sdk::ConfirmSink& confirm) override {
    const std::lock_guard lock(mutex());
    for (const std::string_view id : ids) {
      of(ns).rows.erase(std::string(id));
      confirm(std::string(id));
    }
  }
  void get(sdk::Call&, const std::string& ns, std::span<const std::string_view> ids,
           sdk::FoundSink& found) override {
    const std::lock_guard lock(mutex());
    for (const std::string_view id : ids)
      if (const auto at = of(ns).rows.find(std::string(id)); at != of(ns).rows.end())
        found(at->second);
  }
  void list(sdk::Call&, const std::string& ns, const std::string& cursor, std::uint32_t limit,
            sdk::ListSink& page) override {
    const std::lock_guard lock(mutex());
    const auto& rows = of(ns).rows;
    auto at = rows.upper_bound(cursor);
    for (; at != rows.end() && limit > 0; ++at, --limit) page.row(at->first, at->second.digest);
    if (at != rows.end()) page.next(std::prev(at)->first);
  }
  std::uint64_t count(sdk::Call&, const std::string& ns) override {
    const std::lock_guard lock(mutex());
    return of(ns).rows.size();
  }
  void reset(sdk::Call&, const std::string& ns) override {
    const std::lock_guard lock(mutex());
    all().erase(ns);
  }

 private:
  struct Rows {
    std::uint32_t dimension = 0;
    std::string model;
    std::map<std::string, sdk::Found> rows;
  };
  static std::map<std::string, Rows>& all() {
    static std::map<std::string, Rows> all;
    return all;
  }
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  static Rows& of(const std::string& ns) {
    if (const auto at = all().find(ns); at != all().end()) return at->second;
    throw sdk::Failure(FRESHET_E_NOT_FOUND, "there is no such namespace", ns);
  }
};

const void* get(std::string_view kind, std::string_view name) {
  if (name != "grown") return nullptr;
  if (kind == FRESHET_PLUGIN_LOADER) return sdk::loader_table<Loader>();
  if (kind == FRESHET_PLUGIN_READER) return sdk::reader_table<Reader>();
  if (kind == FRESHET_PLUGIN_EMBEDDER) return sdk::embedder_table<Embedder>();
  if (kind == FRESHET_PLUGIN_TRANSFORMER) return sdk::transformer_table<Transformer>();
  if (kind == FRESHET_PLUGIN_TOKENIZER) return sdk::tokenizer_table<Tokenizer>();
  return kind == FRESHET_PLUGIN_STORE ? sdk::store_table<Store>() : nullptr;
}

}  // namespace

FRESHET_SDK_PLUGIN("grown", "1.0", get)
