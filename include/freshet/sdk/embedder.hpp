// freshet/sdk/embedder.hpp - a class as an embedder table.
#pragma once

#include <freshet/plugin/embedder.h>
#include <freshet/sdk/loader.hpp>

namespace freshet::sdk {

// A limit of 0 is none.
struct EmbedderInfo {
  std::string model;  // names the vector space
  std::uint32_t dimension = 0;
  std::uint32_t max_inputs = 1;       // texts a request
  std::uint32_t max_tokens = 0;       // a request, as the host estimates them
  std::uint32_t max_text_tokens = 0;  // a text
  std::uint64_t max_bytes = 0;        // a request
  std::string tokenizer = {};         // names what its tokens are counted with; empty: not told
};

// What is to be embedded. Borrowed for the call.
struct EmbedRequest {
  std::span<const std::string_view> texts;  // at most max_inputs
  bool query = false;  // a question, which many models embed otherwise than what answers it
};

// What becomes of the texts, from any thread. Every function throws where the host wants no more.
class VectorSink {
 public:
  explicit VectorSink(const freshet_vector_sink* raw)
      : raw_(detail::take(raw, FRESHET_VECTOR_SINK_SIZE_1, "vector_sink")) {}
  // The vector of a text.
  void operator()(std::size_t index, std::span<const float> vector) const {
    detail::heed(raw_.vector(raw_.payload, index, vector.data(), vector.size()));
  }
  // The text will not be embedded, however often it is asked for; the others keep their vectors.
  void reject(std::size_t index, freshet_status status, const std::string& why) const {
    detail::heed(raw_.reject(raw_.payload, index, status, why.c_str()));
  }
  // So many more tokens were used, as the service counts them.
  void used(std::uint64_t tokens) const { detail::heed(raw_.usage(raw_.payload, tokens)); }

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
    filled.tokenizer = info.tokenizer.empty() ? nullptr : info.tokenizer.c_str();
    filled.max_bytes = info.max_bytes;
    filled.dimension = info.dimension;
    filled.max_inputs = info.max_inputs;
    filled.max_tokens = info.max_tokens;
    filled.max_text_tokens = info.max_text_tokens;
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
