// loader_files/read.hpp - reads one file as it was at one moment.
#pragma once

#include <optional>
#include <string>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_files/options.hpp"

namespace freshet::loader_files {

// Hands the outcome to `sink`, or throws.
void fetch_file(const sdk::Call& call, const Options& options, const std::string& uri,
                const std::optional<std::string>& known_version, const sdk::FetchSink& sink);

}  // namespace freshet::loader_files
