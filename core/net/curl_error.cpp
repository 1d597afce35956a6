#include "core/net/curl_error.hpp"

#include <fmt/format.h>

#include "core/base/text.hpp"

namespace freshet::net {
namespace {

using base::Code;

// A handshake that the network broke off, as against one that an end refused.
bool broken_off(std::string_view detail) {
  for (const std::string_view sign :
       {"SSL_ERROR_SYSCALL", "reset by peer", "unexpected eof", "Broken pipe"})
    if (detail.find(sign) != std::string_view::npos) return true;
  return false;
}

Code code_of(CURLcode code, std::string_view detail) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return Code::timeout;
    case CURLE_SSL_CONNECT_ERROR:
      return broken_off(detail) ? Code::network : Code::denied;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_USE_SSL_FAILED:
      return Code::denied;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
      return Code::parse;
    case CURLE_FILESIZE_EXCEEDED:
      return Code::limit;
    case CURLE_OUT_OF_MEMORY:
      return Code::out_of_memory;
    case CURLE_URL_MALFORMAT:
      return Code::invalid_argument;
    case CURLE_FAILED_INIT:
    case CURLE_NOT_BUILT_IN:
    case CURLE_UNKNOWN_OPTION:
    case CURLE_BAD_FUNCTION_ARGUMENT:
      return Code::internal;
    default:
      return Code::network;
  }
}

std::string one_line(std::string_view detail) {
  std::string text = base::printable(base::to_utf8(base::trim(detail)));
  if (text.size() > 300) text.resize(300);
  while (text.ends_with('.')) text.pop_back();
  return base::to_utf8(text);  // the cut may have gone through a character
}

}  // namespace

base::Error curl_error(CURLcode code, std::string_view detail, std::string_view host) {
  base::Error error;
  error.code = code_of(code, detail);
  const std::string reason = one_line(detail.empty() ? curl_easy_strerror(code) : detail);
  error.message = error.code == Code::denied
                      ? fmt::format("the TLS connection to {} cannot be trusted: {}", host, reason)
                      : fmt::format("{} (curl {})", reason, static_cast<int>(code));
  return error;
}

}  // namespace freshet::net
