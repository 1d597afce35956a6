#include "core/sync/gates.hpp"

namespace freshet::sync {

base::Status Gates::restore() {
  if (config_.force) return {};
  std::vector<ports::HostHold> holds;
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, context_.repository.read());
    FRESHET_ASSIGN(const std::vector<repository::Gate> gates, snapshot.gates());
    for (const repository::Gate& gate : gates) {
      holds.push_back({gate.host, gate.until});
    }
  }
  context_.http.hold(holds);
  return {};
}

std::vector<repository::Gate> Gates::take_new() {
  const base::Instant now = context_.repository.clock().now();
  std::vector<repository::Gate> found;
  const std::lock_guard lock(mutex_);
  for (ports::HostHold& hold : context_.http.holds()) {
    base::Instant& kept = kept_[hold.host];
    if (hold.until <= kept || hold.until <= now) continue;
    kept = hold.until;
    found.push_back({std::move(hold.host), hold.until});
  }
  return found;
}

base::Status Gates::keep() {
  if (config_.dry_run) return {};
  const std::vector<repository::Gate> found = take_new();
  if (found.empty()) return {};
  return context_.repository.write(
      [&](repository::Writer& writer) { return writer.put_gates(found); });
}

}  // namespace freshet::sync
