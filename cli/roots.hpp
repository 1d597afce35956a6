// cli/roots.hpp - what the commands on roots share.
#pragma once

#include <freshet/freshet.hpp>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "cli/output.hpp"

namespace freshet::cli {

// The root named `given`, which may be as `roots list` shows it, with *** in the place of a secret.
std::string find_uri(const Repository& repository, const std::string& given);

[[noreturn]] void unknown_root(const std::string& uri);

// exclude, include, excluded and delete: what stays out.
int run_exclusions(Repository& repository, const Options& options, const Output& output);

}  // namespace freshet::cli
