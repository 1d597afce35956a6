// embedder_openai/embedding.hpp - one call to embed: its texts are cut into requests, requests that
// are refused for their content are halved until the one bad text is found, and every vector is given
// away as soon as it is there, since it was paid for.
#pragma once

#include <optional>
#include <vector>

#include "server.hpp"

namespace embedder_openai {

class Embedding {
 public:
  Embedding(Server& server, const sdk::Call& call, const sdk::VectorSink& sink)
      : server_(server), call_(call), sink_(sink) {}
  void run(const sdk::EmbedRequest& request);

 private:
  void take(const sdk::EmbedRequest& request);
  void send(std::span<const Part> parts);
  void settle(Part part, sdk::Outcome outcome);
  void give(Part part, const sdk::Response& response);
  void refuse(Part part, const sdk::Response& response);

  Server& server_;
  const sdk::Call& call_;
  const sdk::VectorSink& sink_;
  std::vector<Input> inputs_;
  std::vector<Part> next_;     // still to be sent
  bool asked_base64_ = false;  // by the requests that are being settled
  std::uint64_t used_ = 0;     // tokens, by the requests that are being settled
};

}  // namespace embedder_openai
