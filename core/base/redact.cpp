#include "core/base/redact.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.hpp"

namespace freshet::base {
namespace {

constexpr std::size_t most_bytes = 512;

constexpr std::array<std::string_view, 12> secret_parts{
    "token",  "secret",  "passw",   "pwd",  "signature", "credential",
    "apikey", "api_key", "api-key", "auth", "session",   "cookie"};
constexpr std::array<std::string_view, 2> harmless_parts{"author", "tokeniz"};
constexpr std::array<std::string_view, 4> secret_names{"jwt", "pass", "accesskey", "access_key"};
// In the query of a URL these are credentials more often than not.
constexpr std::array<std::string_view, 4> secret_parameters{"key", "sig", "code", "sid"};

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

bool is_one_of(const std::array<std::string_view, 4>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Where "user:password@" begins and ends; nothing is between where there is none.
std::pair<std::size_t, std::size_t> find_userinfo(std::string_view url) {
  const std::size_t scheme = url.find("//");
  const std::size_t start = scheme == std::string_view::npos ? 0 : scheme + 2;
  const std::size_t end = std::min(url.find_first_of("/?#\\", start), url.size());
  const std::size_t at = url.substr(start, end - start).rfind('@');
  return {start, at == std::string_view::npos ? start : start + at + 1};
}

std::string without_userinfo(std::string_view url) {
  const auto [begin, end] = find_userinfo(url);
  return std::string(url.substr(0, begin)).append(url.substr(end));
}

std::string redact_query(std::string_view query) {
  std::string shown;
  while (true) {
    const std::size_t end = query.find_first_of("&;");
    const std::string_view pair = query.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && parameter_names_secret(pair.substr(0, equals)))
      shown.append(pair.substr(0, equals)).append("=***");
    else
      shown.append(pair);
    if (end == std::string_view::npos) return shown;
    shown += query[end];
    query.remove_prefix(end + 1);
  }
}

}  // namespace

bool names_secret(std::string_view written) {
  std::string name = to_lower(unescape(written));
  if (name.find("authoriz") != std::string::npos) return true;
  for (const std::string_view part : harmless_parts)
    if (const std::size_t at = name.find(part); at != std::string::npos)
      name.erase(at, part.size());
  return is_one_of(secret_names, name) ||
         std::any_of(secret_parts.begin(), secret_parts.end(),
                     [&](std::string_view part) { return name.find(part) != std::string::npos; });
}

bool parameter_names_secret(std::string_view written) {
  return names_secret(written) || is_one_of(secret_parameters, to_lower(unescape(written)));
}

std::vector<std::string> secrets_in_url(std::string_view url) {
  url = url.substr(0, url.find('#'));
  std::vector<std::string> secrets;
  const auto add = [&](std::string_view secret) {
    secrets.emplace_back(secret);
    if (std::string plain = unescape(secret); plain != secret) secrets.push_back(std::move(plain));
  };
  const auto [begin, end] = find_userinfo(url);
  if (end > begin) {
    const std::string_view userinfo = url.substr(begin, end - begin - 1);
    add(userinfo.substr(userinfo.find(':') + 1));  // a lone name may be a token
  }
  const std::size_t mark = std::min(url.find('?'), url.size());
  for (std::string_view rest = url.substr(mark); !rest.empty();) {
    rest.remove_prefix(1);
    const std::string_view pair = rest.substr(0, rest.find_first_of("&;"));
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && parameter_names_secret(pair.substr(0, equals)))
      add(pair.substr(equals + 1));
    rest.remove_prefix(pair.size());
  }
  return secrets;
}

std::string redact_url(std::string_view url) {
  std::string shown = without_userinfo(url.substr(0, url.find('#')));
  if (const std::size_t mark = shown.find('?'); mark != std::string::npos)
    shown = shown.substr(0, mark + 1) + redact_query(std::string_view(shown).substr(mark + 1));
  shown = printable(to_utf8(shown));
  if (shown.size() <= most_bytes) return shown;
  std::size_t cut = most_bytes;
  while (cut > 0 && (static_cast<unsigned char>(shown[cut]) & 0xc0) == 0x80) --cut;
  return shown.substr(0, cut) + "...";
}

}  // namespace freshet::base
