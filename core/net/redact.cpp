#include "core/net/redact.hpp"

#include <algorithm>
#include <array>

#include "core/base/text.hpp"

namespace freshet::net {
namespace {

constexpr std::size_t most_bytes = 512;

constexpr std::array<std::string_view, 11> secret_parts{
    "token",  "secret",  "passw",   "pwd",  "signature", "credential",
    "apikey", "api_key", "api-key", "auth", "session"};
constexpr std::array<std::string_view, 8> secret_names{"key", "sig",  "code",      "sid",
                                                       "jwt", "pass", "accesskey", "access_key"};

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// A name may be written as "%74oken" and is still read as "token" by the server.
std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    plain += low >= 0 ? static_cast<char>(high * 16 + low) : text[i];
    if (low >= 0) i += 2;
  }
  return plain;
}

bool is_secret(std::string_view written) {
  const std::string name = base::to_lower(unescape(written));
  return std::find(secret_names.begin(), secret_names.end(), name) != secret_names.end() ||
         std::any_of(secret_parts.begin(), secret_parts.end(),
                     [&](std::string_view part) { return name.find(part) != std::string::npos; });
}

std::string without_userinfo(std::string_view url) {
  const std::size_t scheme = url.find("//");
  const std::size_t start = scheme == std::string_view::npos ? 0 : scheme + 2;
  const std::size_t end = std::min(url.find_first_of("/?#\\", start), url.size());
  const std::size_t at = url.substr(start, end - start).rfind('@');
  if (at == std::string_view::npos) return std::string(url);
  return std::string(url.substr(0, start)).append(url.substr(start + at + 1));
}

std::string redact_query(std::string_view query) {
  std::string shown;
  while (true) {
    const std::size_t end = query.find_first_of("&;");
    const std::string_view pair = query.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && is_secret(pair.substr(0, equals)))
      shown.append(pair.substr(0, equals)).append("=***");
    else
      shown.append(pair);
    if (end == std::string_view::npos) return shown;
    shown += query[end];
    query.remove_prefix(end + 1);
  }
}

}  // namespace

std::string redact(std::string_view url) {
  std::string shown = without_userinfo(url.substr(0, url.find('#')));
  if (const std::size_t mark = shown.find('?'); mark != std::string::npos)
    shown = shown.substr(0, mark + 1) + redact_query(std::string_view(shown).substr(mark + 1));
  shown = base::printable(base::to_utf8(shown));
  if (shown.size() <= most_bytes) return shown;
  std::size_t cut = most_bytes;
  while (cut > 0 && (static_cast<unsigned char>(shown[cut]) & 0xc0) == 0x80) --cut;
  return shown.substr(0, cut) + "...";
}

}  // namespace freshet::net
