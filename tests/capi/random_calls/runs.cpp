#include "tests/capi/random_calls/runs.hpp"

#include <deque>
#include <mutex>

namespace freshet::random_calls {
namespace {

void use_own_run(RunPayload& payload, freshet_refresh* own) {
  World& world = payload.world;
  freshet_event event = FRESHET_EVENT_INIT;
  switch (payload.random() % 5) {
    case 0:  // its own, or freed meanwhile: one and the same answer
      if (freshet_refresh_wait(own, -1, nullptr) != FRESHET_E_MISUSE)
        die(world, "event callback", "waiting for the own run is not misuse");
      return;
    case 1:
      if (freshet_refresh_next_event(own, -1, &event, nullptr) != FRESHET_E_MISUSE)
        die(world, "event callback", "polling a run with a callback is not misuse");
      return;
    case 2:
      freshet_refresh_cancel(own, nullptr);
      return;
    case 3:
      world.pool.forget(k_refresh, own);
      freshet_refresh_free(own);
      return;
    default:
      freshet_refresh_exit_code(own, nullptr, nullptr);
  }
}

}  // namespace

RunPayload* new_payload(World& world, std::uint64_t seed) {
  static std::mutex mutex;
  static auto& payloads = *new std::deque<RunPayload>;
  const std::lock_guard lock(mutex);
  return &payloads.emplace_back(world, std::mt19937_64(seed));
}

void take_event(void* pointer, const freshet_event* event) {
  auto& payload = *static_cast<RunPayload*>(pointer);
  World& world = payload.world;
  world.callbacks.fetch_add(1, std::memory_order_relaxed);
  for (const char* text : {event->source, event->uri, event->message, event->reason})
    if (text == nullptr || std::strlen(text) > 1u << 28)
      die(world, "event callback", "a text is NULL");
  if (payload.random() % 4 != 0) return;
  auto* const repository =
      static_cast<freshet_repository*>(world.pool.live(k_repository, payload.random()));
  std::int32_t exists = 0;
  freshet_repository_exists_root(repository, "made:1", &exists, nullptr);
  freshet_refresh* const own = payload.own.load();
  if (own != nullptr && payload.random() % 4 == 0) use_own_run(payload, own);
}

}  // namespace freshet::random_calls
