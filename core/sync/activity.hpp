// core/sync/activity.hpp - what a run spends its time on, told piece by piece to whoever traces it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/instant.hpp"

namespace freshet::sync {

enum class ActivityKind { fetch, embed, upsert, remove };

struct Activity {
  struct Root {
    std::string source, uri;
  };

  ActivityKind kind = ActivityKind::fetch;
  base::Instant began, ended;
  std::vector<Root> roots;   // of a fetch the one; of an embedding those whose texts are in hand
  std::string by;            // the model, or the store
  std::uint32_t target = 0;  // the number of that store's target
  std::string outcome;       // of a fetch
  int attempts = 0;
  std::uint64_t count = 0;   // texts, or rows
  std::uint64_t amount = 0;  // bytes that were fetched, or tokens
  std::optional<base::Error> error;
};

// Called on the run's own threads, by several at once. Must not block for long.
using ActivitySink = std::function<void(Activity)>;

}  // namespace freshet::sync
