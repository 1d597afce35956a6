#include "client.hpp"

#include <algorithm>

#include <freshet/sdk/options.hpp>

namespace store_chroma {
namespace {

constexpr std::uint64_t most_answer = std::uint64_t{256} << 20;

std::string path_part(const Json& json, const char* option) {
  auto text = json.at(option).get<std::string>();
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
  };
  if (!std::all_of(text.begin(), text.end(), fits) || text == "." || text == "..")
    throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, "is not of A-Z a-z 0-9 . _ -", option);
  return text;
}

bool is_cloud(const std::string& url) {
  const std::string origin = url.substr(0, url.find('/', url.find("//") + 2));
  return origin.ends_with(".trychroma.com");
}

// A proxy, or another program, answers with anything.
Json parse(const sdk::Response& response) {
  Json answer = Json::parse(response.body, nullptr, false);
  if (answer.is_discarded())
    throw sdk::Failure(FRESHET_E_REMOTE, "answered with what is not JSON", response.url);
  return answer;
}

}  // namespace

Options options_of(const Json& json) {
  Options options;
  options.url = json.value("url", "");
  options.path = json.at("path").get<std::string>();
  options.program = json.at("program").get<std::string>();
  options.start_timeout_ms = sdk::duration_ms(json.at("start_timeout"));
  while (options.url.ends_with('/')) options.url.pop_back();
  options.tenant = path_part(json, "tenant");
  options.database = path_part(json, "database");
  options.token = json.value("token", "");
  options.token_header = json.at("token_header").get<std::string>();
  options.metric = json.at("metric").get<std::string>();
  options.max_batch = json.at("max_batch").get<std::uint32_t>();
  options.concurrent_writes = json.at("concurrent_writes").get<std::uint32_t>();
  options.timeout_ms = sdk::duration_ms(json.at("timeout"));
  options.is_cloud = is_cloud(options.url);
  return options;
}

sdk::Failure meaning_of(const sdk::Response& response) {
  const Json body = Json::parse(response.body, nullptr, false);
  std::string said;
  if (body.is_object() && body.contains("message") && body["message"].is_string())
    said = body["message"].get<std::string>();
  // Without a word of its own the server does not know the path at all.
  if (response.status == 404 && said.empty())
    return {FRESHET_E_VERSION, "is not there: version 2 of Chroma's HTTP API is wanted",
            response.url};
  if (said.empty()) said = "HTTP status " + std::to_string(response.status);
  return {sdk::refusal_status(response.status), said, response.url};
}

Client::Client(Options options)
    : options_(std::move(options)),
      database_("/tenants/" + options_.tenant + "/databases/" + options_.database +
                "/collections") {
  if (options_.url.empty()) server_ = OwnServer::of(options_.program, options_.path);
}

Json Client::get(const sdk::Call& call, const std::string& path) const {
  return send(call, "GET", path, {});
}

Json Client::collections(const sdk::Call& call, const std::string& method, const std::string& path,
                         std::string body) const {
  return send(call, method, database_ + path, std::move(body));
}

// Everything that is sent may be sent again: writes are by id, and the last one wins.
Json Client::send(const sdk::Call& call, const std::string& method, const std::string& path,
                  std::string body) const {
  sdk::Request request;
  request.method = method;
  request.headers = headers(call);
  request.body = std::move(body);
  request.max_bytes = most_answer;
  request.timeout_ms = options_.timeout_ms;
  const sdk::Response response = answer_to(call, std::move(request), "/api/v2" + path);
  if (response.status / 100 != 2) throw meaning_of(response);
  return parse(response);
}

// A server of our own that has gone is started again, once.
sdk::Response Client::answer_to(const sdk::Call& call, sdk::Request request,
                                const std::string& path) const {
  if (!server_) {
    request.url = options_.url + path;
    return call.send(request);
  }
  request.own_server = true;
  for (bool again = false;; again = true) {
    const std::string url = server_->url(call, options_.start_timeout_ms);
    request.url = url + path;
    request.max_attempts = again ? 0 : 1;
    try {
      return call.send(request);
    } catch (const sdk::Failure& failure) {
      if (again || failure.status != FRESHET_E_NETWORK) throw;
      server_->lost(url);
    }
  }
}

std::vector<sdk::Header> Client::headers(const sdk::Call& call) const {
  std::vector<sdk::Header> headers = {{"content-type", "application/json"},
                                      {"accept", "application/json"}};
  if (options_.token.empty()) return headers;
  const std::string scheme = options_.token_header == "authorization" ? "Bearer " : "";
  headers.push_back({options_.token_header, scheme + call.secret(options_.token)});
  return headers;
}

}  // namespace store_chroma
