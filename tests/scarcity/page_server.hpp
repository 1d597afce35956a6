// tests/scarcity/page_server.hpp - a web server in a process of its own, which has all it needs
// while the test runs short.
#pragma once

#include <sys/types.h>

#include <string>

namespace freshet::scarcity {

// Answers every GET with a page that names the path; /robots.txt is not there. Must be made before
// the process has threads.
class PageServer {
 public:
  PageServer();
  ~PageServer();
  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  std::string url(const std::string& path) const;

 private:
  int port_ = 0;
  pid_t process_ = -1;
};

}  // namespace freshet::scarcity
