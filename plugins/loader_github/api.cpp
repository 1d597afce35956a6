#include "loader_github/api.hpp"

#include <poll.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "loader_github/object.hpp"

namespace freshet::loader_github {
namespace {

constexpr std::int64_t unsaid_wait_ms = 60'000;  // what GitHub asks for where it names no time
constexpr std::uint64_t most_bytes = std::uint64_t{64} << 20;
constexpr int most_refusals = 10;
constexpr std::size_t most_error = 16 * 1024;  // bytes of an answer that is an error alone

std::optional<std::int64_t> number_in(const sdk::Response& response, std::string_view header) {
  const std::string_view text = response.header(header);
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size())
    return std::nullopt;
  return value;
}

std::string said_in(const sdk::Response& response) {
  const auto json = nlohmann::json::parse(response.body, nullptr, false);
  if (!json.is_object() || !json.contains("message") || !json["message"].is_string()) return {};
  return json["message"].get<std::string>().substr(0, 300);
}

// An answer of GraphQL that is nothing but an error of this type.
bool tells_of_limit(std::string_view body) {
  if (body.size() > most_error || body.find("RATE_LIMITED") == std::string_view::npos) return false;
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("errors") || !json["errors"].is_array()) return false;
  return std::any_of(json["errors"].begin(), json["errors"].end(),
                     [](const auto& error) { return text_of(error, "type") == "RATE_LIMITED"; });
}

// How long to leave it alone, where the answer says that a limit was reached: the primary one, of an hour, or a
// secondary one, which names no time at worst.
std::optional<std::int64_t> wait_of(const sdk::Response& response, std::int64_t now_ms) {
  const bool limited = response.status == 200 && tells_of_limit(response.body);  // of GraphQL
  if (response.status != 403 && response.status != 429 && !limited) return std::nullopt;
  if (const auto seconds = number_in(response, "retry-after")) return *seconds * 1000;
  if (number_in(response, "x-ratelimit-remaining") == 0)
    if (const auto reset = number_in(response, "x-ratelimit-reset"))
      return std::max<std::int64_t>(*reset * 1000 - now_ms, 0) + 1000;
  const std::string said = said_in(response);
  const bool secondary = said.find("rate limit") != std::string::npos;
  return limited || response.status == 429 || secondary ? std::optional(unsaid_wait_ms)
                                                        : std::nullopt;
}

void wait(const sdk::Call& call, std::int64_t ms) {
  for (const std::int64_t until = call.now_ms() + ms; call.now_ms() < until;) {
    call.check();
    (void)::poll(nullptr, 0, 100);
  }
}

// The URL between "<" and ">" before ; rel="next".
std::string_view next_in(std::string_view link) {
  for (std::size_t begin; (begin = link.find('<')) != std::string_view::npos;) {
    const std::size_t end = link.find('>', begin);
    if (end == std::string_view::npos) return {};
    const std::size_t comma = std::min(link.find(',', end), link.size());
    if (link.substr(end, comma - end).find("rel=\"next\"") != std::string_view::npos)
      return link.substr(begin + 1, end - begin - 1);
    link.remove_prefix(comma);
  }
  return {};
}

std::string without_query(std::string_view url) {
  return std::string(url.substr(0, url.find('?')));
}

}  // namespace

std::string Api::next_of(const sdk::Response& response, const std::string& url) const {
  const std::string next(next_in(response.header("link")));
  if (!next.empty() && !next.starts_with(options_.base_url + "/"))
    throw sdk::Failure(FRESHET_E_BLOCKED, "names a next page that is not of its API: " + next, url);
  return next;
}

