// tests/core/net/server.hpp - a small HTTP server that does exactly what a test tells it to, wrong
// things first of all: the handler writes raw bytes.
//
// One thread a connection. The handler is called on it, for each request, and says whether the
// connection is to be kept.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace freshet::net::test {

struct Request {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::string head;
};

class Connection {
 public:
  explicit Connection(int fd) : fd_(fd) {}
  bool send(std::string_view bytes);                       // false when the client has gone
  bool send_slowly(std::string_view bytes, int pause_ms);  // byte by byte
  void reset();                                            // ends it with RST
  bool wait_for_client();  // until the client closes; false after ten seconds

 private:
  int fd_;
};

class Server {
 public:
  using Handler = std::function<bool(Connection&, const Request&)>;
  explicit Server(Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string origin() const;  // "http://127.0.0.1:12345"
  std::string url(std::string_view target) const { return origin() + std::string(target); }
  int port() const { return port_; }
  int connections() const { return connections_; }
  std::vector<Request> requests() const;
  int count(std::string_view target) const;  // requests for it so far
  int most_at_once() const { return most_at_once_; }

 private:
  void accept_loop();
  void serve(int fd);
  bool answer(Connection& connection, const Request& request);

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connections_{0};
  std::atomic<int> at_once_{0};
  std::atomic<int> most_at_once_{0};
  mutable std::mutex mutex_;
  std::vector<Request> requests_;     // guarded by mutex_
  std::vector<int> open_;             // guarded by mutex_
  std::vector<std::thread> threads_;  // guarded by mutex_
  std::thread acceptor_;
};

// A whole response with its Content-Length.
std::string respond(int status, std::string_view body, std::string_view more_headers = "");
std::string chunk(std::string_view bytes);
std::string gzip(std::string_view plain, int window_bits = 15 + 16);

// A gate that one thread opens and others wait at, so that no test sleeps for luck.
class Gate {
 public:
  void open();
  bool wait();  // false after ten seconds

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

}  // namespace freshet::net::test
