// core/net/transfer.hpp - one request and its response over a libcurl handle, with every limit
// kept.
//
// Belongs to the thread that drives the transfers. The handle is used again and again: what never
// changes is set once.
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/net/address.hpp"
#include "core/net/body_end.hpp"
#include "core/net/decode.hpp"
#include "core/net/head.hpp"
#include "core/net/options.hpp"
#include "core/net/url.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/http.hpp"

namespace freshet::net {

// What is to be asked. Borrowed until the transfer has ended.
struct Hop {
  const Url* url = nullptr;
  std::string_view method;
  const std::vector<ports::HttpHeader>* headers = nullptr;
  std::string_view body;
  std::uint64_t max_bytes = 0;
  std::uint64_t take_first = 0;  // keep so much of the body and end; 0: all of it
  base::Millis timeout{0};
  bool patient = false;      // the request named its own timeout: wait that long for the headers
  bool may_private = false;  // any address may be connected to
  bool repeatable = true;    // false: libcurl may not send it again on another connection either
  const ports::Signing* signing = nullptr;
};

struct Reply {
  int status = 0;
  std::vector<ports::HttpHeader> headers;
  std::string body;  // of 2xx, 4xx and 5xx; others are not kept
};

struct Outcome {
  base::Result<Reply> reply;
  bool sent = false;           // the request may have left this machine
  std::uint64_t received = 0;  // bytes of the body, as they came
};

// What all transfers of a client share.
struct TransferSetup {
  const ClientOptions* options = nullptr;
  const ports::Clock* clock = nullptr;
  std::vector<Network> allowed;
};

class Transfer {
 public:
  explicit Transfer(const TransferSetup& setup);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  CURL* handle() const { return easy_.get(); }
  static Transfer* of(CURL* easy);

  // The socket that libcurl waits for on its behalf, or CURL_SOCKET_BAD.
  void use_socket(curl_socket_t socket) { end_.use_socket(socket); }

  // Sets the handle up for `hop`. Fails only when libcurl cannot (out of memory).
  base::Status prepare(const Hop& hop);

  // The limit that has passed by now, of those that libcurl does not watch.
  std::optional<base::Error> overdue(base::Millis now);

  // After libcurl has ended it with `code`.
  Outcome finish(CURLcode code);
  // After it was taken from libcurl before its end.
  Outcome abandon(base::Error error);

  void* owner = nullptr;  // the driver's own

 private:
  struct Closer {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  using HeaderList = std::unique_ptr<curl_slist, Closer>;
  enum class Keep { body, error_body, nothing };

  template <typename Value>
  void set(CURLoption option, Value value);
  void set_constants();
  void set_guards();
  void set_tls();
  void set_method();
  void set_headers();
  void set_signing();
  void append_header(const std::string& line);

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static int on_debug(CURL* easy, curl_infotype type, char* data, std::size_t size, void* self);
  static curl_socket_t on_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_request(void* self, char* peer, char* local, int peer_port, int local_port);

  template <typename Work>
  bool guarded(Work work) noexcept;
  bool reject(base::Error error);
  bool take_header(std::string_view line);
  bool begin_body();
  void watch_end();
  bool take_body(std::string_view received);
  bool keep_body(std::string_view received);
  bool may_use(const Address& address);
  bool may_send(std::string_view peer);
  base::Error blocked_error() const;
  base::Result<Reply> result(CURLcode code);
  Outcome outcome(base::Result<Reply> reply) const;

  const TransferSetup& setup_;
  std::unique_ptr<CURL, Closer> easy_;
  HeaderList headers_;
  bool usable_ = true;
  char detail_[CURL_ERROR_SIZE] = "";

  Hop hop_;
  Head head_;
  Keep keep_ = Keep::nothing;
  BodyEnd end_;
  std::unique_ptr<Decoder> decoder_;
  std::string body_;
  std::uint64_t received_ = 0;
  bool sent_ = false;
  bool enough_ = false;
  bool out_of_memory_ = false;
  base::Millis sent_at_{0};
  base::Millis mark_at_{0};  // the window in which the speed is measured
  std::uint64_t mark_received_ = 0;
  std::optional<base::Error> problem_;  // found in a callback, which can only say "stop"
  std::optional<Address> blocked_;
  int no_socket_ = 0;  // the errno of why there was none
};

}  // namespace freshet::net
