#include "core/serve/connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "core/net/address.hpp"

namespace freshet::serve {
namespace {

constexpr base::Millis farewell{500};
constexpr std::size_t most_farewell = 1 << 20;  // bytes that are thrown away
constexpr std::string_view head_end = "\r\n\r\n";

}  // namespace

Connection::Connection(base::Descriptor socket, const Limits& limits, const ports::Clock& clock)
    : socket_(std::move(socket)),
      limits_(limits),
      clock_(clock),
      deadline_(clock.monotonic() + limits.request_time),
      body_left_(limits.body_bytes) {}

bool Connection::wait_for(short events, base::Millis until) const {
  for (;;) {
    const base::Millis left = until - clock_.monotonic();
    if (left.count() <= 0) return false;
    pollfd waiting{socket_.get(), events, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

// 0: the other side has ended, or the time is over.
std::size_t Connection::receive(char* out, std::size_t size, base::Millis until) {
  for (;;) {
    const ssize_t count = ::recv(socket_.get(), out, size, 0);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EAGAIN && errno != EINTR) return 0;
    if (!wait_for(POLLIN, until)) return 0;
  }
}

Connection::Head Connection::read_head() {
  std::array<char, 4096> piece;
  for (;;) {
    const std::size_t count = receive(piece.data(), piece.size(), deadline_);
    if (count == 0) return clock_.monotonic() >= deadline_ ? Head::late : Head::ended;
    const std::size_t from = head_.size() < head_end.size() ? 0 : head_.size() - head_end.size();
    head_.append(piece.data(), count);
    const std::size_t end = head_.find(head_end, from);
    if (end == std::string::npos ? head_.size() > limits_.head_bytes : end > limits_.head_bytes)
      return Head::too_large;
    if (end == std::string::npos) continue;
    rest_ = head_.substr(end + head_end.size());
    head_.resize(end + head_end.size());
    return Head::whole;
  }
}

std::size_t Connection::read(char* out, std::size_t size) {
  size = std::min(size, body_left_);
  std::size_t count = std::min(size, rest_.size());
  if (count > 0) {
    std::copy_n(rest_.data(), count, out);
    rest_.erase(0, count);
  } else if (size > 0) {
    count = receive(out, size, deadline_);
  }
  body_left_ -= count;
  return count;
}

bool Connection::write(const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t count = ::send(socket_.get(), data, size, MSG_NOSIGNAL);
    if (count >= 0) {
      data += count;
      size -= static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      if (!wait_for(POLLOUT, clock_.monotonic() + limits_.write_time)) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

// Closing with something unread would take back what was just sent.
void Connection::finish() {
  ::shutdown(socket_.get(), SHUT_WR);
  std::array<char, 4096> piece;
  const base::Millis until = clock_.monotonic() + farewell;
  for (std::size_t left = most_farewell; left > piece.size();) {
    const std::size_t count = receive(piece.data(), piece.size(), until);
    if (count == 0) return;
    left -= count;
  }
}

void Connection::shut() { ::shutdown(socket_.get(), SHUT_RDWR); }

std::string Connection::local_address() const {
  sockaddr_storage local{};
  socklen_t size = sizeof local;
  auto* address = reinterpret_cast<sockaddr*>(&local);
  if (::getsockname(socket_.get(), address, &size) != 0) return {};
  const auto known = net::address_of(address);
  return known ? net::to_string(*known) : std::string();
}

}  // namespace freshet::serve
