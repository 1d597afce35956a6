// core/serve/http.hpp - a request of an operator and its answer, as the rest of this folder sees them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet::serve {

struct Request {
  std::string method;                                          // "GET", "HEAD", "POST", …
  std::string path;                                            // percent-decoded; may hold anything
  std::map<std::string, std::string, std::less<>> parameters;  // of several of a name the first
  std::map<std::string, std::string, std::less<>> headers;     // names in lower case
  bool repeated_header = false;  // one that has to stand there once does so again
  std::string body;
  std::string local_address;  // of this machine, that it came to: "127.0.0.1"

  std::string_view header(std::string_view name) const { return find(headers, name); }
  std::string_view parameter(std::string_view name) const { return find(parameters, name); }

 private:
  static std::string_view find(const std::map<std::string, std::string, std::less<>>& in,
                               std::string_view name) {
    const auto found = in.find(name);
    return found == in.end() ? std::string_view() : std::string_view(found->second);
  }
};

// Returns the next piece to be sent; "" at the end. May wait.
using Stream = std::function<std::string()>;

struct Response {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  Stream stream;  // in place of a body
  std::vector<std::pair<std::string, std::string>> headers = {};
};

// What answers. Called on any thread, several at the same time.
class Answers {
 public:
  virtual ~Answers() = default;
  // Asked before the body is read: a status from 400 on is the answer, and no body is read.
  virtual Response admit(const Request& head) = 0;
  virtual Response answer(const Request& request) = 0;
  // No HTTP request, or one beyond a bound.
  virtual Response refuse(int status) = 0;
};

}  // namespace freshet::serve
