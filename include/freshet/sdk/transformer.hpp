// freshet/sdk/transformer.hpp - a class as a transformer table.
#pragma once

#include <freshet/plugin/transformer.h>

#include <freshet/sdk/loader.hpp>

namespace freshet::sdk {

struct TransformerInfo {
  std::uint32_t max_chunks = 1;  // a request
  std::string fingerprint = {};  // of what transforms, such as a model; empty: the options say it
};

// The document that chunks are of.
struct TransformDocument {
  std::string uri, title;
  std::string metadata;   // a JSON object
  std::string_view text;  // all of it
};

struct TransformChunk {
  const TransformDocument* document;
  std::string_view text;  // as the transformers before this one have left it
  std::string section;    // the title of the section that it is of; or empty
  std::string url;
  std::uint64_t span_begin = 0, span_end = 0;  // in the document's text
};

// What is to be transformed: at most max_chunks, those of a document together. Borrowed for the call.
struct TransformRequest {
  std::span<const TransformChunk> chunks;
};

// What becomes of the chunks, from any thread; one of which nothing is said stays as it is. Every
// function throws where the host wants no more.
class TransformSink {
 public:
  explicit TransformSink(const freshet_transform_sink* raw)
      : raw_(detail::take(raw, FRESHET_TRANSFORM_SINK_SIZE_1, "transform_sink")) {}
  void text(std::size_t index, std::string_view text) const {
    detail::heed(raw_.text(raw_.payload, index, text.data(), text.size()));
  }
  // Is added, key by key.
  void metadata(std::size_t index, const nlohmann::json& object) const {
    detail::heed(raw_.metadata(raw_.payload, index, object.dump().c_str()));
  }
  // The chunk will not be transformed, however often it is asked for; its document fails.
  void reject(std::size_t index, freshet_status status, const std::string& why) const {
    detail::heed(raw_.reject(raw_.payload, index, status, why.c_str()));
  }

 private:
  const freshet_transform_sink raw_;
};

// Every function may run on many threads at once. What is thrown fails the call.
class Transformer {
 public:
  virtual ~Transformer() = default;
  // What the instance is; good as long as it is.
  virtual const TransformerInfo& info(Call& call) = 0;
  virtual void transform(Call& call, const TransformRequest& request, TransformSink& sink) = 0;
};

namespace detail {

inline freshet_status transformer_info(void* transformer, freshet_call* raw,
                                       freshet_transformer_info* out) {
  return serve<Transformer>(transformer, raw, [&](Transformer& object, Call& call) {
    const TransformerInfo& info = object.info(call);
    freshet_transformer_info filled{};
    filled.fingerprint = info.fingerprint.empty() ? nullptr : info.fingerprint.c_str();
    filled.max_chunks = info.max_chunks;
    give(out, filled);
  });
}

inline TransformDocument transform_document_of(const freshet_transform_document* raw) {
  const auto from = take(raw, FRESHET_TRANSFORM_DOCUMENT_SIZE_1, "transform_document");
  return {text_or_empty(from.uri),
          text_or_empty(from.title),
          text_or_empty(from.metadata),
          {from.text, from.size}};
}

// The chunks of one document follow each other, so that each is taken once.
inline void transform_with(Transformer& object, Call& call, const freshet_transform_request& from,
                           TransformSink& sink) {
  std::vector<std::unique_ptr<const TransformDocument>> documents;
  std::vector<TransformChunk> chunks;
  const freshet_transform_document* last = nullptr;
  for (std::size_t i = 0; i < from.count; ++i) {
    const auto chunk = take(from.chunks[i], FRESHET_TRANSFORM_CHUNK_SIZE_1, "transform_chunk");
    if (chunk.document != last)
      documents.push_back(
          std::make_unique<const TransformDocument>(transform_document_of(chunk.document)));
    last = chunk.document;
    chunks.push_back({documents.back().get(),
                      {chunk.text, chunk.size},
                      text_or_empty(chunk.section),
                      text_or_empty(chunk.url),
                      chunk.span_begin,
                      chunk.span_end});
  }
  object.transform(call, {chunks}, sink);
}

inline freshet_status transformer_transform(void* transformer, freshet_call* raw,
                                            const freshet_transform_request* request,
                                            const freshet_transform_sink* raw_sink) {
  return serve<Transformer>(transformer, raw, [&](Transformer& object, Call& call) {
    TransformSink sink(raw_sink);
    transform_with(object, call,
                   take(request, FRESHET_TRANSFORM_REQUEST_SIZE_1, "transform_request"), sink);
  });
}

}  // namespace detail

template <typename T>
const freshet_transformer_table* transformer_table() {
  static constexpr freshet_transformer_table table = {
      sizeof(freshet_transformer_table), detail::open<Transformer, T>, detail::transformer_info,
      detail::transformer_transform, detail::close<Transformer>};
  return &table;
}

}  // namespace freshet::sdk
