#include "loader_web/request_headers.hpp"

#include <algorithm>
#include <array>

#include "loader_web/option_reader.hpp"
#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

// The host says what is a reference and what is not.
bool has_secret(std::string_view value) { return value.find("secret:") != std::string_view::npos; }

std::string value_of(const sdk::Call& call, const sdk::Header& header) {
  if (!has_secret(header.value)) return header.value;
  std::string secret = call.secret(header.value);
  if (!is_printable(secret))
    throw sdk::Failure(FRESHET_E_DENIED, "a secret with control characters",
                       "headers." + header.name);
  return secret;
}

bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

// What the transfer and its validators need is not the source's to set.
bool is_reserved(const std::string& name) {
  static constexpr std::array<std::string_view, 10> names = {
      "host",  "connection", "content-length", "transfer-encoding", "accept-encoding",
      "range", "te",         "if-none-match",  "if-modified-since", "expect"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool bears_credentials(const std::string& name) {
  static constexpr std::array<std::string_view, 4> parts = {"authorization", "cookie", "token",
                                                            "api-key"};
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return name.find(part) != std::string::npos; });
}

}  // namespace

std::vector<sdk::Header> read_headers(const sdk::Call& call, const Json& json,
                                      const std::string& where) {
  std::vector<sdk::Header> headers;
  if (json.is_null()) return headers;
  if (!json.is_object()) reject(where, "expected an object from names to values");
  for (const auto& [name, value] : json.items()) {
    const std::string path = where + "." + name, small = lower(name);
    if (!is_token(name)) reject(where, "a name that is no header name");
    if (is_reserved(small)) reject(path, "set by freshet itself");
    if (!value.is_string()) reject(path, "expected a text");
    const auto& text = value.get_ref<const std::string&>();
    if (!is_printable(text)) reject(path, "a value with control characters");
    if (bears_credentials(small) && !has_secret(text))
      call.log(FRESHET_LOG_WARNING, "the option " + path +
                                        " holds a secret written out; write "
                                        "\"secret:env:NAME\" in its place");
    headers.push_back({name, text});
  }
  return headers;
}

void add_headers(const sdk::Call& call, const std::vector<sdk::Header>& headers,
                 sdk::Request& request) {
  const auto has = [&](const std::string& name) {
    return std::any_of(
        request.headers.begin(), request.headers.end(),
        [&](const sdk::Header& header) { return equals_ignoring_case(header.name, name); });
  };
  std::vector<sdk::Header> more;
  for (const sdk::Header& header : headers)
    if (!has(header.name)) more.push_back({header.name, value_of(call, header)});
  request.headers.insert(request.headers.end(), more.begin(), more.end());
}

}  // namespace freshet::loader_web
