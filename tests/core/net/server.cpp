#include "tests/core/net/server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>

#include "core/base/text.hpp"

namespace freshet::net::test {
namespace {

// Reads on until `text` holds a whole request; false at the end of the stream.
bool read_more(int fd, std::string& text) {
  char buffer[16384];
  const ssize_t count = recv(fd, buffer, sizeof buffer, 0);
  if (count <= 0) return false;
  text.append(buffer, static_cast<std::size_t>(count));
  return true;
}

Request parse_head(std::string_view head) {
  Request request;
  request.head = head;
  const std::size_t line = head.find("\r\n");
  const std::string_view first = head.substr(0, line);
  request.method = first.substr(0, first.find(' '));
  const std::size_t start = first.find(' ') + 1;
  request.target = first.substr(start, first.rfind(' ') - start);
  head.remove_prefix(line + 2);
  while (!head.empty()) {
    const std::size_t end = head.find("\r\n");
    const std::string_view header = head.substr(0, end);
    const std::size_t colon = header.find(':');
    if (colon != std::string_view::npos)
      request.headers[base::to_lower(header.substr(0, colon))] =
          base::trim(header.substr(colon + 1));
    if (end == std::string_view::npos) break;
    head.remove_prefix(end + 2);
  }
  return request;
}

bool read_request(int fd, std::string& text, Request& out) {
  std::size_t end;
  while ((end = text.find("\r\n\r\n")) == std::string::npos)
    if (!read_more(fd, text)) return false;
  out = parse_head(std::string_view(text).substr(0, end));
  const std::size_t length =
      static_cast<std::size_t>(std::atoll(out.headers["content-length"].c_str()));
  while (text.size() < end + 4 + length)
    if (!read_more(fd, text)) return false;
  out.body = text.substr(end + 4, length);
  text.erase(0, end + 4 + length);
  return true;
}

}  // namespace

bool Connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool Connection::send_slowly(std::string_view bytes, int pause_ms) {
  for (const char byte : bytes) {
    if (!send({&byte, 1})) return false;
    pollfd end{fd_, POLLRDHUP, 0};
    if (poll(&end, 1, pause_ms) > 0) return false;
  }
  return true;
}

void Connection::reset() {
  const linger now{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

bool Connection::wait_for_client() {
  pollfd end{fd_, POLLRDHUP, 0};
  return poll(&end, 1, 10'000) > 0;
}

Server::Server(Handler handler) : handler_(std::move(handler)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 128) != 0)
    std::abort();
  socklen_t size = sizeof address;
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_loop(); });
}

Server::~Server() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) shutdown(fd, SHUT_RDWR);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

std::string Server::origin() const { return fmt::format("http://127.0.0.1:{}", port_); }

void Server::accept_loop() {
  while (!stopping_) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0 && errno == EMFILE) {  // a test has lowered the limit for a moment
      std::this_thread::yield();
      continue;
    }
    if (fd < 0) return;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++connections_;
    const std::lock_guard lock(mutex_);
    open_.push_back(fd);
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

void Server::serve(int fd) {
  Connection connection(fd);
  std::string text;
  Request request;
  while (!stopping_ && read_request(fd, text, request) && answer(connection, request)) {
  }
  const std::lock_guard lock(mutex_);
  std::erase(open_, fd);
  close(fd);
}

bool Server::answer(Connection& connection, const Request& request) {
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  const int now = ++at_once_;
  int most = most_at_once_;
  while (now > most && !most_at_once_.compare_exchange_weak(most, now)) {
  }
  const bool keep = handler_(connection, request);
  --at_once_;
  return keep;
}

std::vector<Request> Server::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

int Server::count(std::string_view target) const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(
      std::count_if(requests_.begin(), requests_.end(),
                    [&](const Request& request) { return request.target == target; }));
}

std::string respond(int status, std::string_view body, std::string_view more_headers) {
  return fmt::format("HTTP/1.1 {} Said\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(),
                     more_headers, body);
}

std::string chunk(std::string_view bytes) {
  return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes);
}

std::string gzip(std::string_view plain, int window_bits) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, plain.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

bool Gate::wait() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return open_; });
}

}  // namespace freshet::net::test
