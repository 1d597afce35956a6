// embedder_openai/options.hpp - the options, read. docs/embedders.md explains them, the manifest
// gives their defaults and has been kept to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <freshet/sdk/freshet_sdk.hpp>

namespace embedder_openai {

namespace sdk = freshet::sdk;
using Json = nlohmann::json;

struct Options {
  std::string url;  // of the embeddings
  std::string model;
  std::string key;                   // a reference; empty: none
  std::vector<sdk::Header> headers;  // references to secrets are words in values
  std::uint32_t dimensions = 0;      // to be asked for; 0: as many as the model has
  bool base64 = true;
  std::string query_prefix, document_prefix;
  std::uint32_t batch = 1, batch_tokens = 0, concurrency = 1;
  std::uint64_t batch_bytes = 0;
  std::uint32_t max_text_tokens = 0;   // 0: unknown
  std::string tokenizer;               // empty: unknown
  std::uint64_t max_tokens_total = 0;  // 0: no budget
  std::int64_t timeout_ms = 0;
};

Options read_options(const Json& json);

// Names the vector space: what makes the vectors of documents is in it, and nothing else.
std::string name_of_space(const Options& options);

}  // namespace embedder_openai
