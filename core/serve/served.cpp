#include "core/serve/served.hpp"

#include "core/host/redactor.hpp"
#include "core/host/secrets.hpp"

namespace freshet::serve {
namespace {

using base::Json;
using base::Result;
using base::Status;

// What stands behind a reference; empty for none.
Result<std::string> secret_of(const std::string& reference, const char* path,
                              const std::function<void(const std::string&)>& warn) {
  if (reference.empty()) return std::string();
  return host::read_secret_at(path, reference, warn);
}

Result<Settings> read_settings(const sync::ListenConfig& config,
                               const std::function<void(const std::string&)>& warn) {
  Settings settings;
  settings.gatekeeper.names = config.names;
  FRESHET_ASSIGN(settings.gatekeeper.token, secret_of(config.token, "service.listen_token", warn));
  FRESHET_ASSIGN(settings.github, secret_of(config.github, "service.hooks.github", warn));
  FRESHET_ASSIGN(settings.gitlab, secret_of(config.gitlab, "service.hooks.gitlab", warn));
  FRESHET_ASSIGN(settings.generic, secret_of(config.generic, "service.hooks.generic", warn));
  return settings;
}

bool same_endpoint(const std::optional<sync::Endpoint>& a, const std::optional<sync::Endpoint>& b) {
  return a.has_value() == b.has_value() && (!a || a->text() == b->text());
}

}  // namespace

Result<std::shared_ptr<Served>> Served::open(std::shared_ptr<service::Session> session,
                                             const Json& config) {
  FRESHET_ASSIGN(auto opened, service::Service::open(session, config));
  return std::shared_ptr<Served>(new Served(std::move(session), std::move(opened)));
}

Served::~Served() { close_door(); }

void Served::say(int level, std::string message) {
  service_->events().push(service::log_event(level, "freshet.serve", message));
}

Status Served::listen() {
  const auto plan = service_->plan();
  const sync::ListenConfig& config = plan->config.service.listen;
  if (!config.endpoint) return {};
  FRESHET_ASSIGN(Settings settings, read_settings(config, [this](const std::string& line) {
                   say(sync::log_warning, line);
                 }));
  auto live = std::make_shared<Live>();
  auto api = std::make_shared<Api>(session_, service_, live, std::move(settings));
  FRESHET_ASSIGN(auto door,
                 Door::open(*config.endpoint, api, Limits(), session_->repository->clock()));
  const std::lock_guard lock(mutex_);
  listener_ = service_->listen([live](const sync::Event& event) { live->tell(event); });
  live_ = std::move(live);
  api_ = std::move(api);
  door_ = std::move(door);
  return {};
}

// Who asks at the door may ask for what waits for the mutex.
void Served::close_door() {
  std::unique_ptr<Door> door;
  {
    const std::lock_guard lock(mutex_);
    listener_.reset();
    if (live_ != nullptr) live_->close();
    live_.reset();
    api_.reset();
    door = std::move(door_);
  }
}

Status Served::start() {
  FRESHET_TRY(service_->start());
  Status listening = listen();
  if (!listening) (void)service_->stop(-1);
  return listening;
}

// It is listened until the last run has ended, or the time is over.
Status Served::stop(std::int64_t timeout_ms) {
  Status stopped = service_->stop(timeout_ms);
  close_door();
  return stopped;
}

Status Served::reload(const Json& config) {
  const auto before = service_->plan();
  Settings settings;
  FRESHET_TRY(service_->reload(config, [&](const service::Plan& plan) -> Status {
    const sync::ListenConfig& listen = plan.config.service.listen;
    if (!same_endpoint(before->config.service.listen.endpoint, listen.endpoint))
      return base::fail(base::Code::invalid_argument, "is another address: that takes a restart",
                        "service.listen");
    if (!listen.endpoint) return {};
    FRESHET_ASSIGN(settings, read_settings(listen, [this](const std::string& line) {
                     say(sync::log_warning, line);
                   }));
    return {};
  }));
  const std::lock_guard lock(mutex_);
  if (api_ != nullptr) api_->use(std::move(settings));
  return {};
}

Result<Json> Served::statistics() const {
  FRESHET_ASSIGN(Json out, service_->statistics());
  const std::lock_guard lock(mutex_);
  out["listen"] = door_ != nullptr ? Json(door_->endpoint().text()) : Json();
  return out;
}

}  // namespace freshet::serve