Answer Api::read(const sdk::Response& response, const std::string& url) const {
  Answer answer;
  answer.status = response.status;
  answer.moved = response.redirects > 0;
  answer.etag = response.header("etag");
  if (response.status == 304 || response.status == 404 || response.status == 410) return answer;
  if (response.status != 200) {
    sdk::Failure failure = sdk::failure_of(response);
    if (const std::string said = said_in(response); !said.empty()) failure.message += ": " + said;
    throw failure;
  }
  answer.json = nlohmann::json::parse(response.body, nullptr, false);
  if (answer.json.is_discarded())
    throw sdk::Failure(FRESHET_E_REMOTE, "answered with something that is no JSON", url);
  answer.next = next_of(response, url);
  return answer;
}

sdk::Response Api::send(const sdk::Call& call, sdk::Request request) const {
  request.max_bytes = most_bytes;
  request.headers.push_back({"X-GitHub-Api-Version", "2022-11-28"});
  if (!options_.token.empty())
    request.headers.push_back({"Authorization", "Bearer " + call.secret(options_.token)});
  request.refusals = true;
  std::int64_t waited = 0;
  for (int refused = 0; refused < most_refusals; ++refused) {
    sdk::Response response = call.send(request);
    const auto ask_again = wait_of(response, call.now_ms());
    if (response.status >= 500)
      throw sdk::Failure(FRESHET_E_REMOTE, "HTTP status " + std::to_string(response.status),
                         request.url);
    if (!ask_again) return response;
    if (waited + *ask_again > options_.max_wait_ms)
      throw sdk::Failure(FRESHET_E_RATE_LIMITED,
                         "the limit of requests is reached for " +
                             std::to_string(*ask_again / 1000) + "s, longer than max_wait allows",
                         request.url, *ask_again);
    waited += *ask_again;
    wait(call, *ask_again);
  }
  throw sdk::Failure(FRESHET_E_RATE_LIMITED, "refuses each request for its rate", request.url,
                     unsaid_wait_ms);
}

Answer Api::get(const sdk::Call& call, const std::string& url, const std::string& etag) const {
  sdk::Request request;
  request.url = url;
  request.headers = {{"Accept", "application/vnd.github+json"}};
  if (!etag.empty()) request.headers.push_back({"If-None-Match", etag});
  return read(send(call, std::move(request)), url);
}

nlohmann::json Api::query(const sdk::Call& call, const std::string& text,
                          const nlohmann::json& variables) const {
  sdk::Request request;
  request.url = options_.graphql_url();
  request.method = "POST";
  request.headers = {{"Content-Type", "application/json"}};
  request.body = nlohmann::json{{"query", text}, {"variables", variables}}.dump();
  Answer answer = read(send(call, request), request.url);
  const auto has = [&](const char* key) {
    return answer.json.is_object() && answer.json.contains(key);
  };
  if (has("errors") && answer.json["errors"].is_array())
    for (const nlohmann::json& error : answer.json["errors"])
      if (text_of(error, "type") != "NOT_FOUND")
        throw sdk::Failure(FRESHET_E_REMOTE, "says: " + text_of(error, "message").substr(0, 300),
                           request.url);
  if (!has("data") || !answer.json["data"].is_object())
    throw sdk::Failure(FRESHET_E_REMOTE, "answered with something that is no data", request.url);
  return std::move(answer.json["data"]);
}

void Api::for_pages(const sdk::Call& call, std::string url,
                    const std::function<bool(const Answer&)>& each) const {
  std::set<std::string> seen;
  const std::string list = without_query(url);
  while (!url.empty()) {
    if (!seen.insert(url).second)
      throw sdk::Failure(FRESHET_E_REMOTE, "its pages lead in a circle", url);
    const Answer answer = get(call, url);
    if (answer.status != 200)
      throw sdk::Failure(FRESHET_E_NOT_FOUND,
                         "there is no such repository, or the token may not see it", list);
    if (!answer.json.is_array())
      throw sdk::Failure(FRESHET_E_REMOTE, "answered with something that is no list", url);
    if (!each(answer)) return;
    url = answer.next;
  }
}

}  // namespace freshet::loader_github
