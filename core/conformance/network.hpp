// core/conformance/network.hpp - the network of a check: the origins that were allowed, or none.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/ports/http.hpp"

namespace freshet::conformance {

// `origins` are like "https://host:port". URLs are URLs without any of them, too.
std::shared_ptr<ports::Http> make_network(std::vector<std::string> origins);

}  // namespace freshet::conformance
