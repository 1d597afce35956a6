// core/net/hosts.hpp - whose turn it is: requests at once a host and in all, the pace a host asks
// for, hosts that asked to be left alone, and sources with a rate or a breaker of their own. Pure: time
// is handed in.
//
// Belongs to one thread. Within a host first come, first served, but that those whose source may not ask
// now let others pass; between hosts in turns.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/instant.hpp"
#include "core/net/manners.hpp"
#include "core/net/restraint.hpp"

namespace freshet::net {

struct HostLimits {
  std::size_t per_host = 8;
  std::size_t total = 64;
  base::Millis longest_wait{60'000};  // for a host that asked to be left alone
};

class Hosts {
 public:
  using Ticket = void*;  // the caller's own; never looked into

  // What a host is granted that is treated otherwise than `limits` says; null: as that says. What it
  // returns outlives the hosts.
  using MannersOf = std::function<const Manners*(const std::string& host)>;

  explicit Hosts(HostLimits limits, MannersOf manners_of = {})
      : limits_(limits), manners_of_(std::move(manners_of)) {}

  // `pace`: the least time since the start of the request before it. `source`: null: for nobody that
  // has a word in it.
  void enqueue(const std::string& host, Ticket ticket, base::Millis pace, base::Millis now = {},
               const ports::Requester* source = nullptr);

  struct Turn {
    Ticket ticket;
    bool delayed;  // it could have begun earlier but for a rate
  };
  // The next one whose turn has come; it counts as running until release().
  std::optional<Turn> next(base::Millis now);
  void release(const std::string& host, const ports::Requester* source = nullptr);

  // Takes a waiting ticket back. False when it is not waiting.
  bool remove(const std::string& host, Ticket ticket);

  // Nothing goes to `host` before `until`. Returns the tickets that would wait too long, taken out.
  std::vector<Ticket> hold(const std::string& host, base::Millis until, base::Millis now);

  // How long `host` still is to be left alone; 0: it is not.
  base::Millis held_for(const std::string& host, base::Millis now) const;
  // How a request to `host` ended that next() had let go. One failure too many in a row, and the host is
  // left alone for a while: returns the tickets that were waiting, taken out.
  std::vector<Ticket> note(const std::string& host, bool failed, base::Millis now);
  // How long it still is, for its failures; 0: it is not.
  base::Millis broken_for(const std::string& host, base::Millis now) const;
  // The same of a source, whatever hosts it asked.
  std::vector<Ticket> note(const ports::Requester& source, bool failed, base::Millis now);
  base::Millis broken_for(const ports::Requester& source, base::Millis now) const;

  bool too_long(const std::string& host, base::Millis wait) const;

  // When next() may have something though nothing was released or enqueued.
  std::optional<base::Millis> wake_at() const;

  std::size_t running() const { return running_; }

 private:
  // A source that has a rate or a breaker of its own.
  struct Source {
    std::size_t running = 0;
    Restraint restraint;
  };
  struct Waiting {
    Ticket ticket;
    base::Millis pace;
    base::Millis since;
    std::shared_ptr<Source> source;  // or null
  };
  // blocked: all that waits at it waits for a request of its source to end.
  enum class State { idle, listed, asleep, blocked };
  struct Host {
    std::deque<Waiting> waiting;
    std::size_t running = 0;
    bool started = false;  // last_start is meaningful
    base::Millis last_start{0};
    base::Millis held_until{0};
    const Manners* manners = nullptr;  // null: the limits of all
    Restraint restraint;
    State state = State::idle;
    std::multimap<base::Millis, Host*>::iterator alarm;  // where it is asleep
  };
  // Which of those that wait at a host goes next, and when.
  struct Choice {
    std::size_t index;
    base::Millis at;
  };

  Host& host_of(const std::string& name);
  std::shared_ptr<Source> source_of(const ports::Requester* requester);
  std::size_t most_running(const Host& host) const;
  Choice choose(const Host& host, base::Millis now) const;
  Turn start(Host& host, std::size_t index, base::Millis now);
  void list(Host& host);
  void rest(Host& host, base::Millis until);
  void rouse(Host& host);
  void unblock();
  void wake(base::Millis now);
  void forget_idle(base::Millis now);

  HostLimits limits_;
  MannersOf manners_of_;
  std::size_t running_ = 0;
  std::unordered_map<std::string, Host> hosts_;  // references stay valid while it grows
  std::unordered_map<std::string, std::shared_ptr<Source>> sources_;
  std::deque<Host*> listed_;
  std::vector<Host*> blocked_;
  std::multimap<base::Millis, Host*> asleep_;
};

}  // namespace freshet::net
