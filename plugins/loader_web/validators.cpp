#include "loader_web/validators.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

#include <freshet/sdk/json.hpp>

#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

constexpr std::int64_t kSecond = 1000;

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) > 0x7E; });
}

bool is_usable_etag(std::string_view etag) {
  return !etag.empty() && etag.size() <= kMaxEtagBytes && is_printable(etag) && is_ascii(etag);
}

// As nginx makes them, of the second in which a file was written, and its size, in hexadecimal: it is the same
// for another file of the same second and length.
bool is_made_of_second(std::string_view etag, std::int64_t modified_ms) {
  std::array<char, 20> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), modified_ms / kSecond, 16);
  return etag.find(std::string(text.data(), end.ptr) + '-') != std::string_view::npos;
}

// Written more than a second before it was sent: no other version of that second will come. Both dates are
// by the server's clock, so their distance holds whatever ours says.
bool is_settled(const sdk::Response& response, std::int64_t now_ms) {
  return response.last_modified_ms &&
         *response.last_modified_ms + kSecond < response.date_ms.value_or(now_ms);
}

}  // namespace

std::string Validators::version() const {
  if (empty()) return {};
  nlohmann::json json = {{"v", 1}};
  if (!etag.empty()) json["etag"] = etag;
  if (!last_modified.empty()) json["last_modified"] = last_modified;
  if (!url.empty()) json["url"] = url;
  if (!rule.empty()) json["rule"] = rule;
  return json.dump();
}

Validators validators_of(const sdk::Response& response, std::int64_t now_ms) {
  Validators validators;
  const std::string_view etag = trim(response.header("etag"));
  if (is_usable_etag(etag)) validators.etag = etag;
  if (is_settled(response, now_ms))
    validators.last_modified = trim(response.header("last-modified"));
  return validators;
}

Validators lasting_validators_of(const sdk::Response& response, std::int64_t now_ms) {
  Validators validators = validators_of(response, now_ms);
  if (response.last_modified_ms && !is_settled(response, now_ms) &&
      is_made_of_second(validators.etag, *response.last_modified_ms))
    validators.etag.clear();
  return validators;
}

Validators parse_version(const std::string& version) {
  const nlohmann::json json = nlohmann::json::parse(version, nullptr, false);
  if (!json.is_object() || !json.contains("v") || json["v"] != 1) return {};
  const auto text = [&](const char* key) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_string()) return std::string();
    const auto& value = found->get_ref<const std::string&>();
    return is_printable(value) && is_ascii(value) ? value : std::string();
  };
  return {text("etag"), text("last_modified"), text("url"), text("rule")};
}

void add_conditions(const Validators& validators, sdk::Request& request) {
  if (!validators.etag.empty()) request.headers.push_back({"If-None-Match", validators.etag});
  if (!validators.last_modified.empty())
    request.headers.push_back({"If-Modified-Since", validators.last_modified});
}

}  // namespace freshet::loader_web
