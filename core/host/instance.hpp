// core/host/instance.hpp - an open instance of a plugin: its table, and the pointer it gave for
// itself.
#pragma once

#include <fmt/format.h>

#include <utility>

#include "core/base/text.hpp"
#include "core/host/adapters.hpp"
#include "core/host/host_table.hpp"
#include "core/host/table.hpp"

namespace freshet::host {

// Shared by the adapters. `Table` is one of the freshet_…_table, all of which have open and
// close.
template <typename Table>
class Instance {
 public:
  static base::Result<Instance> open(const Opening& opening, const char* kind, std::size_t least) {
    Instance made(opening);
    void* self = nullptr;  // what a failed open leaves here is not an instance
    FRESHET_ASSIGN(const void* found, get_table(opening, kind, opening.name));
    if (found == nullptr)
      return broken(*made.caller_,
                    fmt::format("its manifest offers {} {}, its library does not have it", kind,
                                base::in_quotes(opening.name)));
    FRESHET_ASSIGN(made.table_, take_struct(static_cast<const Table*>(found), least,
                                            fmt::format("{} table", kind), made.caller_->plugin));
    if (made.table_.open == nullptr)
      return broken(*made.caller_, fmt::format("its {} table has no open", kind));
    if (made.table_.close == nullptr)
      return broken(*made.caller_, fmt::format("its {} table has no close", kind));
    FRESHET_TRY(call_plugin(made.caller_, "open", {}, [&](freshet_call* call) {
      return made.table_.open(opening.provider->payload(), made.host_.get(), call,
                              opening.options.c_str(), &self);
    }));
    made.self_ = self;
    if (made.self_ == nullptr)
      return broken(*made.caller_, "open returned FRESHET_OK and no instance");
    return made;
  }

  ~Instance() {
    if (self_ == nullptr) return;
    bool closed = false;
    const auto close = [&](freshet_call*) {
      closed = true;
      table_.close(self_);
      return FRESHET_OK;
    };
    base::Status unheard;  // nobody is left to tell of a failure
    take_safely(unheard, [&] { unheard = call_plugin(caller_, "close", {}, close); });
    if (!closed) take_safely(unheard, [&] { close(nullptr); });  // no memory for a call
    base::Status unlogged;
    if (!unheard)
      take_safely(unlogged, [&] {
        log(caller_->services, FRESHET_LOG_WARNING, caller_->plugin, unheard.error().message);
      });
  }
  Instance(Instance&& other) noexcept
      : provider_(std::move(other.provider_)),
        caller_(std::move(other.caller_)),
        host_(std::move(other.host_)),
        table_(other.table_),
        self_(std::exchange(other.self_, nullptr)) {}
  Instance& operator=(Instance&&) = delete;

  // Calls a member of the table with the instance, the call, and `arguments`. A member that is
  // NULL, or past the table's struct_size, is unsupported.
  template <typename... Parameters, typename... Arguments>
  base::Status call(freshet_status (*Table::*member)(void*, freshet_call*, Parameters...),
                    std::string_view what, const base::Cancel& cancel, CallNotes* out_notes,
                    Arguments... arguments) const {
    const auto function = table_.*member;
    if (function == nullptr)
      return base::fail(base::Code::unsupported, fmt::format("this plugin has no {}", what),
                        caller_->plugin);
    return call_plugin(
        caller_, what, cancel,
        [&](freshet_call* raw) { return function(self_, raw, arguments...); }, out_notes);
  }

  template <typename Member>
  bool has(Member Table::*member) const {
    return table_.*member != nullptr;
  }

  const std::shared_ptr<const Caller>& caller() const { return caller_; }

 private:
  explicit Instance(const Opening& opening)
      : provider_(opening.provider), caller_(opening.caller), host_(make_host(*caller_)) {}

  ProviderPtr provider_;  // first, so that it goes last
  std::shared_ptr<const Caller> caller_;
  std::unique_ptr<const freshet_host> host_;
  Table table_{};
  void* self_ = nullptr;
};

// A text that may be NULL, as UTF-8 whatever it was.
inline std::string clean_text(const char* text) {
  return text == nullptr ? std::string() : base::to_utf8(text);
}

}  // namespace freshet::host
