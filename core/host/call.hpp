// core/host/call.hpp - one running call into a plugin, and the firewall around it.
//
// A freshet_call is never freed, only handed out again: a plugin that keeps one past its call finds
// it over, and gets FRESHET_E_MISUSE instead of somebody's memory.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/host/services.hpp"
#include "freshet/plugin/host.h"

namespace freshet::host {

// Whom a call is made for. Immutable and shared, so that every thread of a call may hold it.
struct Caller {
  Services services;
  std::string plugin;                        // "loader_web"
  std::vector<std::string> private_origins;  // the ones its options name
  ports::RequesterPtr requester{};           // of its requests; null: as the client's options say
};

// What a call knows. The mutex guards the failure; the rest is fixed.
struct CallState {
  std::shared_ptr<const Caller> caller;
  base::Cancel cancel;
  std::mutex mutex;
  bool failed = false;
  base::Error failure;  // the last one, as the plugin (or the host for it) put it
  // How long a server asked to be left alone, in an answer that the plugin's callback got without the
  // hint; -1: none did. A passing failure that names no time of its own bears it.
  std::int64_t asked_to_wait_ms = -1;
  std::vector<base::Error> earlier;  // of its requests that were begun once more; the first of many
};

// What a call that went well leaves beside its answer.
struct CallNotes {
  std::string said;  // by the plugin, although it returned FRESHET_OK
  std::shared_ptr<const std::vector<base::Error>> earlier;  // attempts that failed before; or null
};

// Tells what a plugin did too late, once, where there is anybody left to tell.
void tell_late(std::weak_ptr<const Caller>& caller, std::string_view what) noexcept;

// The state of a running call; null for NULL, and when it is over, which is told.
std::shared_ptr<CallState> state_of(freshet_call* call);

// Notes why a call will fail, with the text made safe.
void note_failure(CallState& state, base::Error error);

// Notes an attempt that another one follows.
void note_attempt(CallState& state, const base::Error& error);

// Runs `function` of a plugin, which its contract calls `what`, as one call. What it throws, and
// any status but FRESHET_OK, becomes an error with the plugin's own words. `out_notes` may be null.
base::Status call_plugin(const std::shared_ptr<const Caller>& caller, std::string_view what,
                         const base::Cancel& cancel,
                         const std::function<freshet_status(freshet_call*)>& function,
                         CallNotes* out_notes = nullptr);

// Runs the host's end of a plugin's callback: what would be thrown into the plugin, which may have
// been written in a language without exceptions, becomes `status`.
template <typename Body>
void take_safely(base::Status& status, Body&& body) noexcept {
  try {
    std::forward<Body>(body)();
  } catch (...) {
    status = base::fail(base::exception_error());
  }
}

// Broken contracts: Code::plugin with the plugin as the subject.
tl::unexpected<base::Error> broken(const Caller& caller, std::string message);

// The origins of all http and https URLs among the texts of `options`.
std::vector<std::string> origins_in(const nlohmann::json& options, const ports::Http& http);

}  // namespace freshet::host
