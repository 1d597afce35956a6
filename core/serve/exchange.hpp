// core/serve/exchange.hpp - HTTP itself, by cpp-httplib: one request and its answer on a connection.
//
// Nothing of the library but its parsing and its writing of messages is used: connections, threads
// and time are our own, and what it would do with ranges, compression and encoded bodies is not
// asked of it.
#pragma once

#include <functional>
#include <memory>

#include "core/serve/connection.hpp"
#include "core/serve/http.hpp"

namespace freshet::serve {

// Thread-safe.
class Exchange {
 public:
  Exchange(std::shared_ptr<Answers> answers, const Limits& limits);
  ~Exchange();

  // `asked` is called when the whole request is there.
  void serve(Connection& connection, const std::function<void()>& asked);
  void close();  // streams end

 private:
  class Library;
  const std::unique_ptr<Library> library_;
};

}  // namespace freshet::serve
