#include "answer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <freshet/sdk/base64.hpp>

namespace embedder_openai {
namespace {

constexpr std::uint64_t most_tokens_used = std::uint64_t{1} << 40;  // nobody's request has as many

[[noreturn]] void nonsense(const sdk::Response& response, const std::string& what) {
  throw sdk::Failure(FRESHET_E_REMOTE, "the server's answer " + what, response.url);
}

// What is no JSON object says as much as an empty one.
Json parsed(const sdk::Response& response) {
  Json json = Json::parse(response.body, nullptr, false);
  return json.is_object() ? std::move(json) : Json::object();
}

std::vector<float> vector_of(const sdk::Response& response, const Json& embedding) {
  if (embedding.is_string()) {
    auto floats = sdk::floats_of_base64(embedding.get_ref<const std::string&>());
    if (!floats) nonsense(response, "has a vector that is not base64 of floats");
    return *std::move(floats);
  }
  if (!embedding.is_array()) nonsense(response, "has something else in place of a vector");
  std::vector<float> floats;
  floats.reserve(embedding.size());
  for (const Json& each : embedding) {
    if (!each.is_number()) nonsense(response, "has a vector with something else than numbers");
    floats.push_back(static_cast<float>(each.get<double>()));
  }
  return floats;
}

void check_vector(const sdk::Response& response, const std::vector<float>& vector,
                  std::size_t dimension) {
  if (vector.empty() || vector.size() != dimension)
    nonsense(response, "has a vector of " + std::to_string(vector.size()) + " dimensions, not " +
                           std::to_string(dimension));
  if (!std::all_of(vector.begin(), vector.end(), [](float each) { return std::isfinite(each); }))
    nonsense(response, "has a vector that is not finite");
  if (std::all_of(vector.begin(), vector.end(), [](float each) { return each == 0.0f; }))
    nonsense(response, "has a vector that is all zero");
}

// Its place among `count`, which no other vector has.
std::size_t index_of(const sdk::Response& response, const Json& item, const Answer& answer) {
  const auto index = item.find("index");
  if (index == item.end() || !index->is_number_unsigned())
    nonsense(response, "has a vector without an index");
  const auto at = index->get<std::uint64_t>();
  if (at >= answer.vectors.size())
    nonsense(response,
             "has a vector " + std::to_string(at) + " of " + std::to_string(answer.vectors.size()));
  if (!answer.vectors[at].empty())
    nonsense(response, "has the vector " + std::to_string(at) + " twice");
  return at;
}

std::uint64_t tokens_of(const sdk::Response& response, const Json& json) {
  const Json usage = json.value("usage", Json());
  if (!usage.is_object() || !usage.contains("total_tokens")) return 0;
  const Json& total = usage["total_tokens"];
  if (!total.is_number_unsigned() || total.get<std::uint64_t>() > most_tokens_used)
    nonsense(response, "says that it used " + total.dump() + " tokens");
  return total.get<std::uint64_t>();
}

// The first text among `names`, or "".
std::string text_in(const Json& json, std::initializer_list<const char*> names) {
  if (json.is_object())
    for (const char* name : names)
      if (const auto found = json.find(name); found != json.end() && found->is_string())
        return found->get<std::string>();
  return {};
}

// "1s", "6m0s", "7.66s", "20ms" in milliseconds; -1 where it is something else.
std::int64_t wait_of(std::string_view text) {
  double sum = 0;
  const std::string_view whole = text;
  while (!text.empty()) {
    double number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || !(number >= 0) || number > 1e9) return -1;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    const std::string_view unit = text.substr(0, text.find_first_of("0123456789."));
    text.remove_prefix(unit.size());
    const double factor = unit == "h" ? 3.6e6 : unit == "m" ? 6e4 : unit == "s" ? 1e3 : 1;
    if (factor == 1 && unit != "ms") return -1;
    sum += number * factor;
  }
  return whole.empty() ? -1 : static_cast<std::int64_t>(sum);
}

}  // namespace

Answer read_answer(const sdk::Response& response, std::size_t count, std::uint32_t dimension) {
  const Json json = parsed(response);
  const auto data = json.find("data");
  if (data == json.end() || !data->is_array()) nonsense(response, "has no list of vectors");
  if (data->size() != count)
    nonsense(response, "has " + std::to_string(data->size()) + " vectors for " +
                           std::to_string(count) + " texts");
  Answer answer;
  answer.vectors.resize(count);
  std::size_t numbers = dimension;
  for (const Json& item : *data) {
    if (!item.is_object()) nonsense(response, "has something else in place of a vector");
    std::vector<float> vector = vector_of(response, item.value("embedding", Json()));
    if (numbers == 0) numbers = vector.size();
    check_vector(response, vector, numbers);
    answer.vectors[index_of(response, item, answer)] = std::move(vector);
  }
  answer.model = text_in(json, {"model"});
  answer.tokens = tokens_of(response, json);
  return answer;
}

Problem read_problem(const sdk::Response& response) {
  const Json json = parsed(response);
  Problem problem{"HTTP status " + std::to_string(response.status), {}};
  const Json inner = json.value("error", Json());  // OpenAI's form; others put it on the outside
  const Json& from = inner.is_object() ? inner : json;
  const std::string words = text_in(from, {"message", "error", "detail"});
  if (!words.empty()) problem.message += ": " + words;
  problem.kind = text_in(from, {"code", "type"});
  return problem;
}

sdk::Failure refusal_of(const sdk::Response& response) {
  const freshet_status status = [&] {
    switch (response.status) {
      case 401:
      case 402:
      case 403:
      case 407:
        return FRESHET_E_DENIED;
      case 404:
        return FRESHET_E_NOT_FOUND;
      case 400:
      case 422:
        return FRESHET_E_INVALID_ARGUMENT;
      case 413:
        return FRESHET_E_LIMIT;
      default:
        return FRESHET_E_REMOTE;
    }
  }();
  return sdk::Failure(status, read_problem(response).message, response.url);
}

std::int64_t reset_of(const sdk::Response& response) {
  return std::max(wait_of(response.header("x-ratelimit-reset-requests")),
                  wait_of(response.header("x-ratelimit-reset-tokens")));
}

}  // namespace embedder_openai
