// embedder_openai/plugin.cpp - the embedder "openai": vectors from a server with POST /v1/embeddings.
#include <algorithm>
#include <limits>

#include "embedding.hpp"

namespace embedder_openai {
namespace {

std::uint32_t product(std::uint32_t a, std::uint32_t b) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min(std::uint64_t{a} * b, most));
}

class OpenAi : public sdk::Embedder {
 public:
  OpenAi(sdk::Call& call, const Json& options) : server_(read_options(options)) {
    if (server_.dimension() == 0) server_.prove(call, false);
    const Options& own = server_.options();
    info_.model = name_of_space(own);
    info_.tokenizer = own.tokenizer;
    info_.dimension = server_.dimension();
    info_.max_inputs = product(own.batch, own.concurrency);
    info_.max_tokens = product(own.batch_tokens, own.concurrency);
    info_.max_bytes = own.batch_bytes * own.concurrency;
    info_.max_text_tokens = own.max_text_tokens;
  }

  const sdk::EmbedderInfo& info(sdk::Call&) override { return info_; }

  void embed(sdk::Call& call, const sdk::EmbedRequest& request, sdk::VectorSink& sink) override {
    Embedding(server_, call, sink).run(request);
  }

 private:
  Server server_;
  sdk::EmbedderInfo info_;
};

const void* get(std::string_view kind, std::string_view name) {
  return kind == FRESHET_PLUGIN_EMBEDDER && name == "openai" ? sdk::embedder_table<OpenAi>()
                                                             : nullptr;
}

}  // namespace
}  // namespace embedder_openai

FRESHET_SDK_PLUGIN("embedder_openai", FRESHET_PLUGIN_VERSION, embedder_openai::get)
