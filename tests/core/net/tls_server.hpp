// tests/core/net/tls_server.hpp - a TLS server with certificates made for the test: good ones, and
// each kind of bad one.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

namespace freshet::net::test {

struct Certificate {
  std::string host = "localhost";
  bool expired = false;
  bool self_signed = false;  // or else signed by ca_file()'s authority
};

struct TlsOptions {
  Certificate certificate;
  int highest_version = 0;  // such as TLS1_VERSION; 0: any
  bool close_notify = true;
  std::string response;
};

// Answers every request on a connection of its own with the same bytes.
class TlsServer {
 public:
  explicit TlsServer(TlsOptions options);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::string origin() const;  // "https://localhost:12345"
  int answered() const { return answered_; }

 private:
  void run();
  void serve(int fd);

  struct Context;
  TlsOptions options_;
  std::unique_ptr<Context> context_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> answered_{0};
  std::thread thread_;
};

// The authority that the good certificates are signed by: a PEM file, removed at the end of the
// program.
const std::string& ca_file();

}  // namespace freshet::net::test
