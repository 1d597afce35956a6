// core/serve/served.hpp - a service, and what listens for its operators where its configuration says so.
#pragma once

#include <memory>
#include <mutex>

#include "core/serve/api.hpp"
#include "core/serve/door.hpp"
#include "core/service/service.hpp"

namespace freshet::serve {

// Thread-safe. It listens from start() to stop(), and takes over another token, other names and
// other secrets of hooks with reload(); another address takes a restart.
class Served {
 public:
  static base::Result<std::shared_ptr<Served>> open(std::shared_ptr<service::Session> session,
                                                    const base::Json& config);
  ~Served();
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  base::Status start();  // fails, too, where the address cannot be had
  base::Status stop(std::int64_t timeout_ms);
  base::Status trigger(const std::string& source) { return service_->trigger(source); }
  base::Status reload(const base::Json& config);
  base::Result<base::Json> statistics() const;  // and "listen": the address, or null
  service::EventQueue& events() { return service_->events(); }

 private:
  Served(std::shared_ptr<service::Session> session, std::shared_ptr<service::Service> service)
      : session_(std::move(session)), service_(std::move(service)) {}
  base::Status listen();
  void close_door();
  // A line for whoever follows the events.
  void say(int level, std::string message);

  const std::shared_ptr<service::Session> session_;
  const std::shared_ptr<service::Service> service_;
  mutable std::mutex mutex_;  // guards what follows
  std::shared_ptr<Live> live_;
  std::shared_ptr<sync::EventSink> listener_;
  std::shared_ptr<Api> api_;
  std::unique_ptr<Door> door_;
};

}  // namespace freshet::serve
