// bench/adaptive/rivals.hpp - the policies that are compared, each at the same budget.
#pragma once

#include <memory>
#include <string>

#include "world.hpp"

namespace freshet::bench {

struct Named {
  std::string name;
  std::unique_ptr<Rival> rival;
};

// "ttl", "proportional", "aimd", "index", "adaptive" or "oracle", for a site with a budget in requests of
// each page a day; nullptr for other names.
std::unique_ptr<Rival> make_rival(const std::string& name, const Trace& trace, double budget);

}  // namespace freshet::bench
