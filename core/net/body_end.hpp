// core/net/body_end.hpp - is the body that libcurl handed over the whole one?
//
// libcurl says when a body is shorter than its length. It does not say when there is more than the
// length, nor when a TLS connection ended without the peer's word for it (close_notify), which is
// the only end that a body without length and chunks has. So both are watched here: what libcurl
// reads off the connection, what still waits on it when the last byte has come, and the alert.
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/error.hpp"

namespace freshet::net {

class BodyEnd {
 public:
  BodyEnd() = default;
  BodyEnd(const BodyEnd&) = delete;  // OpenSSL knows where it is
  BodyEnd& operator=(const BodyEnd&) = delete;

  void reset();
  // The connection's socket, as long as libcurl waits for it; or CURL_SOCKET_BAD.
  void use_socket(curl_socket_t socket) { socket_ = socket; }

  // The head of a response of HTTP/1 is complete, within libcurl's callback; its body is wanted.
  void begin_counted(std::uint64_t length);  // it has a length
  void begin_open(CURL* easy);               // its end is the connection's, over TLS

  // Bytes of the body as they came off the connection; those behind its length, too.
  void count(std::size_t bytes) { raw_ += bytes; }
  // So much of the body has been handed over, within libcurl's callback: behind its last byte
  // nothing may wait.
  void look_behind(CURL* easy, bool tls, std::uint64_t received);

  // The transfer went well, as far as libcurl can tell.
  base::Status check() const;

 private:
  std::optional<std::uint64_t> length_;
  std::uint64_t raw_ = 0;
  bool more_waits_ = false;
  bool open_ = false;
  bool end_was_said_ = false;
  curl_socket_t socket_ = CURL_SOCKET_BAD;
};

}  // namespace freshet::net
