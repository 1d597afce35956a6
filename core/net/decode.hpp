// core/net/decode.hpp - takes gzip and deflate off a body, with its limits.
//
// libcurl could do it, but accepts a body that was cut, drops a second gzip member, and stacks five
// codings. Here a body is decoded whole or refused.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace freshet::net {

// What the client says that it accepts.
inline constexpr std::string_view accepted_codings = "gzip, deflate";

struct BodyLimits {
  std::uint64_t bytes = 32u << 20;       // decoded
  std::uint64_t ratio = 200;             // decoded to received …
  std::uint64_t ratio_floor = 1u << 20;  // … once so much is decoded
};

// Appends decoded bytes to a text; goes over no limit by more than one buffer of 64 KiB.
class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual base::Status take(std::string_view received, std::string& out) = 0;
  // The body has ended. Fails when it ended too early. An empty body is fine.
  virtual base::Status finish() = 0;
};

// `coding`: "", "gzip" or "deflate". Fails with parse for others.
base::Result<std::unique_ptr<Decoder>> make_decoder(std::string_view coding,
                                                    const BodyLimits& limits);

}  // namespace freshet::net
