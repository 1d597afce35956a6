// tests/capi/random_calls/runs.hpp - what the application gives to a run: a callback that itself
// calls freshet, and now and then cancels or frees the run it is called from.
#pragma once

#include "tests/capi/random_calls/caller.hpp"

namespace freshet::random_calls {

struct RunPayload {
  World& world;
  std::mt19937_64 random;
  std::atomic<freshet_refresh*> own{nullptr};
};

// Lives as long as the process: a run that was freed in its own callback calls on for a while.
RunPayload* new_payload(World& world, std::uint64_t seed);

void take_event(void* payload, const freshet_event* event);

}  // namespace freshet::random_calls
