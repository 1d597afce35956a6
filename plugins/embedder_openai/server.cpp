#include "server.hpp"

#include <utility>

namespace embedder_openai {
namespace {

constexpr std::uint64_t most_dimensions = 65'536;
constexpr std::uint64_t bytes_a_number = 40;  // in decimal, with blanks and a line of its own
constexpr std::uint64_t bytes_around = 512;   // a vector
constexpr std::uint64_t bytes_at_least = 64 << 10;

bool is_about_money(const Problem& problem) {
  return problem.kind == "insufficient_quota" || problem.kind == "billing_not_active";
}

}  // namespace

std::uint64_t tokens_of(Part part) {
  std::uint64_t tokens = 0;
  for (const Input& input : part) tokens += (input.json.size() + 3) / 4;
  return tokens;
}

Server::Server(Options options)
    : options_(std::move(options)),
      budget_(options_.max_tokens_total),
      base64_(options_.base64),
      dimension_(options_.dimensions) {}

sdk::Request Server::request(const sdk::Call& call, Part part) const {
  sdk::Request request;
  request.url = options_.url;
  request.method = "POST";
  request.timeout_ms = options_.timeout_ms;
  request.refusals = true;
  const std::uint64_t numbers = dimension_ == 0 ? most_dimensions : dimension_.load();
  request.max_bytes = bytes_at_least + part.size() * (bytes_around + numbers * bytes_a_number);
  for (const sdk::Header& header : options_.headers) {
    const bool secret = header.value.find("secret:") != std::string::npos;
    request.headers.push_back({header.name, secret ? call.secret(header.value) : header.value});
  }
  if (!options_.key.empty())
    request.headers.push_back({"Authorization", "Bearer " + call.secret(options_.key)});
  request.body = "{\"model\":" + Json(options_.model).dump() + ",\"encoding_format\":\"" +
                 (base64_ ? "base64" : "float") + "\",";
  if (options_.dimensions != 0)
    request.body += "\"dimensions\":" + std::to_string(options_.dimensions) + ",";
  request.body += "\"input\":";
  char before = '[';
  for (const Input& input : part) (request.body += std::exchange(before, ',')) += input.json;
  request.body += "]}";
  return request;
}

Answer Server::read(const sdk::Response& response, std::size_t count) {
  Answer answer = read_answer(response, count, dimension_);
  learn(answer, response);
  return answer;
}

// Vectors of two models cannot be compared, whatever name was asked for.
void Server::learn(const Answer& answer, const sdk::Response& response) {
  const std::lock_guard lock(mutex_);
  if (model_.empty()) model_ = answer.model;
  if (!answer.model.empty() && answer.model != model_)
    throw sdk::Failure(FRESHET_E_REMOTE,
                       "the server answers as the model " + Json(answer.model).dump() +
                           ", and as " + Json(model_).dump() + " before",
                       response.url);
  dimension_ = static_cast<std::uint32_t>(answer.vectors.front().size());
  proven_ = true;
}

sdk::Response Server::insist(const sdk::Call& call, Part part, const sdk::Response& refusal) const {
  const Problem problem = read_problem(refusal);
  if (is_about_money(problem)) throw sdk::Failure(FRESHET_E_DENIED, problem.message, refusal.url);
  sdk::Request again = request(call, part);
  again.refusals = false;
  try {
    return call.send(again);
  } catch (const sdk::Failure& failure) {
    const std::int64_t reset = refusal.header("retry-after").empty() ? reset_of(refusal) : -1;
    if (failure.status == FRESHET_E_RATE_LIMITED && reset >= 0)
      throw sdk::Failure(failure.status, problem.message, refusal.url, reset);
    if (failure.status != FRESHET_E_REMOTE || refusal.status < 500) throw;
    return refusal;
  }
}

sdk::Response Server::ask(const sdk::Call& call, Part part) const {
  sdk::Response response = call.send(request(call, part));
  return is_busy(response.status) ? insist(call, part, response) : response;
}

void Server::prove(const sdk::Call& call, bool again) {
  const std::lock_guard lock(proving_);
  if (proven_ && !again) return;
  const Input word{0, "\"a\""};
  sdk::Response response = ask(call, {&word, 1});
  if (base64_ && !proven_ && (response.status == 400 || response.status == 422)) {
    base64_ = false;
    response = ask(call, {&word, 1});
  }
  if (response.status != 200) throw refusal_of(response);
  read(response, 1);
}

}  // namespace embedder_openai
