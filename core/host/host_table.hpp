// core/host/host_table.hpp - the freshet_host that plugins are given.
#pragma once

#include <string>

#include "freshet/plugin/host.h"

namespace freshet::host {

// The host of the plugin `name`. Never freed: threads of a plugin may live as long as the process.
const freshet_host* make_host(const std::string& name);

}  // namespace freshet::host
