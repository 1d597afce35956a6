// core/net/sockets.hpp - waits for the sockets of a libcurl multi handle, and lets libcurl act on
// those that are ready and on no others: with curl_multi_perform every transfer costs system calls
// each time round, ready or not.
//
// wake() from any thread between open() and close(); everything else on the thread that drives the
// transfers.
#pragma once

#include <curl/curl.h>
#include <poll.h>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/error.hpp"

namespace freshet::net {

class Sockets {
 public:
  Sockets() = default;
  ~Sockets() { close(); }
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;

  // Fails where there is no memory or no file descriptor for it. Once before all else.
  base::Status open();
  void close();
  CURLM* multi() const { return multi_.get(); }

  // True once memory ran out within libcurl's callbacks: it does nothing more until opened again.
  bool failed() const { return failed_; }

  // Begins a transfer. Without memory it throws.
  void add(CURL* easy);

  // Runs what libcurl's timer has due, such as transfers that were just added.
  void kick();

  // Waits for a socket, libcurl's timer, wake() or the time, whichever is first, and acts on it.
  void wait(int timeout_ms);

  void wake();

 private:
  using Clock = std::chrono::steady_clock;
  struct Closer {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };

  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* of_socket);
  static int on_timer(CURLM* multi, long timeout_ms, void* self);
  void watch(curl_socket_t socket, int what);
  void act(curl_socket_t socket, int events);
  void drain_wakes();
  int shortest(int timeout_ms) const;

  std::vector<pollfd> watched_;  // the first is the end of the pipe that wake() writes to
  std::vector<pollfd> ready_;
  std::optional<Clock::time_point> timer_;
  int wake_fd_ = -1;
  bool failed_ = false;
  std::unique_ptr<CURLM, Closer> multi_;  // last: closing it still calls back
};

}  // namespace freshet::net
