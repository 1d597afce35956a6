// embedder_openai.cpp - an embedder with the sdk: POST {url}/embeddings of an OpenAI-compatible server, through the host.
#include <string>

#include <freshet/sdk/freshet_sdk.hpp>

namespace {

namespace sdk = freshet::sdk;
using nlohmann::json;

class OpenAi : public sdk::Embedder {
 public:
  OpenAi(sdk::Call&, const json& options)
      : url_(options.at("url").get<std::string>()),
        key_(options.value("key", std::string())),
        model_(options.at("model").get<std::string>()),
        timeout_ms_(sdk::duration_ms(options.at("timeout"))) {
    info_.model = model_;
    info_.dimension = options.at("dimension").get<std::uint32_t>();
    info_.max_inputs = options.at("batch").get<std::uint32_t>();
  }

  const sdk::EmbedderInfo& info(sdk::Call&) override { return info_; }

  void embed(sdk::Call& call, const sdk::EmbedRequest& asked, sdk::VectorSink& sink) override {
    json body = {{"model", model_}, {"encoding_format", "float"}, {"input", json::array()}};
    for (const std::string_view text : asked.texts) body["input"].push_back(text);
    sdk::Request request;
    request.url = url_ + "/embeddings";
    request.method = "POST";
    request.headers = {{"content-type", "application/json"}};
    if (!key_.empty()) request.headers.push_back({"authorization", "Bearer " + call.secret(key_)});
    request.body = body.dump();
    request.timeout_ms = timeout_ms_;
    const sdk::Response response = call.send(request);
    if (response.status != 200) throw sdk::failure_of(response);
    const json answer = json::parse(response.body);
    for (const json& each : answer.at("data"))
      sink(each.at("index").get<std::size_t>(), each.at("embedding").get<std::vector<float>>());
    sink.used(answer.at("usage").at("total_tokens").get<std::uint64_t>());
  }

 private:
  const std::string url_, key_, model_;
  const std::int64_t timeout_ms_;
  sdk::EmbedderInfo info_;
};

const void* get(std::string_view kind, std::string_view name) {
  return kind == FRESHET_PLUGIN_EMBEDDER && name == "openai" ? sdk::embedder_table<OpenAi>()
                                                             : nullptr;
}

}  // namespace

FRESHET_SDK_PLUGIN("embedder_openai", "1.0.0", get)
