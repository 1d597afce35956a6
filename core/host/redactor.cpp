#include "core/host/redactor.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace freshet::host {
namespace {

constexpr std::string_view mask = "***";

void replace_all(std::string& text, std::string_view secret) {
  for (std::size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += mask.size())
    text.replace(at, secret.size(), mask);
}

// Credentials that nobody told us of: in headers, before the host of a URL, and in its query.
void replace_shapes(std::string& text) {
  static const RE2 header(
      R"((?i)\b((?:proxy-)?authorization\s*[:=]\s*)(?:(basic|bearer|token)\s+)?[^\s,;"']+)");
  static const RE2 userinfo(R"((://)[^\s/@?#"']+@)");
  static const RE2 query(
      R"((?i)([?&;](?:sig|signature|token|access_token|api_?key|key|secret|password|x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature)=)[^&;\s"'#]+)");
  RE2::GlobalReplace(&text, header, R"(\1***)");
  RE2::GlobalReplace(&text, userinfo, R"(\1***@)");
  RE2::GlobalReplace(&text, query, R"(\1***)");
}

}  // namespace

void Redactor::remember(std::string_view secret) {
  if (secret.size() < least_length) return;
  const std::lock_guard lock(mutex_);
  if (std::find(secrets_.begin(), secrets_.end(), secret) != secrets_.end()) return;
  secrets_.emplace_back(secret);
  std::stable_sort(secrets_.begin(), secrets_.end(),
                   [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
}

std::string Redactor::clean(std::string_view text) const {
  std::string out(text);
  {
    const std::lock_guard lock(mutex_);
    for (const std::string& secret : secrets_) replace_all(out, secret);
  }
  replace_shapes(out);
  return out;
}

Redactor& redactor() {
  static Redactor& one =
      *new Redactor;  // never destroyed: plugins may still log while the program ends
  return one;
}

}  // namespace freshet::host
