// core/serve/live.hpp - what runs tell, for pages that watch: server-sent events.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "core/base/json.hpp"
#include "core/serve/http.hpp"
#include "core/service/event_queue.hpp"

namespace freshet::serve {

// An event as pages are told it, without secrets: {"time","event",…}.
base::Json event_json(const sync::Event& event);

// Thread-safe.
class Live {
 public:
  void tell(const sync::Event& event);
  // A stream that begins now. Says something every now and then, so that a side that has gone is
  // found.
  Stream watch();
  void close();  // all streams end

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<service::EventQueue>> watchers_;
  bool closed_ = false;
};

}  // namespace freshet::serve
