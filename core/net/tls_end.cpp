#include "core/net/tls_end.hpp"

#ifdef FRESHET_NET_OPENSSL
#include <openssl/ssl.h>

#include <string>
#include <string_view>
#endif

namespace freshet::net {
namespace {

const curl_tlssessioninfo* session_of(CURL* easy) {
  curl_tlssessioninfo* session = nullptr;
  const bool known = curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) == CURLE_OK;
  return known && session != nullptr && session->internals != nullptr ? session : nullptr;
}

#ifdef FRESHET_NET_OPENSSL

// libcurl may have been built with an OpenSSL of its own, whose objects are not ours to touch.
bool is_our_openssl() {
  static const bool same = [] {
    const char* const theirs = curl_version_info(CURLVERSION_NOW)->ssl_version;
    return theirs != nullptr &&
           std::string_view(theirs) ==
               std::string("OpenSSL/") + OpenSSL_version(OPENSSL_VERSION_STRING);
  }();
  return same;
}

SSL* ssl_of(CURL* easy) {
  const curl_tlssessioninfo* const session = session_of(easy);
  const bool ours = session != nullptr && session->backend == CURLSSLBACKEND_OPENSSL;
  return ours && is_our_openssl() ? static_cast<SSL*>(session->internals) : nullptr;
}

int flag_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

void on_info(const SSL* ssl, int where, int value) {
  auto* const said = static_cast<bool*>(SSL_get_ex_data(ssl, flag_index()));
  if (said != nullptr && where == SSL_CB_READ_ALERT && (value & 0xff) == SSL_AD_CLOSE_NOTIFY)
    *said = true;
}

bool has_pending(CURL* easy) {
  const SSL* const ssl = ssl_of(easy);
  return ssl != nullptr && SSL_pending(ssl) > 0;
}

bool watch(CURL* easy, bool& said) {
  SSL* const ssl = ssl_of(easy);
  if (ssl == nullptr || SSL_set_ex_data(ssl, flag_index(), &said) != 1) return false;
  said = (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0;
  SSL_set_info_callback(ssl, on_info);
  return true;
}

#else

bool has_pending(CURL*) { return false; }
bool watch(CURL*, bool&) { return false; }

#endif

}  // namespace

bool has_decrypted_bytes(CURL* easy) { return has_pending(easy); }

TlsEnd watch_tls_end(CURL* easy, bool& said) {
  if (watch(easy, said)) return TlsEnd::watched;
  const curl_tlssessioninfo* const session = session_of(easy);
  const bool gnutls = session != nullptr && session->backend == CURLSSLBACKEND_GNUTLS;
  return gnutls ? TlsEnd::reported : TlsEnd::unknown;
}

}  // namespace freshet::net
