#include "core/serve/exchange.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <charconv>

#include "core/base/text.hpp"

namespace freshet::serve {
namespace {

constexpr std::size_t most_path = 2048;  // bytes; the library matches it by a recursion

// A header that asks the library for what we do not do, or that stands for several.
bool is_unheeded(std::string_view line) {
  const std::string name = base::to_lower(base::trim(line.substr(0, line.find(':'))));
  for (const std::string_view each : {"range", "if-range", "accept-encoding", "expect", "trailer"})
    if (name == each) return true;
  return false;
}

// The head as the library is to see it.
std::string heeded(std::string_view head) {
  std::string out;
  for (bool first = true; !head.empty(); first = false) {
    const std::size_t end = std::min(head.find('\n'), head.size() - 1) + 1;
    if (first || !is_unheeded(head.substr(0, end))) out += head.substr(0, end);
    head.remove_prefix(end);
  }
  return out;
}

// What the library reads from and writes to.
class Pipe : public httplib::Stream {
 public:
  Pipe(Connection& connection, const std::function<void()>& asked)
      : connection_(connection), asked_(asked), head_(heeded(connection.head())) {}

  bool is_readable() const override { return true; }
  bool is_writable() const override { return !broken_; }
  ssize_t read(char* out, std::size_t size) override {
    if (at_ == head_.size()) return static_cast<ssize_t>(connection_.read(out, size));
    size = std::min(size, head_.size() - at_);
    std::copy_n(head_.data() + at_, size, out);
    at_ += size;
    return static_cast<ssize_t>(size);
  }
  // Whoever answers has the whole request.
  ssize_t write(const char* data, std::size_t size) override {
    asked_();
    broken_ = broken_ || !connection_.write(data, size);
    return broken_ ? -1 : static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string& ip, int&) const override {
    ip = connection_.local_address();
  }
  socket_t socket() const override { return connection_.socket(); }

 private:
  Connection& connection_;
  const std::function<void()>& asked_;
  const std::string head_;
  std::size_t at_ = 0;
  bool broken_ = false;
};

// Of two of them nobody could say which one counts.
bool stands_once(std::string_view name) {
  for (const std::string_view each :
       {"host", "origin", "authorization", "content-length", "content-type", "transfer-encoding"})
    if (name == each) return true;
  return false;
}

Request take(const httplib::Request& from) {
  Request request{from.method, from.path, {}, {}, false, from.body, from.local_addr};
  for (const auto& [name, value] : from.params) request.parameters.try_emplace(name, value);
  for (const auto& [name, value] : from.headers) {
    const auto added = request.headers.try_emplace(base::to_lower(name), value);
    if (!added.second && stands_once(added.first->first)) request.repeated_header = true;
  }
  return request;
}

std::size_t number(std::string_view digits) {
  std::size_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

class Exchange::Library : public httplib::Server {
 public:
  Library(std::shared_ptr<Answers> answers, const Limits& limits)
      : answers_(std::move(answers)), limits_(limits) {
    svr_sock_ = 0;  // it ends streams where this is none
    set_payload_max_length(limits.body_bytes);
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      return before_body(request, response) ? HandlerResponse::Handled : HandlerResponse::Unhandled;
    });
    Post(".*", [this](const httplib::Request& request, httplib::Response& response) {
      give(answers_->answer(take(request)), response);
    });
    set_error_handler(Handler([this](const httplib::Request&, httplib::Response& response) {
      if (!response.has_header("X-Content-Type-Options"))
        give(answers_->refuse(response.status), response);
    }));
    set_exception_handler([this](const httplib::Request&, httplib::Response& response,
                                 std::exception_ptr) { give(answers_->refuse(500), response); });
  }

  void serve(Connection& connection, const std::function<void()>& asked) {
    const Connection::Head head = connection.read_head();
    if (head == Connection::Head::ended) return;
    Pipe pipe(connection, asked);
    if (head != Connection::Head::whole)
      return write_refusal(pipe, connection, head == Connection::Head::late ? 408 : 431);
    bool closed = false;
    process_request(pipe, true, closed, [&](httplib::Request&) {});
    connection.finish();
  }
  void close() { svr_sock_ = INVALID_SOCKET; }

 private:
  // Whether all is said without a body.
  bool before_body(const httplib::Request& from, httplib::Response& to) {
    const Request request = take(from);
    const int fault = fault_of(request);
    Response response = fault != 0 ? answers_->refuse(fault) : answers_->admit(request);
    if (response.status < 400 && request.method == "POST") return false;
    if (response.status < 400) response = answers_->answer(request);
    give(std::move(response), to);
    return true;
  }

  // The status that is the answer to what the library would take; 0: none.
  int fault_of(const Request& request) const {
    if (request.repeated_header) return 400;
    if (request.path.size() > most_path) return 414;
    if (!request.header("content-encoding").empty()) return 415;
    const std::string_view length = request.header("content-length");
    if (length.find_first_not_of("0123456789") != std::string_view::npos) return 400;
    if (length.size() > 9 || (!length.empty() && number(length) > limits_.body_bytes)) return 413;
    const bool chunked = !request.header("transfer-encoding").empty();
    if (chunked && !length.empty()) return 400;
    return request.method == "POST" && length.empty() && !chunked ? 411 : 0;
  }

  void give(Response from, httplib::Response& to) {
    to.status = from.status;
    for (const auto& [name, value] : from.headers) to.set_header(name, value);
    if (!from.stream) return to.set_content(std::move(from.body), from.type);
    if (streams_.fetch_add(1) >= limits_.streams) {
      --streams_;
      to.headers.clear();
      return give(answers_->refuse(503), to);
    }
    to.set_chunked_content_provider(
        from.type,
        [stream = std::move(from.stream)](std::size_t, httplib::DataSink& sink) {
          const std::string piece = stream();
          if (piece.empty()) return sink.done(), true;
          return sink.write(piece.data(), piece.size());
        },
        [this](bool) { --streams_; });
  }

  void write_refusal(Pipe& pipe, Connection& connection, int status) {
    const Response refusal = answers_->refuse(status);
    std::string text = fmt::format("HTTP/1.1 {} Refused\r\nConnection: close\r\n", status);
    for (const auto& [name, value] : refusal.headers)
      text += fmt::format("{}: {}\r\n", name, value);
    text += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n\r\n{}", refusal.type,
                        refusal.body.size(), refusal.body);
    pipe.write(text.data(), text.size());
    connection.finish();
  }

  const std::shared_ptr<Answers> answers_;
  const Limits limits_;
  std::atomic<std::size_t> streams_{0};
};

Exchange::Exchange(std::shared_ptr<Answers> answers, const Limits& limits)
    : library_(std::make_unique<Library>(std::move(answers), limits)) {}
Exchange::~Exchange() = default;
void Exchange::serve(Connection& connection, const std::function<void()>& asked) {
  library_->serve(connection, asked);
}
void Exchange::close() { library_->close(); }

}  // namespace freshet::serve
