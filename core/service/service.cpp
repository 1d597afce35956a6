#include "core/service/service.hpp"

#include "core/service/service_core.hpp"

namespace freshet::service {

using base::Code;
using base::Json;
using base::Result;
using base::Status;

Result<std::shared_ptr<Service>> Service::open(std::shared_ptr<Session> session,
                                               const Json& config) {
  if (session->repository->read_only())
    return base::fail(Code::misuse, "is open for reading only", "repository");
  const std::uint64_t seed = session->repository->machine().random.draw();
  FRESHET_ASSIGN(auto plan, make_plan(*session, config, seed, {}));
  auto core = std::make_shared<ServiceCore>(std::move(session), std::move(plan), seed);
  return std::shared_ptr<Service>(new Service(std::move(core)));
}

Service::~Service() {
  if (const Status stopped = core_->stop(-1); !stopped) core_->abandon();
}

Status Service::start() { return core_->start(); }
Status Service::stop(std::int64_t timeout_ms) { return core_->stop(timeout_ms); }
Status Service::trigger(const std::string& source) { return core_->trigger(source); }
Status Service::reload(const Json& config, const std::function<Status(const Plan&)>& accept) {
  return core_->reload(config, accept);
}
Result<Json> Service::statistics() const { return core_->statistics(); }
EventQueue& Service::events() { return core_->herald().events(); }
std::shared_ptr<sync::EventSink> Service::listen(sync::EventSink sink) {
  return core_->herald().listen(std::move(sink));
}
std::shared_ptr<const Plan> Service::plan() const { return core_->plan(); }

}  // namespace freshet::service
