#include "core/host/format.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <vector>

#include "core/base/instant.hpp"
#include "core/base/redact.hpp"
#include "core/base/text.hpp"
#include "core/host/secrets.hpp"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;

base::Status check_uri(const std::string& text, const std::string& path) {
  const std::size_t colon = text.find(':');
  const bool scheme =
      colon != std::string::npos && colon > 0 && text.size() > colon + 1 &&
      std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '.' || c == '-';
      });
  const bool clean =
      std::none_of(text.begin(), text.end(), [](unsigned char c) { return c <= ' ' || c == 0x7F; });
  if (scheme && clean) return {};
  return fail(Code::invalid_argument,
              fmt::format("is {}, not a URL such as \"https://example.org/\"",
                          base::in_quotes(base::redact_url(text))),
              path);
}

base::Status check_regex(const std::string& text, const std::string& path) {
  const RE2 pattern(text, RE2::Quiet);
  if (pattern.ok()) return {};
  return fail(Code::invalid_argument,
              fmt::format("is not a regular expression: {}", base::printable(pattern.error())),
              path);
}

base::Status check_secret(const std::string& text, const std::string& path) {
  if (is_secret_reference(text)) return {};
  return fail(Code::invalid_argument,
              "is not a reference to a secret: write \"env:NAME\" or \"file:/path\"", path);
}

}  // namespace

std::span<const std::string> known_formats() {
  static const std::vector<std::string> formats = {"duration", "size",   "uri", "regex",
                                                   "secret",   "header", "path"};
  return formats;
}

base::Status check_format(const std::string& format, const std::string& text,
                          const std::string& path) {
  if (format == "duration") {
    if (auto parsed = base::parse_duration(text); !parsed)
      return fail(Code::invalid_argument, parsed.error().message, path);
  } else if (format == "size") {
    if (auto parsed = base::parse_size(text); !parsed)
      return fail(Code::invalid_argument, parsed.error().message, path);
  } else if (format == "uri") {
    return check_uri(text, path);
  } else if (format == "regex") {
    return check_regex(text, path);
  } else if (format == "secret") {
    return check_secret(text, path);
  } else if (format == "header") {
    return check_secret_references(text, path);
  } else if (format == "path" && (text.empty() || text.find('\0') != std::string::npos)) {
    return fail(Code::invalid_argument, "is not a path", path);
  }
  return {};
}

}  // namespace freshet::host
