// core/serve/gatekeeper.hpp - who may ask: what a request says of where it comes from, judged before
// anything is done for it. Pure.
//
// A page of another origin must neither read nor act. A browser tells the Origin of what may act, and
// the Host that it was told: a name that leads here and is not ours is somebody else's (DNS
// rebinding). No header that would let another origin read is ever sent.
#pragma once

#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/serve/http.hpp"

namespace freshet::serve {

struct Gatekeeper {
  std::vector<std::string> names;  // that it is asked by, besides the address
  std::string token;               // empty: none is needed

  // Whether it is asked by a name of its own, and by no other page than its own.
  base::Status check_origin(const Request& request) const;
  // "Authorization: Bearer TOKEN". Takes as long for any wrong token of the right length.
  base::Status check_token(const Request& request) const;
};

}  // namespace freshet::serve
