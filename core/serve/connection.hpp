// core/serve/connection.hpp - one connection: the bytes of one request in, those of one answer out,
// within their bounds of size and time.
#pragma once

#include <cstddef>
#include <string>

#include "core/base/descriptor.hpp"
#include "core/ports/clock.hpp"

namespace freshet::serve {

struct Limits {
  std::size_t connections = 64;        // at once
  std::size_t streams = 16;            // of these, that are sent events as they come
  std::size_t head_bytes = 16 * 1024;  // request line and headers
  std::size_t body_bytes = 8 << 20;
  base::Millis request_time{10'000};  // until all of a request is there
  base::Millis write_time{10'000};    // until the other side takes the next piece of an answer
};

// For one thread; shut() is for any.
class Connection {
 public:
  Connection(base::Descriptor socket, const Limits& limits, const ports::Clock& clock);

  enum class Head { whole, too_large, late, ended };
  Head read_head();
  const std::string& head() const { return head_; }

  // Up to `size` bytes of what follows the head; 0: no more, or not in time, or too many.
  std::size_t read(char* out, std::size_t size);
  bool write(const char* data, std::size_t size);
  // No more is written; waits a moment until the other side has seen that.
  void finish();
  void shut();  // both ways: whoever waits on it goes on

  int socket() const { return socket_.get(); }
  std::string local_address() const;

 private:
  bool wait_for(short events, base::Millis until) const;
  std::size_t receive(char* out, std::size_t size, base::Millis until);

  const base::Descriptor socket_;
  const Limits limits_;
  const ports::Clock& clock_;
  const base::Millis deadline_;  // of the request, by the clock that counts on
  std::string head_, rest_;      // rest_: what was read beyond the head
  std::size_t body_left_;
};

}  // namespace freshet::serve
