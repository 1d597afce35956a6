// store_chroma/client.hpp - requests to a Chroma server, through the host's HTTP, and what its
// answers mean.
#pragma once

#include <string>

#include <freshet/sdk/json.hpp>

#include <freshet/sdk/call.hpp>
#include "server.hpp"

namespace store_chroma {

namespace sdk = freshet::sdk;
using Json = nlohmann::json;

struct Options {
  std::string url;            // without a slash at its end; empty: a server of our own
  std::string path, program;  // of that
  std::int64_t start_timeout_ms = 0;
  std::string tenant, database;
  std::string token;         // a reference; empty: none
  std::string token_header;  // "authorization" makes it a Bearer token
  std::string metric;        // cosine, l2 or ip
  std::uint32_t max_batch = 1, concurrent_writes = 1;
  std::int64_t timeout_ms = 0;
  bool is_cloud = false;

  std::size_t rows_a_page() const { return is_cloud ? 300 : 1000; }  // of one answer
  std::size_t most_words() const { return is_cloud ? 6 : 16; }  // the Cloud takes 8 tests a request
};

Options options_of(const Json& json);

// Immutable; any thread may ask.
class Client {
 public:
  explicit Client(Options options);
  const Options& options() const { return options_; }

  // Of the server: "/pre-flight-checks".
  Json get(const sdk::Call& call, const std::string& path) const;

  // Of the database: "", "/NAME", "/UUID/upsert" below its collections. Throws FRESHET_E_NOT_FOUND
  // where the server does not know what the path names.
  Json collections(const sdk::Call& call, const std::string& method, const std::string& path,
                   std::string body = {}) const;

 private:
  Json send(const sdk::Call& call, const std::string& method, const std::string& path,
            std::string body) const;
  std::vector<sdk::Header> headers(const sdk::Call& call) const;

  sdk::Response answer_to(const sdk::Call& call, sdk::Request request,
                          const std::string& path) const;

  Options options_;
  std::shared_ptr<OwnServer> server_;  // null: options_.url names one
  std::string database_;               // the path of its collections
};

// What a 4xx means, in the server's own words where it has some.
sdk::Failure meaning_of(const sdk::Response& response);

}  // namespace store_chroma
