// core/net/curl_error.hpp - what a failure of libcurl means to us. Pure.
#pragma once

#include <curl/curl.h>

#include <string_view>

#include "core/base/error.hpp"

namespace freshet::net {

// `detail`: libcurl's own words for this transfer, or "". TLS that cannot be trusted is denied: it
// needs a person, and is never tried again less strictly.
base::Error curl_error(CURLcode code, std::string_view detail, std::string_view host);

}  // namespace freshet::net
