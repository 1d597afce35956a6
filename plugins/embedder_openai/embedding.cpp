#include "embedding.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace embedder_openai {
namespace {

// Where one text may have made the server refuse all of them.
bool may_be_a_text(int status) {
  return status == 400 || status == 413 || status == 422 || status >= 500;
}

// How many inputs, from the first, go into one request; at least one.
std::size_t fitting(Part inputs, const Options& options) {
  std::uint64_t bytes = 0;
  std::size_t count = 0;
  for (; count < inputs.size() && count < options.batch; ++count) {
    bytes += inputs[count].json.size();
    const bool over = bytes > options.batch_bytes || bytes / 4 > options.batch_tokens;
    if (over && count > 0) break;
  }
  return count;
}

}  // namespace

void Embedding::run(const sdk::EmbedRequest& request) {
  take(request);
  for (Part left = inputs_; !left.empty();) {
    next_.push_back(left.first(fitting(left, server_.options())));
    left = left.subspan(next_.back().size());
  }
  while (!next_.empty()) {
    call_.check();
    const std::vector<Part> all = std::exchange(next_, {});
    const std::size_t at_once = server_.options().concurrency;
    for (std::span<const Part> parts = all; !parts.empty();) {
      send(parts.first(std::min(at_once, parts.size())));
      parts = parts.subspan(std::min(at_once, parts.size()));
    }
  }
}

// A server would refuse these for all others that come with them.
void Embedding::take(const sdk::EmbedRequest& request) {
  const Options& options = server_.options();
  const std::string& prefix = request.query ? options.query_prefix : options.document_prefix;
  for (std::size_t i = 0; i < request.texts.size(); ++i) {
    if (request.texts[i].empty()) {
      sink_.reject(i, FRESHET_E_INVALID_ARGUMENT, "an empty text has no embedding");
      continue;
    }
    try {
      inputs_.push_back({i, Json(prefix + std::string(request.texts[i])).dump()});
    } catch (const Json::type_error&) {
      sink_.reject(i, FRESHET_E_INVALID_ARGUMENT, "the text is not UTF-8");
    }
  }
}

void Embedding::send(std::span<const Part> parts) {
  std::uint64_t tokens = 0;
  asked_base64_ = server_.base64();
  std::vector<sdk::Request> requests;
  for (const Part part : parts) {
    tokens += tokens_of(part);
    requests.push_back(server_.request(call_, part));
  }
  server_.budget().reserve(tokens);
  std::vector<sdk::Outcome> outcomes(parts.size(), {FRESHET_E_CANCELLED, {}, "cancelled"});
  std::exception_ptr failed;  // the first; what the others brought is given all the same
  const auto attempt = [&](auto&& step) {
    try {
      step();
    } catch (...) {
      if (!failed) failed = std::current_exception();
    }
  };
  attempt([&] {
    call_.send_many(requests, [&](std::size_t index, sdk::Outcome outcome) {
      outcomes[index] = std::move(outcome);
    });
  });
  for (std::size_t i = 0; i < parts.size(); ++i)
    attempt([&] { settle(parts[i], std::move(outcomes[i])); });
  server_.budget().settle(tokens, std::exchange(used_, 0));
  if (failed) std::rethrow_exception(failed);
}

void Embedding::settle(Part part, sdk::Outcome outcome) {
  if (outcome.status != FRESHET_OK && outcome.status != FRESHET_E_RATE_LIMITED)
    throw sdk::Failure(outcome.status, outcome.message);
  const bool busy = outcome.status != FRESHET_OK || is_busy(outcome.response.status);
  const sdk::Response response =
      busy ? server_.insist(call_, part, outcome.response) : std::move(outcome.response);
  if (response.status == 200) return give(part, response);
  if (!may_be_a_text(response.status)) throw refusal_of(response);
  refuse(part, response);
}

void Embedding::give(Part part, const sdk::Response& response) {
  const Answer answer = server_.read(response, part.size());
  used_ += answer.tokens == 0 ? tokens_of(part) : answer.tokens;
  if (answer.tokens != 0) sink_.used(answer.tokens);
  for (std::size_t i = 0; i < part.size(); ++i) sink_(part[i].index, answer.vectors[i]);
}

// Not before the server has taken a word is the text at fault: a server that is down, or that does
// not know an option, refuses everything.
void Embedding::refuse(Part part, const sdk::Response& response) {
  server_.prove(call_, response.status >= 500);
  if (asked_base64_ && !server_.base64()) return next_.push_back(part);
  if (part.size() == 1) {
    const sdk::Failure why = refusal_of(response);
    return sink_.reject(part[0].index, why.status, why.message);
  }
  next_.push_back(part.first(part.size() / 2));
  next_.push_back(part.subspan(part.size() / 2));
}

}  // namespace embedder_openai
