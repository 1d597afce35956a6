#include "options.hpp"

#include <algorithm>

namespace embedder_openai {
namespace {

bool is_of_openai(const std::string& model) {
  return model == "text-embedding-ada-002" || model.starts_with("text-embedding-3-");
}

// "https://host/v1?api-version=1" has its embeddings at "https://host/v1/embeddings?api-version=1".
std::string embeddings_url(const std::string& base) {
  const std::size_t query = std::min(base.find('?'), base.size());
  std::string url = base.substr(0, query);
  while (url.ends_with('/')) url.pop_back();
  return url + "/embeddings" + base.substr(query);
}

bool is_authorization(const sdk::Header& header) {
  static constexpr std::string_view name = "authorization";
  return std::equal(header.name.begin(), header.name.end(), name.begin(), name.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

std::vector<sdk::Header> read_headers(const Json& json) {
  std::vector<sdk::Header> headers = {{"Content-Type", "application/json"}};
  if (json.contains("organization"))
    headers.push_back({"OpenAI-Organization", json["organization"]});
  if (json.contains("project")) headers.push_back({"OpenAI-Project", json["project"]});
  for (const auto& [name, value] : json.at("headers").items()) headers.push_back({name, value});
  if (json.contains("key") && std::any_of(headers.begin(), headers.end(), is_authorization))
    throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT,
                       "key says what the header Authorization is: leave one of them out",
                       "headers");
  return headers;
}

}  // namespace

Options read_options(const Json& json) {
  Options options;
  options.url = embeddings_url(json.at("base_url"));
  options.model = json.at("model");
  options.key = json.value("key", "");
  options.headers = read_headers(json);
  options.dimensions = json.value("dimensions", 0u);
  options.base64 = json.at("encoding_format") == "base64";
  options.query_prefix = json.at("query_prefix");
  options.document_prefix = json.at("document_prefix");
  options.batch = json.at("batch");
  options.batch_tokens = json.at("batch_tokens");
  options.batch_bytes = sdk::size_bytes(json.at("batch_bytes"));
  options.concurrency = json.at("concurrency");
  const bool known = is_of_openai(options.model);
  options.max_text_tokens = json.value("max_text_tokens", known ? 8192u : 0u);
  options.tokenizer = json.value("tokenizer", known ? "cl100k_base" : "");
  options.max_tokens_total = json.value("max_tokens_total", std::uint64_t{0});
  options.timeout_ms = sdk::duration_ms(json.at("timeout"));
  return options;
}

std::string name_of_space(const Options& options) {
  std::string name = options.model;
  if (options.dimensions != 0) name += "@" + std::to_string(options.dimensions);
  if (!options.document_prefix.empty()) name += " " + Json(options.document_prefix).dump();
  return name;
}

}  // namespace embedder_openai
