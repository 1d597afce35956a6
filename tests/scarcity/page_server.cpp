#include "tests/scarcity/page_server.hpp"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace freshet::scarcity {
namespace {

std::string answer_to(const std::string& request) {
  const std::size_t begin = request.find(' ') + 1;
  const std::string path = request.substr(begin, request.find(' ', begin) - begin);
  const bool page = path != "/robots.txt";
  const std::string body =
      "<html><head><title>Page " + path + "</title></head><body><h1>Page " + path +
      "</h1><p>This page is served from a web server and speaks of harbours.</p></body></html>";
  return std::string("HTTP/1.1 ") + (page ? "200 OK" : "404 Not Found") +
         "\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

[[noreturn]] void serve(int listener) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // it does not outlive the test
  for (;;) {
    const int peer = accept(listener, nullptr, nullptr);
    if (peer < 0) continue;
    std::string request;
    char block[4096];
    while (request.find("\r\n\r\n") == std::string::npos) {
      const ssize_t got = read(peer, block, sizeof block);
      if (got <= 0) break;
      request.append(block, static_cast<std::size_t>(got));
    }
    const std::string answer = answer_to(request);
    (void)!send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
    close(peer);
  }
}

}  // namespace

PageServer::PageServer() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener, 64) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    std::abort();
  port_ = ntohs(address.sin_port);
  process_ = fork();
  if (process_ == 0) serve(listener);
  close(listener);
}

PageServer::~PageServer() {
  if (process_ > 0) kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

std::string PageServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

}  // namespace freshet::scarcity
