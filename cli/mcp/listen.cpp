#include "cli/mcp/listen.hpp"

#include <httplib.h>
#include <poll.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "cli/exit.hpp"
#include "cli/interrupt.hpp"
#include "cli/mcp/protocol.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli::mcp {
namespace {

constexpr std::size_t longest_message = std::size_t{4} << 20;
constexpr std::size_t most_requests = 16;  // at once
constexpr time_t patience = 10;            // seconds, for the next bytes of a request

[[noreturn]] void wrong(const std::string& subject, const std::string& why) {
  throw Error(FRESHET_E_INVALID_ARGUMENT, why, subject);
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

std::string read_token(const std::string& reference) {
  std::string token;
  if (reference.starts_with("env:")) {
    const char* const value = std::getenv(reference.c_str() + 4);
    token = value == nullptr ? "" : value;
  } else if (reference.starts_with("file:/")) {
    const std::string path = reference.substr(5);
    struct stat about {};
    if (::stat(path.c_str(), &about) == 0 && (about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
      wrong("--token", "is in a file that others may read: chmod 600 " + path);
    std::ifstream file(path);
    token = trimmed({std::istreambuf_iterator<char>(file), {}});
  } else {
    wrong("--token", "is where the token is, and not the token: env:NAME or file:/path");
  }
  if (token.empty()) wrong("--token", "there is nothing in " + reference);
  return token;
}

// Takes as long for any wrong one of the right length.
bool same(std::string_view said, std::string_view token) {
  if (said.size() != token.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < said.size(); ++i)
    difference |= static_cast<unsigned char>(said[i] ^ token[i]);
  return difference == 0;
}

void give(httplib::Response& to, int status, const Json& body) {
  to.status = status;
  to.set_content(printable_json(body.dump(-1, ' ', false, Json::error_handler_t::replace)),
                 "application/json");
}

// A page whose own name leads here is of the origin that it asks, so that Host has to be looked at, too.
bool is_ours(std::string_view host) {
  const std::size_t end = host.starts_with('[') ? host.find(']') + 1 : host.find(':');
  const std::string_view name = host.substr(0, end);
  return name == "127.0.0.1" || name == "[::1]" || name == "localhost";
}

class Server {
 public:
  Server(const Listening& on, Tools& tools) : on_(on), tools_(tools) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(most_requests); };
    server_.set_payload_max_length(longest_message);
    server_.set_read_timeout(patience);
    server_.set_write_timeout(patience);
    server_.set_keep_alive_max_count(1);  // one request a connection: nothing can hide behind it
    // Not SO_REUSEPORT, with which two would share the port.
    server_.set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    server_.set_pre_routing_handler([](const auto& request, auto& response) {
      // An answer has no parts. The library would cut it, and give as many copies as are asked for.
      const_cast<httplib::Request&>(request).ranges.clear();
      return is_message(request, response) ? httplib::Server::HandlerResponse::Unhandled
                                           : httplib::Server::HandlerResponse::Handled;
    });
    server_.Post("/mcp",
                 [this](const auto& request, auto& response) { answer(request, response); });
    server_.set_error_handler(httplib::Server::Handler([](const auto&, auto& response) {
      if (response.body.empty())
        give(response, response.status, refuse_line("HTTP " + std::to_string(response.status)));
    }));
  }

  int run() {
    const int port = on_.port == 0 ? server_.bind_to_any_port(on_.host.c_str())
                     : server_.bind_to_port(on_.host.c_str(), on_.port) ? on_.port
                                                                        : -1;
    const std::string name =
        on_.host.find(':') == std::string::npos ? on_.host : "[" + on_.host + "]";
    if (port < 0)
      throw Error(FRESHET_E_IO, "cannot be listened on: it is taken, or not of this machine",
                  name + ":" + std::to_string(on_.port));
    say("listens on http://" + name + ":" + std::to_string(port) + "/mcp");
    std::thread stop([this] { stop_on_signal(); });
    const bool good = server_.listen_after_bind();
    over_ = true;
    stop.join();
    return good || interrupted() ? exit_some_failed : exit_usage;
  }

 private:
  static void say(const std::string& line) { std::fprintf(stderr, "freshet: %s\n", line.c_str()); }

  // Again and again: a stop before it has begun to listen does nothing.
  void stop_on_signal() {
    pollfd signal{interrupt_descriptor(), POLLIN, 0};
    while (!interrupted() && !over_) ::poll(&signal, 1, 200);
    for (; !over_; ::poll(nullptr, 0, 20)) server_.stop();
  }

  static bool no(httplib::Response& response, int status, const std::string& why) {
    give(response, status, refuse_line(why));
    return false;
  }

  // Before the body is read: whether it is one to be read at all.
  static bool is_message(const httplib::Request& request, httplib::Response& response) {
    if (request.path != "/mcp") return no(response, 404, "there is /mcp alone");
    if (request.method != "POST") {
      response.set_header("Allow", "POST");
      return no(response, 405,
                "messages are POSTed; there are no sessions, and nothing comes unasked");
    }
    if (request.has_header("Content-Encoding")) return no(response, 415, "a message is plain JSON");
    if (!request.get_header_value("Content-Type").starts_with("application/json"))
      return no(response, 415, "Content-Type is not application/json");
    return true;
  }

  // Before anything is done for it.
  bool may_ask(const httplib::Request& request, httplib::Response& response) const {
    const std::string host = request.get_header_value("Host");
    const std::string origin = request.get_header_value("Origin");
    if (request.get_header_value_count("Host") != 1 || !is_ours(host))
      return no(response, 403, "Host is not a name of this machine: ask http://127.0.0.1");
    if (!origin.empty() && origin != "http://" + host)
      return no(response, 403, "Origin: pages of another origin may not ask");
    const std::string said = request.get_header_value("Authorization");
    const bool bears = said.starts_with("Bearer ");
    if (on_.token.empty() || (bears && same(std::string_view(said).substr(7), on_.token)))
      return true;
    response.set_header("WWW-Authenticate", "Bearer");
    return no(
        response, 401,
        bears ? "the token is another one" : "a token is needed: Authorization: Bearer TOKEN");
  }

  void answer(const httplib::Request& request, httplib::Response& response) {
    if (!may_ask(request, response)) return;
    const Json message = Json::parse(request.body, nullptr, false);
    if (auto mismatch = Protocol::compare(
            message, [&](const char* name) { return request.get_header_value(name); }))
      return give(response, 400, *mismatch);
    Protocol protocol(tools_, Protocol::Began::yes);
    const Interruptible stoppable;
    const auto said = protocol.answer(message, stoppable.limits());
    if (said) return give(response, Protocol::http_status(*said), *said);
    response.status = 202;
  }

  const Listening& on_;
  Tools& tools_;
  httplib::Server server_;
  std::atomic<bool> over_{false};
};

}  // namespace

Listening read_listening(const std::string& where, const std::string& token) {
  const std::size_t colon = where.rfind(':');
  Listening on;
  on.host = where.substr(0, colon);
  const std::string port = colon == std::string::npos ? "" : where.substr(colon + 1);
  if (on.host == "[::1]") on.host = "::1";
  const bool number = !port.empty() && port.size() <= 5 &&
                      port.find_first_not_of("0123456789") == std::string::npos;
  if ((on.host != "127.0.0.1" && on.host != "::1" && on.host != "localhost") || !number ||
      std::stoi(port) > 65535)
    wrong("--listen",
          "is not an address of this machine alone and a port, such as "
          "127.0.0.1:8465 or [::1]:8465");
  if (on.host == "localhost") on.host = "127.0.0.1";
  on.port = std::stoi(port);
  if (!token.empty()) on.token = read_token(token);
  return on;
}

int listen(const Listening& on, Tools& tools) { return Server(on, tools).run(); }

}  // namespace freshet::cli::mcp
