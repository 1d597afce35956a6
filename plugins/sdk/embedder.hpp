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

class VectorSink {
 public:
  explicit VectorSink(const freshet_vector_sink* raw) : raw_(raw) {}
  // Once for each text, in any order.
  void operator()(std::size_t index, std::span<const float> vector) const {
    raw_->vector(raw_->payload, index, vector.data(), vector.size());
  }

 private:
  const freshet_vector_sink* raw_;
};

// Every function may run on many threads at once. What is thrown fails the call.
class Embedder {
 public:
  virtual ~Embedder() = default;
  // What the instance is; good as long as it is.
  virtual const EmbedderInfo& info(Call& call) = 0;
  virtual void embed(Call& call, std::span<const std::string_view> texts, VectorSink& sink) = 0;
};

namespace detail {

inline freshet_status embedder_info(void* embedder, freshet_call* raw, freshet_embedder_info* out) {
  return serve<Embedder>(embedder, raw, [&](Embedder& object, Call& call) {
    const EmbedderInfo& info = object.info(call);
    out->model = info.model.c_str();
    out->dimension = info.dimension;
    out->max_inputs = info.max_inputs;
    out->max_tokens = info.max_tokens;
  });
}

inline freshet_status embedder_embed(void* embedder, freshet_call* raw, const char* const* texts,
                                     const std::size_t* sizes, std::size_t count,
                                     const freshet_vector_sink* sink) {
  return serve<Embedder>(embedder, raw, [&](Embedder& object, Call& call) {
    VectorSink vectors(sink);
    std::vector<std::string_view> views;
    views.reserve(count);
    for (std::size_t i = 0; i < count; ++i) views.emplace_back(texts[i], sizes[i]);
    object.embed(call, views, vectors);
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
