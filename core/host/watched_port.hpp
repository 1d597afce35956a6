// core/host/watched_port.hpp - what the watched ports have in common.
#pragma once

#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/host/adapters.hpp"
#include "core/host/watch.hpp"
#include "core/host/workers.hpp"

namespace freshet::host {

// Holds the instance together with the calls that were left, so that it is closed after the last.
template <typename Port>
class Watched {
 protected:
  Watched(std::shared_ptr<Watch> watch, std::unique_ptr<Port> inner)
      : watch_(std::move(watch)), inner_(std::move(inner)) {}
  ~Watched() { watch_->close(std::move(inner_)); }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  // `body(inner, visit)`, which owns all that it touches but what it enters by the visit.
  template <typename Body>
  auto call(std::string_view what, const base::Cancel& cancel, Body body) const {
    using R = std::invoke_result_t<Body&, Port&, Visit&>;
    return watch_->call<R>(what, cancel, [inner = inner_, body = std::move(body)](Visit& visit) {
      return body(*inner, visit);
    });
  }

  const std::shared_ptr<Watch> watch_;
  std::shared_ptr<Port> inner_;
};

// Opens by `adapt` what `Made` then watches.
template <typename Made, typename Port>
base::Result<std::unique_ptr<Port>> open_watched(
    const Opening& opening, const WorkersPtr& workers, const base::Cancel& cancel,
    base::Result<std::unique_ptr<Port>> (*adapt)(const Opening&)) {
  using Opened = base::Result<std::unique_ptr<Port>>;
  auto watch = std::make_shared<Watch>(workers, opening.caller);
  FRESHET_ASSIGN(std::unique_ptr<Port> inner,
                 watch->template call<Opened>("open", cancel,
                                              [opening, adapt](Visit&) { return adapt(opening); }));
  return std::make_unique<Made>(std::move(watch), std::move(inner));
}

}  // namespace freshet::host
