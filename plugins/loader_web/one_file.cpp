#include "loader_web/one_file.hpp"

#include <freshet/sdk/json.hpp>

#include "loader_web/page.hpp"
#include "loader_web/remembered.hpp"
#include "loader_web/validators.hpp"

namespace freshet::loader_web {
namespace {

// What is known of the file: its validators, as a version has them, and a digest of its bytes.
struct State {
  Validators validators;
  std::uint64_t digest = 0;
};

State parse(std::string_view text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("digest") || !json["digest"].is_number_unsigned() ||
      !json.contains("version") || !json["version"].is_string())
    return {};
  return {parse_version(json["version"].get<std::string>()), json["digest"].get<std::uint64_t>()};
}

std::string text_of(const Validators& validators, std::uint64_t digest) {
  return nlohmann::json{{"version", validators.version()}, {"digest", digest}}.dump();
}

}  // namespace

OneFile read_one_file(const sdk::Call& call, const Options& options,
                      const sdk::ListingRequest& request, Asked asked) {
  const std::string& url = options.urls.front();
  const State past = parse(request.state.value_or(""));
  OneFile file;
  file.response =
      asked ? *std::move(asked) : call.send(page_request(call, options, url, past.validators));
  const sdk::Response& response = file.response;
  check_arrival(url, response.url, response.permanent_redirect, options.hosts);
  if (response.status == 304 && !past.validators.empty()) {
    file.unchanged = true;
    file.state = request.state.value_or("");
    return file;
  }
  if (response.status == 204 || (response.status == 200 && response.body.empty()))
    throw sdk::Failure(FRESHET_E_PARSE, "empty body", response.url);
  if (response.status != 200) throw sdk::failure_of(response);
  const std::uint64_t digest = hash_of(response.body);
  file.unchanged = request.state && digest == past.digest;
  file.state = text_of(lasting_validators_of(response, call.now_ms()), digest);
  return file;
}

}  // namespace freshet::loader_web
