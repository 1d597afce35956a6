// tests/simulation/web.hpp - law 9: what a page is asked for with, and where redirects may lead that.
//
// The requests are the client's own (net::Exchange), and so is the judgement of addresses
// (net::may_connect). Names, connections and answers are drawn. Which places are private, and whose
// the credentials are, is written down here once more.
#pragma once

#include <string>

#include "tests/simulation/world.hpp"

namespace freshet::simulation {

// Asks for `uri` with the credentials of its site, and follows wherever its answers lead. What came is
// told, and changes nothing.
void ask_the_web(World& world, const std::string& uri);

}  // namespace freshet::simulation
