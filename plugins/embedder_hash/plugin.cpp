// embedder_hash/plugin.cpp - an embedder without a model, for tests and offline trials.
#include <freshet/sdk/freshet_sdk.hpp>

#include "hash.hpp"

namespace embedder_hash {
namespace {

namespace sdk = freshet::sdk;

constexpr std::size_t texts_between_looks = 64;

class Embedder : public sdk::Embedder {
 public:
  Embedder(sdk::Call&, const nlohmann::json& options) {
    info_.dimension = options.at("dimension").get<std::uint32_t>();
    info_.model = "hash-" + std::to_string(info_.dimension) + "-v1";
    info_.max_inputs = 1024;
  }

  const sdk::EmbedderInfo& info(sdk::Call&) override { return info_; }

  void embed(sdk::Call& call, const sdk::EmbedRequest& request, sdk::VectorSink& sink) override {
    const auto texts = request.texts;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (i % texts_between_looks == 0) call.check();
      sink(i, embedder_hash::embed(texts[i], info_.dimension));
    }
  }

 private:
  sdk::EmbedderInfo info_;
};

const void* get(std::string_view kind, std::string_view name) {
  return kind == FRESHET_PLUGIN_EMBEDDER && name == "hash" ? sdk::embedder_table<Embedder>()
                                                           : nullptr;
}

}  // namespace
}  // namespace embedder_hash

FRESHET_SDK_PLUGIN("embedder_hash", FRESHET_PLUGIN_VERSION, embedder_hash::get)
