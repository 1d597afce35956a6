#include "client.hpp"

namespace store_turbopuffer {
namespace {

using sdk::Failure;

constexpr std::uint64_t most_answer = std::uint64_t{256} << 20;
constexpr std::size_t most_name = 128;
constexpr std::size_t names_a_page = 1000;

// A cursor is the server's own text.
std::string escaped(const std::string& text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || c == '.';
    if (plain)
      out += c;
    else
      out.append({'%', digits[byte >> 4], digits[byte & 15]});
  }
  return out;
}

std::string words_of(const Json& body) {
  if (!body.is_object()) return {};
  const auto said = body.find("error");
  return said != body.end() && said->is_string() ? said->get<std::string>() : std::string();
}

Failure meaning_of(const sdk::Response& response) {
  const std::string said = words_of(Json::parse(response.body, nullptr, false));
  // Without a word of its own the server does not know the path at all.
  if (response.status == 404 && said.empty())
    return {FRESHET_E_VERSION, "is not there: version 2 of turbopuffer's HTTP API is wanted",
            response.url};
  const std::string code = "HTTP status " + std::to_string(response.status);
  return {sdk::refusal_status(response.status), said.empty() ? code : code + ": " + said,
          response.url};
}

Json found_or_null(const sdk::Response& response) {
  try {
    return answer_of(response);
  } catch (const Failure& failure) {
    if (failure.status != FRESHET_E_NOT_FOUND) throw;
    return nullptr;
  }
}

}  // namespace

Json answer_of(const sdk::Response& response) {
  if (response.status == 202)
    throw Failure(FRESHET_E_BUSY, "an index that the query needs is still being built",
                  response.url);
  if (response.status != 200) throw meaning_of(response);
  Json answer = Json::parse(response.body, nullptr, false);
  if (!answer.is_object())  // of a proxy, or another program
    throw Failure(FRESHET_E_REMOTE, "answered with what is no JSON object", response.url);
  return answer;
}

const Json& member(const Json& answer, const char* name) {
  const auto found = answer.is_object() ? answer.find(name) : answer.end();
  if (found == answer.end())
    throw Failure(FRESHET_E_REMOTE, std::string("turbopuffer's answer has no ") + name);
  return *found;
}

std::string Client::name_of(const std::string& ns) const {
  std::string name = options_.prefix + ns;
  if (name.size() > most_name)
    throw Failure(FRESHET_E_INVALID_ARGUMENT,
                  "with the prefix its name has " + std::to_string(name.size()) +
                      " bytes, at most " + std::to_string(most_name),
                  "namespace " + ns);
  return name;
}

sdk::Request Client::request(const sdk::Call& call, const std::string& method,
                             const std::string& path, std::string body) const {
  sdk::Request request;
  request.url = options_.url + path;
  request.method = method;
  request.headers = {{"content-type", "application/json"},
                     {"accept", "application/json"},
                     {"authorization", "Bearer " + call.secret(options_.key)}};
  request.body = std::move(body);
  request.max_bytes = most_answer;
  request.timeout_ms = options_.timeout_ms;
  return request;
}

Json Client::write(const sdk::Call& call, const std::string& ns, std::string body) const {
  Json answer = answer_of(call.send(request(call, "POST", path_of(ns), std::move(body))));
  if (answer.value("status", Json()) != "OK")
    throw Failure(FRESHET_E_REMOTE, "answered a write without the status OK", options_.url);
  return answer;
}

Json Client::query(const sdk::Call& call, const std::string& ns, const Json& body) const {
  return answer_of(call.send(request(call, "POST", path_of(ns) + "/query", body.dump())));
}

void Client::remove(const sdk::Call& call, const std::string& ns) const {
  answer_of(call.send(request(call, "DELETE", path_of(ns))));
}

Json Client::metadata(const sdk::Call& call, const std::string& ns) const {
  return found_or_null(call.send(request(call, "GET", path_of(ns) + "/metadata")));
}

std::vector<Json> Client::metadata_of_many(const sdk::Call& call,
                                           const std::vector<std::string>& namespaces) const {
  std::vector<sdk::Request> requests;
  for (const std::string& ns : namespaces)
    requests.push_back(request(call, "GET", path_of(ns) + "/metadata"));
  std::vector<Json> all(namespaces.size());
  call.send_many(requests, [&](std::size_t index, sdk::Outcome outcome) {
    if (outcome.status != FRESHET_OK)
      throw Failure(outcome.status, outcome.message, requests[index].url);
    all[index] = found_or_null(outcome.response);
  });
  return all;
}

Json Client::names(const sdk::Call& call, const std::string& cursor) const {
  std::string path = "/v1/namespaces?page_size=" + std::to_string(names_a_page);
  if (!options_.prefix.empty()) path += "&prefix=" + escaped(options_.prefix);
  if (!cursor.empty()) path += "&cursor=" + escaped(cursor);
  return answer_of(call.send(request(call, "GET", path)));
}

}  // namespace store_turbopuffer
