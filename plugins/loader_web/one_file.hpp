// loader_web/one_file.hpp - a listing that is one file on a server, and whether it changed since the last.
#pragma once

#include <string>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_web/asked.hpp"
#include "loader_web/options.hpp"

namespace freshet::loader_web {

struct OneFile {
  sdk::Response response;  // with the bytes, unless it is unchanged
  bool unchanged = false;  // since the state of the request
  std::string state;       // for the next listing
};

// The file at the first URL of the options, by one request, which is conditional where the state has
// conditions. Throws where it cannot be had. `asked`: what that URL answered just now, and is asked for no
// second time.
OneFile read_one_file(const sdk::Call& call, const Options& options,
                      const sdk::ListingRequest& request, Asked asked = {});

}  // namespace freshet::loader_web
