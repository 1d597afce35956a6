// core/conformance/memory.hpp - whether what is done over and over takes more memory each time.
#pragma once

#include <functional>
#include <string>

#include "core/conformance/bench.hpp"

namespace freshet::conformance {

// Notes in `bench` where each `round` leaves more behind. `what` it is in words, "reading". A round
// that returns false ends it.
void keeps_its_size(Bench& bench, const std::string& what, const std::function<bool()>& round);

}  // namespace freshet::conformance
