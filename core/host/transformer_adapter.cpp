#include <algorithm>

#include "core/base/json.hpp"
#include "core/host/instance.hpp"
#include "core/host/taker.hpp"
#include "freshet/plugin/transformer.h"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;
using ports::Enriched;
using ports::Passage;

constexpr std::size_t most_chunk_text = std::size_t{1} << 20;
constexpr std::size_t most_added_metadata = 4096;

// The host's end of a freshet_transform_sink.
class EnrichedTaker : public Taker {
 public:
  EnrichedTaker(const std::shared_ptr<const Caller>& caller, const base::Cancel& cancel,
                std::size_t chunks)
      : Taker(caller, cancel), made_(chunks), described_(chunks) {}

  static freshet_transform_sink sink(void* end) {
    return {sizeof(freshet_transform_sink), end,
            [](void* payload, std::size_t index, const char* text, std::size_t size) {
              return reach<EnrichedTaker>(
                  payload, [&](auto& to) { return to.keep_text(index, text, size); });
            },
            [](void* payload, std::size_t index, const char* json) {
              return reach<EnrichedTaker>(payload,
                                          [&](auto& to) { return to.keep_metadata(index, json); });
            },
            [](void* payload, std::size_t index, freshet_status status, const char* message) {
              return reach<EnrichedTaker>(
                  payload, [&](auto& to) { return to.reject(index, status, message); });
            }};
  }

  base::Result<std::vector<Enriched>> result(base::Status called) {
    FRESHET_TRY(take_status());  // ours comes first
    FRESHET_TRY(std::move(called));
    return std::move(made_);
  }

 private:
  base::Status keep_text(std::size_t index, const char* text, std::size_t size) {
    FRESHET_TRY(check_index(index));
    if (made_[index].text)
      return broken(caller_, fmt::format("gave the text of the chunk {} twice", index));
    if (size > most_chunk_text)
      return broken(caller_,
                    fmt::format("gave a text of {} bytes, at most {}", size, most_chunk_text));
    if (text == nullptr || base::trim({text, size}).empty())
      return broken(caller_, fmt::format("left no text of the chunk {}", index));
    if (!base::is_utf8({text, size}))
      return broken(caller_, fmt::format("the text of the chunk {} is not UTF-8", index));
    made_[index].text.emplace(text, size);
    return {};
  }

  base::Status keep_metadata(std::size_t index, const char* json) {
    FRESHET_TRY(check_index(index));
    if (described_[index])
      return broken(caller_, fmt::format("gave the metadata of the chunk {} twice", index));
    described_[index] = true;
    const std::string_view text = json == nullptr ? std::string_view() : json;
    if (text.size() > most_added_metadata)
      return broken(caller_, fmt::format("gave metadata of {} bytes, at most {}", text.size(),
                                         most_added_metadata));
    auto parsed = base::parse_json(text, "metadata");
    if (!parsed || !parsed->is_object())
      return broken(caller_, fmt::format("the metadata of the chunk {} is no JSON object", index));
    made_[index].metadata = *std::move(parsed);
    return {};
  }

  base::Status reject(std::size_t index, freshet_status status, const char* message) {
    FRESHET_TRY(check_index(index));
    const auto code = static_cast<Code>(status);
    if (code == Code::ok || base::code_name(code) == "unknown")
      return broken(caller_, fmt::format("rejected the chunk {} with {}, which is no failure",
                                         index, status));
    const bool said = message != nullptr && *message != '\0';
    made_[index].rejection = safe_error(
        base::make_error(code, said ? message : "rejected without saying why", caller_.plugin));
    return {};
  }

  base::Status check_index(std::size_t index) const {
    if (index < made_.size()) return {};
    return broken(caller_, fmt::format("gave a chunk {} of {}", index, made_.size()));
  }

  std::vector<Enriched> made_;
  std::vector<bool> described_;
};

