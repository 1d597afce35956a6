// sdk/embedder.hpp - a class as an embedder table.
#pragma once

#include <freshet/plugin/embedder.h>

#include "sdk/loader.hpp"

namespace freshet::sdk {

struct EmbedderInfo {
  std::string model;  // names the vector space
  std::uint32_t dimension = 0;
  std::uint32_t max_inputs = 1;  // texts a call
  std::uint32_t max_tokens = 0;  // a call, estimated; 0: no limit
};

// What is to be embedded. Borrowed for the call.
struct EmbedRequest {
  std::span<const std::string_view> texts;  // at most max_inputs
  bool query = false;  // a question, which many models embed otherwise than what answers it
};

class VectorSink {
 public:
  explicit VectorSink(const freshet_vector_sink* raw)
      : raw_(detail::take(raw, FRESHET_VECTOR_SINK_SIZE_1, "vector_sink")) {}
  // Once for each text, in any order. Throws where the host wants no more.
  void operator()(std::size_t index, std::span<const float> vector) const {
    detail::heed(raw_.vector(raw_.payload, index, vector.data(), vector.size()));
  }

 private:
  const freshet_vector_sink raw_;
};

// Every function may run on many threads at once. What is thrown fails the call.
class Embedder {
 public:
  virtual ~Embedder() = default;
  // What the instance is; good as long as it is.
  virtual const EmbedderInfo& info(Call& call) = 0;
  virtual void embed(Call& call, const EmbedRequest& request, VectorSink& sink) = 0;
};

namespace detail {

inline freshet_status embedder_info(void* embedder, freshet_call* raw, freshet_embedder_info* out) {
  return serve<Embedder>(embedder, raw, [&](Embedder& object, Call& call) {
    const EmbedderInfo& info = object.info(call);
    freshet_embedder_info filled{};
    filled.model = info.model.c_str();
    filled.dimension = info.dimension;
    filled.max_inputs = info.max_inputs;
    filled.max_tokens = info.max_tokens;
    give(out, filled);
  });
}

inline freshet_status embedder_embed(void* embedder, freshet_call* raw,
                                     const freshet_embed_request* request,
                                     const freshet_vector_sink* sink) {
  return serve<Embedder>(embedder, raw, [&](Embedder& object, Call& call) {
    const auto from = take(request, FRESHET_EMBED_REQUEST_SIZE_1, "embed_request");
    VectorSink vectors(sink);
    std::vector<std::string_view> texts;
    texts.reserve(from.count);
    for (std::size_t i = 0; i < from.count; ++i) texts.emplace_back(from.texts[i], from.sizes[i]);
    object.embed(call, {texts, from.purpose == FRESHET_EMBED_QUERY}, vectors);
  });
}

}  // namespace detail

template <typename T>
const freshet_embedder_table* embedder_table() {
  static constexpr freshet_embedder_table table = {sizeof(freshet_embedder_table),
                                                   detail::open<Embedder, T>, detail::embedder_info,
                                                   detail::embedder_embed, detail::close<Embedder>};
  return &table;
}

}  // namespace freshet::sdk
