// tests/plugins/embedder_openai/server.hpp - a server of a few lines that can be told to be wrong, in
// place of the network.
#pragma once

#include <algorithm>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json_memory.hpp"
#include "core/host/plugins.hpp"

namespace freshet::testing {

using Strings = std::vector<std::string>;
using host::Json;

inline ports::HttpResponse reply(int status, const Json& body) {
  return {status, {}, body.dump(), "http://h/v1/embeddings", 0, 1, false};
}

inline ports::HttpResponse problem(int status, const std::string& message,
                                   const std::string& code = "") {
  const Json kind = code.empty() ? Json() : Json(code);
  return reply(status, {{"error", {{"message", message}, {"code", kind}}}});
}

// Answers as OpenAI does, unless `wrong` has something to say first.
class EmbeddingsServer : public ports::Http {
 public:
  base::Result<ports::HttpResponse> send(const ports::HttpRequest& request,
                                         const base::Cancel& cancel) override {
    if (cancel.requested()) return base::fail(base::Code::cancelled, "was cancelled");
    const Json body = Json::parse(request.body);
    const std::lock_guard lock(mutex);
    requests.push_back(request);
    inputs.push_back(body.at("input").get<Strings>());
    bodies.push_back(body);
    ports::HttpResponse response = wrong(body, inputs.back()).value_or(vectors(inputs.back()));
    const bool refused = response.status == 429 || response.status >= 500;
    if (!refused || request.refusals) return response;
    return base::fail(response.status == 429 ? base::Code::rate_limited : base::Code::remote,
                      "the server answered " + std::to_string(response.status));
  }
  void send_many(
      std::span<const ports::HttpRequest> all, const base::Cancel& cancel,
      const std::function<void(std::size_t, base::Result<ports::HttpResponse>)>& done) override {
    {
      const std::lock_guard lock(mutex);
      most_at_once = std::max(most_at_once, all.size());
    }
    for (std::size_t i = all.size(); i-- > 0;) done(i, send(all[i], cancel));
  }
  base::Result<std::string> resolve(std::string_view, std::string_view reference) const override {
    return std::string(reference);
  }
  ports::HttpCounters counters() const override { return {}; }

  // Of (1, size of the text, first byte), last one first.
  Json answer(const Strings& texts) const {
    Json data = Json::array();
    for (std::size_t i = texts.size(); i-- > 0;)
      data.push_back({{"object", "embedding"},
                      {"index", i},
                      {"embedding", {1, texts[i].size(), static_cast<int>(texts[i][0])}}});
    return {{"object", "list"},
            {"data", data},
            {"model", model},
            {"usage", {{"prompt_tokens", 10}, {"total_tokens", 10}}}};
  }
  ports::HttpResponse vectors(const Strings& texts) const { return reply(200, answer(texts)); }

  std::function<std::optional<ports::HttpResponse>(const Json& body, const Strings& texts)> wrong =
      [](const Json&, const Strings&) { return std::nullopt; };
  std::string model = "m";
  std::mutex mutex;
  std::vector<ports::HttpRequest> requests;
  std::vector<Strings> inputs;
  std::vector<Json> bodies;
  std::size_t most_at_once = 0;
};

}  // namespace freshet::testing
