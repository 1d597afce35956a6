#include "core/net/body_end.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include "core/net/tls_end.hpp"

namespace freshet::net {

using base::Code;
using base::Status;

void BodyEnd::reset() {
  length_.reset();
  raw_ = 0;
  more_waits_ = open_ = end_was_said_ = false;
  socket_ = CURL_SOCKET_BAD;
}

void BodyEnd::begin_counted(std::uint64_t length) { length_ = length; }

void BodyEnd::begin_open(CURL* easy) {
  const TlsEnd end = watch_tls_end(easy, end_was_said_);
  open_ = end != TlsEnd::reported;
}

// Over TLS, bytes on the socket may be the peer's goodbye or a ticket, and no more of the body.
void BodyEnd::look_behind(CURL* easy, bool tls, std::uint64_t received) {
  if (!length_ || received < *length_) return;
  char byte = 0;
  more_waits_ =
      tls ? has_decrypted_bytes(easy)
          : socket_ != CURL_SOCKET_BAD && recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

Status BodyEnd::check() const {
  if (length_ && (more_waits_ || raw_ > *length_))
    return base::fail(Code::parse,
                      fmt::format("the body is longer than its content length of {} bytes, and may "
                                  "have been cut there",
                                  *length_));
  if (open_ && !end_was_said_)
    return base::fail(Code::network,
                      "the TLS connection ended without a word, so the body may have been cut");
  return {};
}

}  // namespace freshet::net
