#include "core/serve/door.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <list>
#include <mutex>

#include "core/base/system_error.hpp"
#include "core/base/thread.hpp"
#include "core/net/address.hpp"
#include "core/serve/exchange.hpp"

namespace freshet::serve {
namespace {

using base::Descriptor;
using base::Result;
using base::Status;

constexpr int backlog = 128;
constexpr int breath = 100;  // ms, where the process has no descriptors left

struct SocketName {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketName name_of(const sync::Endpoint& endpoint) {
  SocketName name;
  const net::Address address = net::address_of(endpoint.host).value_or(net::Address{});
  if (address.v4) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&name.storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(endpoint.port);
    std::copy_n(address.bytes.begin() + 12, 4, reinterpret_cast<std::uint8_t*>(&v4->sin_addr));
    name.size = sizeof *v4;
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&name.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(endpoint.port);
    std::copy(address.bytes.begin(), address.bytes.end(), v6->sin6_addr.s6_addr);
    name.size = sizeof *v6;
  }
  return name;
}

// IPv6 alone, where it is IPv6: the address that is listed, and no other.
Result<Descriptor> listen_on(sync::Endpoint& endpoint) {
  const std::string said = endpoint.text();
  SocketName name = name_of(endpoint);
  Descriptor socket(
      ::socket(name.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  if (!socket.is_open()) return base::fail_errno(errno, "cannot be listened on", said);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (name.storage.ss_family == AF_INET6)
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(socket.get(), name.get(), name.size) != 0 || ::listen(socket.get(), backlog) != 0 ||
      ::getsockname(socket.get(), name.get(), &name.size) != 0)
    return base::fail_errno(errno, "cannot be listened on", said);
  // The port lies in the same place in both forms.
  endpoint.port = ntohs(reinterpret_cast<sockaddr_in*>(&name.storage)->sin_port);
  return socket;
}

}  // namespace

// Guarded by the mutex: the guests.
class Door::Hall {
 public:
  Hall(Descriptor socket, Descriptor bell, const sync::Endpoint& endpoint,
       std::shared_ptr<Answers> answers, const Limits& limits, const ports::Clock& clock)
      : endpoint_(endpoint),
        socket_(std::move(socket)),
        bell_(std::move(bell)),
        limits_(limits),
        clock_(clock),
        exchange_(std::move(answers), limits) {}
  ~Hall();
  Status start() {
    return porter_.start("freshet-listen", [this] { take_connections(); });
  }
  const sync::Endpoint& endpoint() const { return endpoint_; }

 private:
  struct Guest {
    Guest(Descriptor socket, const Limits& limits, const ports::Clock& clock)
        : connection(std::move(socket), limits, clock) {}
    Connection connection;
    base::Thread thread;
    bool asking = true;  // its request is not whole yet
    bool leaving = false, gone = false;
  };
  void take_connections();
  void receive(Descriptor socket);
  bool make_room(std::unique_lock<std::mutex>& lock);
  void see_off(std::unique_lock<std::mutex>& lock);
  void serve(Guest& guest) noexcept;

  sync::Endpoint endpoint_;
  const Descriptor socket_, bell_;  // the bell rings at the end
  const Limits limits_;
  const ports::Clock& clock_;
  Exchange exchange_;
  std::mutex mutex_;
  std::condition_variable left_;
  std::list<Guest> guests_;  // the longest here first
  bool closing_ = false;
  base::Thread porter_;
};

Door::Hall::~Hall() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    for (Guest& guest : guests_) guest.connection.shut();
    exchange_.close();
  }
  const std::uint64_t one = 1;
  (void)!::write(bell_.get(), &one, sizeof one);
  left_.notify_all();
  porter_.join();
  std::unique_lock lock(mutex_);
  left_.wait(lock, [&] {
    return std::all_of(guests_.begin(), guests_.end(), [](const Guest& each) { return each.gone; });
  });
  see_off(lock);
}

void Door::Hall::serve(Guest& guest) noexcept {
  (void)base::guarded([&]() -> Status {
    exchange_.serve(guest.connection, [&] {
      const std::lock_guard lock(mutex_);
      guest.asking = false;
    });
    return {};
  });
  const std::lock_guard lock(mutex_);
  guest.connection.shut();
  guest.gone = true;
  left_.notify_all();
}

// Their threads have nothing left to do.
void Door::Hall::see_off(std::unique_lock<std::mutex>&) {
  guests_.remove_if([](Guest& guest) {
    if (guest.gone) guest.thread.join();
    return guest.gone;
  });
}

// Waits until there is room for one more; false: all is over.
bool Door::Hall::make_room(std::unique_lock<std::mutex>& lock) {
  for (;;) {
    see_off(lock);
    if (closing_) return false;
    if (guests_.size() < limits_.connections) return true;
    for (Guest& guest : guests_) {
      if (!guest.asking || guest.leaving) continue;
      guest.leaving = true;
      guest.connection.shut();
      break;
    }
    left_.wait(lock, [&] {
      return closing_ || std::any_of(guests_.begin(), guests_.end(),
                                     [](const Guest& each) { return each.gone; });
    });
  }
}

void Door::Hall::receive(Descriptor socket) {
  std::unique_lock lock(mutex_);
  if (!make_room(lock)) return;
  Guest& guest = guests_.emplace_back(std::move(socket), limits_, clock_);
  if (!guest.thread.start("freshet-answer", [this, &guest] { serve(guest); })) guests_.pop_back();
}

void Door::Hall::take_connections() {
  for (;;) {
    std::array<pollfd, 2> waiting{{{socket_.get(), POLLIN, 0}, {bell_.get(), POLLIN, 0}}};
    if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return;
    if (waiting[1].revents != 0) return;
    Descriptor socket(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (socket.is_open()) {
      (void)base::guarded([&]() -> Status { return receive(std::move(socket)), Status{}; });
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
      (void)::poll(&waiting[1], 1, breath);
    }
  }
}

Result<std::unique_ptr<Door>> Door::open(const sync::Endpoint& endpoint,
                                         std::shared_ptr<Answers> answers, const Limits& limits,
                                         const ports::Clock& clock) {
  sync::Endpoint listed = endpoint;
  FRESHET_ASSIGN(Descriptor socket, listen_on(listed));
  Descriptor bell(::eventfd(0, EFD_CLOEXEC));
  if (!bell.is_open()) return base::fail_errno(errno, "cannot be listened on", listed.text());
  auto hall = std::make_unique<Hall>(std::move(socket), std::move(bell), listed, std::move(answers),
                                     limits, clock);
  FRESHET_TRY(hall->start());
  return std::unique_ptr<Door>(new Door(std::move(hall)));
}

Door::Door(std::unique_ptr<Hall> hall) : hall_(std::move(hall)) {}
Door::~Door() = default;
const sync::Endpoint& Door::endpoint() const { return hall_->endpoint(); }

}  // namespace freshet::serve
