// core/serve/door.hpp - listens on one address and serves what comes: one thread takes connections,
// each has one of its own. There are never more than so many of them: where all are taken, whoever has
// held out longest without a whole request has to go, so that slow clients keep nobody out.
#pragma once

#include <memory>

#include "core/serve/connection.hpp"
#include "core/serve/http.hpp"
#include "core/sync/listen.hpp"

namespace freshet::serve {

// Thread-safe.
class Door {
 public:
  // Fails where the address cannot be had.
  static base::Result<std::unique_ptr<Door>> open(const sync::Endpoint& endpoint,
                                                  std::shared_ptr<Answers> answers,
                                                  const Limits& limits, const ports::Clock& clock);
  ~Door();  // ends all connections, and waits for them
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  const sync::Endpoint& endpoint() const;  // with the port that it got

 private:
  class Hall;
  explicit Door(std::unique_ptr<Hall> hall);
  const std::unique_ptr<Hall> hall_;
};

}  // namespace freshet::serve