// A request as the plugin takes it. Borrows from the passages.
class RawRequest {
 public:
  explicit RawRequest(std::span<const Passage> passages) {
    raw_chunks_.reserve(passages.size());
    for (const Passage& passage : passages) add(passage);
    for (const freshet_transform_chunk& chunk : raw_chunks_) chunks_.push_back(&chunk);
    raw_ = {sizeof raw_, chunks_.data(), chunks_.size()};
  }
  RawRequest(const RawRequest&) = delete;
  RawRequest& operator=(const RawRequest&) = delete;
  const freshet_transform_request* get() const { return &raw_; }

 private:
  struct RawDocument {
    explicit RawDocument(const model::Document& document)
        : of(&document),
          text(model::text_of(document)),
          metadata(base::dump_json(document.metadata)),
          raw{sizeof raw,       document.uri.c_str(), document.title.c_str(),
              metadata.c_str(), text.c_str(),         text.size()} {}
    RawDocument(const RawDocument&) = delete;
    RawDocument& operator=(const RawDocument&) = delete;
    const model::Document* of;
    const std::string text, metadata;
    const freshet_transform_document raw;
  };

  void add(const Passage& passage) {
    if (documents_.empty() || documents_.back()->of != passage.document)
      documents_.push_back(std::make_unique<RawDocument>(*passage.document));
    const model::Chunk& chunk = *passage.chunk;
    const model::Structure& place = chunk.structure;
    const std::string& section =
        place.leaf_section_title.empty() ? place.container_section_title : place.leaf_section_title;
    raw_chunks_.push_back({sizeof(freshet_transform_chunk), &documents_.back()->raw,
                           chunk.text.c_str(), chunk.text.size(), section.c_str(),
                           chunk.url.c_str(), chunk.span.begin, chunk.span.end});
  }

  std::vector<std::unique_ptr<RawDocument>> documents_;
  std::vector<freshet_transform_chunk> raw_chunks_;
  std::vector<const freshet_transform_chunk*> chunks_;
  freshet_transform_request raw_{};
};

class PluginTransformer : public ports::Transformer {
 public:
  PluginTransformer(Instance<freshet_transformer_table> instance, std::string name,
                    std::string fingerprint, std::size_t max_chunks)
      : instance_(std::move(instance)),
        name_(std::move(name)),
        fingerprint_(std::move(fingerprint)),
        max_chunks_(max_chunks) {}

  const std::string& name() const override { return name_; }
  const std::string& fingerprint() const override { return fingerprint_; }
  std::size_t max_chunks() const override { return max_chunks_; }

  base::Result<std::vector<Enriched>> transform(std::span<const Passage> passages,
                                                const base::Cancel& cancel) const override {
    const RawRequest request(passages);
    EnrichedTaker taker(instance_.caller(), cancel, passages.size());
    const Lent lent(taker);
    const freshet_transform_sink sink = lent.sink();
    return taker.result(instance_.call(&freshet_transformer_table::transform, "transform", cancel,
                                       nullptr, request.get(), &sink));
  }

 private:
  Instance<freshet_transformer_table> instance_;
  const std::string name_, fingerprint_;
  const std::size_t max_chunks_;
};

}  // namespace

base::Result<std::unique_ptr<ports::Transformer>> adapt_transformer(const Opening& opening) {
  FRESHET_ASSIGN(auto instance,
                 Instance<freshet_transformer_table>::open(opening, FRESHET_PLUGIN_TRANSFORMER,
                                                           FRESHET_TRANSFORMER_TABLE_SIZE_1));
  freshet_transformer_info raw{};
  raw.struct_size = sizeof raw;
  FRESHET_TRY(instance.call(&freshet_transformer_table::info, "info", {}, nullptr, &raw));
  if (raw.max_chunks == 0) return broken(*opening.caller, "says that it takes no chunks");
  FRESHET_ASSIGN(std::string fingerprint, fingerprint_of(opening, raw.fingerprint));
  return std::make_unique<PluginTransformer>(std::move(instance), opening.name,
                                             std::move(fingerprint), raw.max_chunks);
}

}  // namespace freshet::host
