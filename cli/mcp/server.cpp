// cli/mcp/server.cpp - freshet mcp: a line of stdin is a message, and so is a line of stdout; or it listens.
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/mcp/listen.hpp"
#include "cli/mcp/protocol.hpp"
#include "cli/standard_output.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

using mcp::Protocol;

constexpr std::size_t longest_message = std::size_t{4} << 20;
constexpr std::size_t most_waiting = 64;

// The messages of a client, read on a thread of their own so that a cancellation is heard while a
// request is worked on.
class Inbox {
 public:
  Inbox() : thread_([this] { read(); }) {}
  ~Inbox() { thread_.join(); }
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // Waits for the next one, which can then be cancelled; nothing after the last.
  std::optional<Json> next(Limits& out_limits) {
    std::unique_lock lock(mutex_);
    current_ = nullptr;
    cancelled_ = false;
    changed_.wait(lock, [this] { return !waiting_.empty() || ended_; });
    if (waiting_.empty() || interrupted()) return std::nullopt;
    Json message = std::move(waiting_.front());
    waiting_.pop_front();
    current_ = message.is_object() && message.contains("id") ? message["id"] : Json();
    cancel_.emplace();
    out_limits.cancel = cancel_;
    changed_.notify_all();
    return message;
  }

  bool cancelled() {
    const std::lock_guard lock(mutex_);
    return cancelled_;
  }

 private:
  void read() {
    std::string line;
    std::array<char, 65536> part;
    while (wait_for_input()) {
      const ssize_t got = ::read(STDIN_FILENO, part.data(), part.size());
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got <= 0) break;
      take({part.data(), static_cast<std::size_t>(got)}, line);
    }
    const std::lock_guard lock(mutex_);
    ended_ = true;
    if (interrupted() && cancel_) cancel_->request();
    changed_.notify_all();
  }

  static bool wait_for_input() {
    std::array<pollfd, 2> either = {
        {{STDIN_FILENO, POLLIN, 0}, {interrupt_descriptor(), POLLIN, 0}}};
    while (::poll(either.data(), either.size(), -1) < 0)
      if (errno != EINTR) return false;
    return !interrupted();
  }

  // What is too long is read to its end, and answered with one error.
  void take(std::string_view part, std::string& line) {
    for (const char c : part) {
      if (c != '\n') {
        if (line.size() <= longest_message) line += c;
        continue;
      }
      if (line.size() > longest_message)
        put(Json("a line may have 4 MiB"));
      else if (line.find_first_not_of(" \t\r") != std::string::npos)
        put(Json::parse(line, nullptr, false));
      line.clear();
    }
  }

  void put(Json message) {
    std::unique_lock lock(mutex_);
    if (const Json id = Protocol::cancelled_by(message); !id.is_null()) return drop(id);
    changed_.wait(lock, [this] { return waiting_.size() < most_waiting || interrupted(); });
    waiting_.push_back(std::move(message));
    changed_.notify_all();
  }

  void drop(const Json& id) {
    if (current_ == id && cancel_) {
      cancelled_ = true;
      cancel_->request();
    }
    std::erase_if(waiting_, [&](const Json& each) {
      return each.is_object() && each.contains("id") && each["id"] == id;
    });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Json> waiting_;
  bool ended_ = false;
  Json current_;
  bool cancelled_ = false;  // by the client, which wants no answer then
  std::optional<Cancel> cancel_;
  std::thread thread_;  // last: it uses all of the above
};

bool send(const Json& message) {
  put(printable_json(message.dump(-1, ' ', false, Json::error_handler_t::replace)));
  put("\n");
  return flush_output();
}

std::vector<std::string> allowed_namespaces(const Options& options, const Config& config) {
  if (!options.allowed_namespaces.empty()) return options.allowed_namespaces;
  return {config.open.value("namespace", std::string("default"))};
}

}  // namespace

int run_mcp(const Options& options, const Config& config) {
  mcp::Tools tools(config, allowed_namespaces(options, config), options.allow_refresh);
  if (!options.mcp_listen.empty())
    return mcp::listen(mcp::read_listening(options.mcp_listen, options.token), tools);
  Protocol protocol(tools);
  Inbox inbox;
  Limits limits;
  while (const auto message = inbox.next(limits)) {
    const auto answer = message->is_string()
                            ? std::optional(mcp::refuse_line(message->get<std::string>()))
                            : protocol.answer(*message, limits);
    if (answer && !inbox.cancelled() && !send(*answer)) return exit_some_failed;
  }
  return interrupted() ? exit_some_failed : exit_ok;
}

}  // namespace freshet::cli
