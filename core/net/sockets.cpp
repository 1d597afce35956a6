#include "core/net/sockets.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <new>

#include "core/base/system_error.hpp"
#include "core/net/transfer.hpp"

namespace freshet::net {
namespace {

short poll_events(int what) {
  return static_cast<short>(((what & CURL_POLL_IN) != 0 ? POLLIN : 0) |
                            ((what & CURL_POLL_OUT) != 0 ? POLLOUT : 0));
}

int curl_events(short events) {
  return ((events & (POLLIN | POLLHUP)) != 0 ? CURL_CSELECT_IN : 0) |
         ((events & POLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
         ((events & (POLLERR | POLLNVAL)) != 0 ? CURL_CSELECT_ERR : 0);
}

}  // namespace

base::Status Sockets::open() {
  watched_.reserve(1);
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
    return base::fail_errno(errno, "cannot make a pipe for transfers", "");
  watched_.push_back({ends[0], POLLIN, 0});
  wake_fd_ = ends[1];
  multi_.reset(curl_multi_init());
  if (multi_ == nullptr) {
    close();
    return base::fail(base::Code::out_of_memory, "no memory or no file descriptor for transfers");
  }
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, &Sockets::on_socket);
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, &Sockets::on_timer);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
  return {};
}

void Sockets::close() {
  multi_.reset();
  if (wake_fd_ < 0) return;
  ::close(wake_fd_);
  ::close(watched_.front().fd);
  wake_fd_ = -1;
  watched_.clear();
  timer_.reset();
  failed_ = false;
}

int Sockets::on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void*) {
  if (Transfer* const transfer = Transfer::of(easy))
    transfer->use_socket(what == CURL_POLL_REMOVE ? CURL_SOCKET_BAD : socket);
  auto& sockets = *static_cast<Sockets*>(self);
  try {
    sockets.watch(socket, what);
    return 0;
  } catch (const std::bad_alloc&) {  // nothing may be thrown through libcurl
    sockets.failed_ = true;
    return -1;
  }
}

void Sockets::watch(curl_socket_t socket, int what) {
  const auto found = std::find_if(watched_.begin() + 1, watched_.end(),
                                  [&](const pollfd& one) { return one.fd == socket; });
  if (what == CURL_POLL_REMOVE) {
    if (found == watched_.end()) return;
    *found = watched_.back();
    watched_.pop_back();
  } else if (found != watched_.end()) {
    found->events = poll_events(what);
  } else {
    watched_.push_back({socket, poll_events(what), 0});
  }
}

int Sockets::on_timer(CURLM*, long timeout_ms, void* self) {
  auto& sockets = *static_cast<Sockets*>(self);
  sockets.timer_.reset();
  if (timeout_ms >= 0) sockets.timer_ = Clock::now() + std::chrono::milliseconds(timeout_ms);
  return 0;
}

void Sockets::add(CURL* easy) {
  if (curl_multi_add_handle(multi_.get(), easy) != CURLM_OK) throw std::bad_alloc();
}

void Sockets::act(curl_socket_t socket, int events) {
  int running = 0;
  const CURLMcode code = curl_multi_socket_action(multi_.get(), socket, events, &running);
  if (code == CURLM_OUT_OF_MEMORY) failed_ = true;
}

void Sockets::kick() {
  if (!timer_ || *timer_ > Clock::now()) return;
  timer_.reset();
  act(CURL_SOCKET_TIMEOUT, 0);
}

int Sockets::shortest(int timeout_ms) const {
  if (!timer_) return timeout_ms;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*timer_ - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, timeout_ms));
}

void Sockets::wait(int timeout_ms) {
  // Acting on one socket may change what is watched, so what is ready is taken down first.
  ready_.clear();
  if (poll(watched_.data(), watched_.size(), shortest(timeout_ms)) > 0)
    std::copy_if(watched_.begin(), watched_.end(), std::back_inserter(ready_),
                 [](const pollfd& one) { return one.revents != 0; });
  for (const pollfd& one : ready_) {
    if (one.fd == watched_.front().fd)
      drain_wakes();
    else
      act(one.fd, curl_events(one.revents));
  }
  kick();
}

void Sockets::drain_wakes() {
  char bytes[64];
  while (read(watched_.front().fd, bytes, sizeof bytes) == static_cast<ssize_t>(sizeof bytes)) {
  }
}

void Sockets::wake() {
  const char byte = 0;
  // A pipe that is full wakes just as well.
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &byte, 1);
}

}  // namespace freshet::net
