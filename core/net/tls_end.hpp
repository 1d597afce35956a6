// core/net/tls_end.hpp - what the TLS library under libcurl knows of a connection. The only file
// that knows OpenSSL; without it, and with another library under libcurl, nothing is known.
#pragma once

#include <curl/curl.h>

namespace freshet::net {

// Decrypted bytes that wait to be read. Within a callback of libcurl's only.
bool has_decrypted_bytes(CURL* easy);

enum class TlsEnd {
  watched,   // `said` becomes true once the peer says that it has sent everything
  reported,  // libcurl fails by itself when the peer does not
  unknown,
};

// Within a callback of libcurl's only. `said` has to live until the connection has been closed.
TlsEnd watch_tls_end(CURL* easy, bool& said);

}  // namespace freshet::net
