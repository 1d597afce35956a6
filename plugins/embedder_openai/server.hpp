// embedder_openai/server.hpp - one server: how it is asked, and what is known of it by now.
#pragma once

#include <atomic>
#include <mutex>
#include <span>
#include <string>

#include "answer.hpp"
#include "budget.hpp"
#include "options.hpp"

namespace embedder_openai {

// A text that is to be embedded.
struct Input {
  std::size_t index = 0;  // in the call
  std::string json;       // with its prefix, as it is sent
};
using Part = std::span<const Input>;  // of one request

// 429 and 5xx: what may be over soon.
inline bool is_busy(int status) { return status == 429 || status >= 500; }

// About four bytes a token, as the host estimates.
std::uint64_t tokens_of(Part part);

// Thread-safe.
class Server {
 public:
  explicit Server(Options options);
  const Options& options() const { return options_; }
  Budget& budget() { return budget_; }

  // Its answer may be a refusal: 429 and 5xx come at once.
  sdk::Request request(const sdk::Call& call, Part part) const;
  // Sends it once more, now with all the patience of the host, unless what was refused is a matter of
  // money. Gives the refusal back where the server goes on failing.
  sdk::Response insist(const sdk::Call& call, Part part, const sdk::Response& refusal) const;
  Answer read(const sdk::Response& response, std::size_t count);

  // Embeds a word, so that what is refused next is at fault itself and not the way of asking. Throws
  // where even that is refused. From a server that does not know base64 floats are asked from now on.
  // Something that was embedded before will do, unless it is to be tried `again`.
  void prove(const sdk::Call& call, bool again);
  bool base64() const { return base64_; }

  // Of its vectors; 0: not known before something was embedded.
  std::uint32_t dimension() const { return dimension_; }

 private:
  sdk::Response ask(const sdk::Call& call, Part part) const;
  void learn(const Answer& answer, const sdk::Response& response);

  const Options options_;
  Budget budget_;
  std::atomic<bool> base64_;
  std::atomic<bool> proven_ = false;
  std::atomic<std::uint32_t> dimension_;
  std::mutex proving_;  // one thread finds out for all
  std::mutex mutex_;
  std::string model_;  // as the server called it first; guarded by mutex_
};

}  // namespace embedder_openai
