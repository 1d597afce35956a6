// core/net/robots_cache.hpp - what robots.txt of each origin says, for as long as it may be
// believed.
//
// Belongs to one thread. Pure: what was fetched and the time are handed in.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/net/options.hpp"
#include "core/net/robots.hpp"
#include "core/ports/http.hpp"

namespace freshet::net {

class RobotsCache {
 public:
  using Ticket = void*;
  enum class Answer { known, fetch, wait };

  explicit RobotsCache(const ClientOptions& options) : options_(options) {}

  // known: permits() may be asked. fetch: nobody knows; the caller is to fetch it, call settle(),
  // and then ask again for each ticket returned. wait: as fetch, but somebody is at it already.
  Answer ask(const std::string& key, Ticket ticket, base::Millis now);
  bool leave(const std::string& key, Ticket ticket);  // no longer waits

  // Fails with denied: by a rule, or because robots.txt could not be read.
  base::Status permits(const std::string& key, std::string_view target, base::Millis now) const;
  base::Millis crawl_delay(const std::string& key) const;

  std::vector<Ticket> settle(const std::string& key, base::Result<ports::HttpResponse> fetched,
                             base::Millis now);

 private:
  struct Entry {
    bool pending = true;
    Robots robots;
    std::optional<base::Error> refusal;  // why everything is forbidden
    base::Millis until{0};
    std::vector<Ticket> waiting;
  };

  void make_room(base::Millis now);

  const ClientOptions& options_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace freshet::net
